//! What a request to explain says: [`Request::Explain`](crate::Request::Explain), [`Request::Trace`](crate::Request::Trace).

use serde::{Deserialize, Deserializer, Serialize};

/// What to explain, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainSettings {
    /// The set whose networks to explain.
    pub set: String,
    /// The key of the label whose logit is explained; any label, not only the most probable.
    pub target: String,
    /// How to find out which pixels mattered.
    #[serde(default)]
    pub method: Method,
    /// Points of a path at which the gradient is taken: 1 (Gauss-Legendre) or 2 (the other rules) to
    /// [`ExplainSettings::MAX_STEPS`]; 50 where absent. With SmoothGrad each noisy copy has a path, and
    /// [`Method::default_steps`] is what to send. Grad-CAM and Occlusion have no path.
    #[serde(default = "ExplainSettings::default_steps")]
    pub steps: usize,
    /// Where those points lie and what they weigh.
    #[serde(default)]
    pub quadrature: Quadrature,
    /// The picture that stands for "nothing seen"; with Occlusion what a hidden square shows. Grad-CAM has none.
    #[serde(default)]
    pub baseline: Baseline,
    /// The folds to average; `None` for all of the set. Fewer folds are faster.
    #[serde(default)]
    pub folds: Option<Vec<usize>>,
    /// How the ready-made overlay shows evidence against the label.
    #[serde(default)]
    pub sign: Sign,
    /// SmoothGrad: how many noisy copies, 1 to [`ExplainSettings::MAX_SAMPLES`].
    #[serde(default = "ExplainSettings::default_samples")]
    pub samples: usize,
    /// SmoothGrad: standard deviation of the noise as a share of the range of the photograph's values, 0 to
    /// [`ExplainSettings::MAX_NOISE`].
    #[serde(
        default = "ExplainSettings::default_noise",
        deserialize_with = "number_or_nan"
    )]
    pub noise: f64,
    /// Whether to send the map while it grows, as [`Refined`](crate::Event::Refined).
    #[serde(default)]
    pub refine: bool,
}

impl ExplainSettings {
    /// More steps than this are refused as a mistake.
    pub const MAX_STEPS: usize = 1000;
    /// More noisy copies than this are refused as a mistake.
    pub const MAX_SAMPLES: usize = 100;
    /// The strongest noise that is accepted.
    pub const MAX_NOISE: f64 = 1.0;
    /// The fewest points of a trace: with one there is nothing to slide along.
    pub const MIN_TRACE_POINTS: usize = 2;
    /// The most points of a trace: each takes 12 bytes per pixel of the networks' input.
    pub const MAX_TRACE_POINTS: usize = 64;

    /// The default settings for a label: Integrated Gradients.
    pub fn new(set: impl Into<String>, target: impl Into<String>) -> Self {
        Self::of_method(Method::default(), set, target)
    }

    /// The default settings of a method for a label.
    pub fn of_method(method: Method, set: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            set: set.into(),
            target: target.into(),
            method,
            steps: method.default_steps(),
            quadrature: Quadrature::default(),
            baseline: Baseline::default(),
            folds: None,
            sign: Sign::default(),
            samples: Self::default_samples(),
            noise: Self::default_noise(),
            refine: false,
        }
    }

    fn default_steps() -> usize {
        Method::default().default_steps()
    }

    fn default_samples() -> usize {
        8
    }

    fn default_noise() -> f64 {
        0.1
    }
}

/// JSON writes a number that is none as `null`: it must come in, to be refused by an answer.
fn number_or_nan<'de, D: Deserializer<'de>>(number: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(number)?.unwrap_or(f64::NAN))
}

/// Ways to find out which pixels mattered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Integrated Gradients: the gradient along the path from the baseline to the photograph. Its values add up to the
    /// change of the logit.
    #[default]
    IntegratedGradients,
    /// SmoothGrad: the mean of Integrated Gradients over noisy copies of the photograph.
    SmoothGrad,
    /// Grad-CAM: the last feature maps, weighted by their gradients. Coarse, quick, and only what speaks for the label.
    GradCam,
    /// Occlusion: how far the logit falls when a square, an eighth of the side, is hidden.
    Occlusion,
}

