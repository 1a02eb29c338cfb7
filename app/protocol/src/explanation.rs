//! [`Request::Explain`](crate::Request::Explain): its settings and its answer.

use serde::{Deserialize, Serialize};

/// What to explain, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainSettings {
    /// The set whose networks to explain.
    pub set: String,
    /// The key of the label whose logit is explained; any label, not only the most probable.
    pub target: String,
    /// Points at which the gradient is taken: 1 (Gauss-Legendre) or 2 (the other rules) to
    /// [`ExplainSettings::MAX_STEPS`].
    #[serde(default = "ExplainSettings::default_steps")]
    pub steps: usize,
    /// Where those points lie and what they weigh.
    #[serde(default)]
    pub quadrature: Quadrature,
    /// The picture that stands for "nothing seen".
    #[serde(default)]
    pub baseline: Baseline,
    /// The folds to average; `None` for all of the set. Fewer folds are faster.
    #[serde(default)]
    pub folds: Option<Vec<usize>>,
    /// How the ready-made overlay shows evidence against the label.
    #[serde(default)]
    pub sign: Sign,
}

impl ExplainSettings {
    /// More steps than this are refused as a mistake.
    pub const MAX_STEPS: usize = 1000;

    /// The default settings for a label.
    pub fn new(set: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            set: set.into(),
            target: target.into(),
            steps: Self::default_steps(),
            quadrature: Quadrature::default(),
            baseline: Baseline::default(),
            folds: None,
            sign: Sign::default(),
        }
    }

    fn default_steps() -> usize {
        50
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

/// The answer, averaged over folds. The event's envelope holds two buffers beside it:
///
/// - buffer 0, the overlay: `width * height` RGBA pixels, 8 bits each, not premultiplied, row by row: an `ImageData`
///   ready to be stretched over the photograph;
/// - buffer 1, the heat: `width * height` little-endian `f32` in -1..1, row by row: positive speaks for the label.
///   From these the page redraws with other colours or thresholds, or exports numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The settings that were used, with the folds spelled out.
    pub settings: ExplainSettings,
    /// Pixels across both buffers: those of the networks' input that the photograph covers, not the photograph's own.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Per network: where the integral began and ended, and what it missed.
    pub folds: Vec<FoldExplanation>,
    /// The mean over folds of the label's logit for the photograph.
    pub logit: f32,
    /// The largest completeness gap of a fold, in logits. Near 0 is good; more steps make it smaller.
    pub completeness_gap: f32,
    /// Milliseconds from the arrival of the request.
    pub total_ms: f64,
}

/// The bookkeeping of one network's Integrated Gradients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoldExplanation {
    /// The fold's number.
    pub fold: usize,
    /// The label's logit for the photograph.
    pub logit: f32,
    /// The label's logit for the baseline.
    pub baseline_logit: f32,
    /// |sum of attributions - (logit - baseline logit)|.
    pub completeness_gap: f32,
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
        let names: Vec<String> = Baseline::ALL
            .iter()
            .map(|base| serde_json::to_string(base).unwrap())
            .collect();
        assert_eq!(
            names,
            [r#""zero""#, r#""black""#, r#""white""#, r#""blurred""#]
        );
    }
}