impl Method {
    /// Every method, in the order of a menu.
    pub const ALL: [Self; 4] = [
        Self::IntegratedGradients,
        Self::SmoothGrad,
        Self::GradCam,
        Self::Occlusion,
    ];

    /// The usual number of [`ExplainSettings::steps`]; without meaning for methods without a path.
    #[must_use]
    pub fn default_steps(self) -> usize {
        match self {
            Self::SmoothGrad => 10,
            Self::IntegratedGradients | Self::GradCam | Self::Occlusion => 50,
        }
    }

    /// Whether the map can be shown while it grows ([`ExplainSettings::refine`]). Grad-CAM is there at once.
    #[must_use]
    pub fn can_refine(self) -> bool {
        self != Self::GradCam
    }
}

/// Rules for the integral along the path from baseline to photograph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quadrature {
    /// Gauss-Legendre: the most exact for a given number of steps.
    #[default]
    GaussLegendre,
    /// Left Riemann sum.
    RiemannLeft,
    /// Right Riemann sum.
    RiemannRight,
    /// Midpoint rule.
    RiemannMiddle,
    /// Trapezoid rule as captum has it.
    RiemannTrapezoid,
}

impl Quadrature {
    /// Every rule, in the order of a menu.
    pub const ALL: [Self; 5] = [
        Self::GaussLegendre,
        Self::RiemannLeft,
        Self::RiemannRight,
        Self::RiemannMiddle,
        Self::RiemannTrapezoid,
    ];
}

/// Pictures that can stand for "nothing seen".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// Zero after normalisation: the mean colour of ImageNet. The method's own choice.
    #[default]
    Zero,
    /// A black picture.
    Black,
    /// A white picture.
    White,
    /// The photograph itself, strongly blurred.
    Blurred,
}

impl Baseline {
    /// Every baseline, in the order of a menu.
    pub const ALL: [Self; 4] = [Self::Zero, Self::Black, Self::White, Self::Blurred];
}

/// Which evidence the ready-made overlay shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Evidence for the label and evidence against it, in two colours.
    #[default]
    Both,
    /// Only evidence for the label.
    Positive,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn menus_list_each_choice_once_under_its_wire_name() {
        let names: Vec<String> = Quadrature::ALL
            .iter()
            .map(|rule| serde_json::to_string(rule).unwrap())
            .collect();
        assert_eq!(
            names,
            [
                r#""gauss-legendre""#,
                r#""riemann-left""#,
                r#""riemann-right""#,
                r#""riemann-middle""#,
                r#""riemann-trapezoid""#
            ]
        );
        let names: Vec<String> = Method::ALL
            .iter()
            .map(|method| serde_json::to_string(method).unwrap())
            .collect();
        assert_eq!(
            names,
            [
                r#""integrated-gradients""#,
                r#""smooth-grad""#,
                r#""grad-cam""#,
                r#""occlusion""#
            ]
        );
        let names: Vec<String> = Baseline::ALL
            .iter()
            .map(|base| serde_json::to_string(base).unwrap())
            .collect();
        assert_eq!(
            names,
            [r#""zero""#, r#""black""#, r#""white""#, r#""blurred""#]
        );
    }

    #[test]
    fn settings_have_wire_names_and_defaults() {
        let settings = ExplainSettings::of_method(Method::SmoothGrad, "focused", "NF1");
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(
            json,
            r#"{"set":"focused","target":"NF1","method":"smooth-grad","steps":10,"quadrature":"gauss-legendre","baseline":"zero","folds":null,"sign":"both","samples":8,"noise":0.1,"refine":false}"#
        );
        let back: ExplainSettings = serde_json::from_str(&json).unwrap();
        assert_eq!(back, settings);
        let sparse: ExplainSettings =
            serde_json::from_str(r#"{"set":"focused","target":"NF1"}"#).unwrap();
        assert_eq!(sparse, ExplainSettings::new("focused", "NF1"));
    }

    #[test]
    fn noise_that_is_no_number_still_arrives() {
        let mut settings = ExplainSettings::new("focused", "NF1");
        settings.noise = f64::NAN;
        let json = serde_json::to_string(&settings).unwrap();
        let back: ExplainSettings = serde_json::from_str(&json).unwrap();
        assert!(back.noise.is_nan());
    }
}
