//! `genoderm explain`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use genoderm_model::attribution::{
    Baseline, IntegratedGradients, Method, Occlusion, Quadrature, Sign, SmoothGrad,
};
use serde_json::{Value, json};

use crate::cli::shared::{DeviceArgument, RegionArgument, named, print, print_json, share};
use crate::data::PictureSet;
use crate::error::{Error, Result};
use crate::explain::{ExplainPlan, FoldFigures, explain, refused};
use crate::files;
use crate::inference::{BundleFolder, Ensemble};
use crate::output::require_file;
use crate::training::Progress;

/// Gradients along the path of Integrated Gradients: the paper's number.
const STEPS: usize = 75;

/// Ways to explain an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MethodName {
    /// Integrated Gradients: gradients along the path from a baseline to the photograph; they add up
    #[value(alias = "integrated-gradients")]
    Ig,
    /// The mean of Integrated Gradients over noisy copies of the photograph
    SmoothGrad,
    /// The last feature maps, weighted by their gradients: coarse, and only what speaks for the label
    GradCam,
    /// How far the logit falls when a square, an eighth of the side, is hidden behind the baseline
    Occlusion,
}

/// Draw which pixels of a photograph speak for a label
///
/// Contributions to the label's logit, averaged over the folds before they are drawn. With
/// Integrated Gradients the completeness gap says how far the pixels' shares miss the difference
/// that they should add up to: if it is large, use more steps.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The photograph
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// Folder of a bundle
    #[arg(long, value_name = "BUNDLE")]
    model: PathBuf,
    /// The bundle's set [default: its first]
    #[arg(long, value_enum, value_name = "SET")]
    set: Option<PictureSet>,
    /// Key of the label to explain
    #[arg(long, value_name = "LABEL")]
    target: String,
    /// The method
    #[arg(long, value_enum, default_value = "ig", value_name = "METHOD")]
    method: MethodName,
    /// Gradients along a path: with ig [default: 75], and with smooth-grad for each copy [default: 10]
    #[arg(long, value_name = "N")]
    steps: Option<usize>,
    /// Noisy copies, with smooth-grad [default: 8]
    #[arg(long, value_name = "N")]
    samples: Option<usize>,
    /// Standard deviation of their noise as a share of the picture's value range, 0 to 1, with smooth-grad [default: 0.1]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    noise: Option<f64>,
    /// What the photograph is compared with: zero (after normalisation), black, white or blurred
    #[arg(long, default_value = "zero", value_name = "BASELINE", value_parser = named::<Baseline>)]
    baseline: Baseline,
    /// Where gradients are taken: gauss-legendre, riemann-left, -right, -middle or -trapezoid
    #[arg(long, default_value = "gauss-legendre", value_name = "RULE", value_parser = named::<Quadrature>)]
    quadrature: Quadrature,
    /// Which contributions are drawn: all, positive, negative or absolute
    #[arg(long, default_value = "all", value_name = "SIGN", value_parser = named::<Sign>)]
    sign: Sign,
    /// Opacity of the strongest pixels, 0 to 1
    #[arg(long, default_value_t = 0.7, value_name = "SHARE", value_parser = share)]
    opacity: f32,
    /// PNG file to write
    #[arg(long, value_name = "FILE.png")]
    out: PathBuf,
    /// Print JSON with logits and completeness gaps
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    region: RegionArgument,
    #[command(flatten)]
    device: DeviceArgument,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        self.check()?;
        require_file(&self.out, std::slice::from_ref(&self.image))?;
        let device = self.device.open()?;
        let set = self.set.map(|set| set.to_string());
        let bundle = BundleFolder::open(&self.model)?;
        let ensemble = Ensemble::of_bundle(&bundle, set.as_deref(), &device)?;
        let plan = ExplainPlan {
            target: self.target.clone(),
            method: self.method(ensemble.preprocessing()?.size as usize),
            baseline: self.baseline,
            region: self.region.for_set(&ensemble.set)?,
        };
        let bar = Progress::detect().count("explaining", 0);
        let explanation = explain(&ensemble, &self.image, &plan, &device, |done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        })?;
        bar.finish_and_clear();
        let picture = explanation.overlay_png(self.sign, self.opacity)?;
        files::write(&self.out, &picture)?;
        let folds = explanation.figures();
        if self.json {
            return print_json(&self.answer(&plan, &ensemble.set, &folds));
        }
        let gap = worst(&folds).map_or(String::new(), |gap| {
            format!(", completeness gap {gap:.1e} (largest)")
        });
        print(&format!(
            "wrote {}: {} for {}, {} folds{gap}",
            self.out.display(),
            plan.method,
            plan.target,
            folds.len()
        ))
    }

    /// Refuses bad settings before anything is read; those of other methods than the chosen one are mistakes too.
    fn check(&self) -> Result<()> {
        use MethodName::{GradCam, Ig, Occlusion, SmoothGrad};
        let given: [(&str, bool, &[MethodName]); 3] = [
            ("--steps", self.steps.is_some(), &[Ig, SmoothGrad]),
            ("--samples", self.samples.is_some(), &[SmoothGrad]),
            ("--noise", self.noise.is_some(), &[SmoothGrad]),
        ];
        let name = |method: MethodName| match method {
            Ig => "ig",
            SmoothGrad => "smooth-grad",
            GradCam => "grad-cam",
            Occlusion => "occlusion",
        };
        for (option, given, methods) in given {
            if given && !methods.contains(&self.method) {
                let methods: Vec<&str> = methods.iter().map(|method| name(*method)).collect();
                return Err(Error::input(format!(
                    "{option} belongs to --method {}, not to {}",
                    methods.join(" or "),
                    name(self.method)
                )));
            }
        }
        // The side matters to the default window only, which always fits.
        self.method(0).check().map_err(refused)
    }

    /// The method for networks whose input has this side.
    fn method(&self, side: usize) -> Method {
        match self.method {
            MethodName::Ig => Method::IntegratedGradients(IntegratedGradients {
                steps: self.steps.unwrap_or(STEPS),
                quadrature: self.quadrature,
                ..IntegratedGradients::default()
            }),
            MethodName::SmoothGrad => {
                let default = SmoothGrad::default();
                Method::SmoothGrad(SmoothGrad {
                    samples: self.samples.unwrap_or(default.samples),
                    noise: self.noise.unwrap_or(default.noise),
                    steps: self.steps.unwrap_or(default.steps),
                    quadrature: self.quadrature,
                    ..default
                })
            }
            MethodName::GradCam => Method::GradCam,
            MethodName::Occlusion => Method::Occlusion(Occlusion::of_side(side)),
        }
    }

    /// What `--json` prints: the settings that the method has, the folds, and the worst gap where there is one.
    fn answer(&self, plan: &ExplainPlan, set: &str, folds: &[FoldFigures]) -> Value {
        let mut answer = json!({
            "file": self.image.display().to_string(),
            "out": self.out.display().to_string(),
            "set": set,
            "region": plan.region,
            "target": plan.target,
            "folds": folds,
        });
        let settings = match &plan.method {
            Method::IntegratedGradients(method) => json!({
                "method": "ig",
                "steps": method.steps,
                "quadrature": method.quadrature.name(),
                "baseline": plan.baseline.name(),
                "completeness_gap": worst(folds),
            }),
            Method::SmoothGrad(method) => json!({
                "method": "smooth-grad",
                "samples": method.samples,
                "noise": method.noise,
                "seed": method.seed,
                "steps": method.steps,
                "quadrature": method.quadrature.name(),
                "baseline": plan.baseline.name(),
            }),
            Method::GradCam => json!({ "method": "grad-cam" }),
            Method::Occlusion(method) => json!({
                "method": "occlusion",
                "window": method.window,
                "stride": method.stride,
                "baseline": plan.baseline.name(),
            }),
        };
        if let (Value::Object(answer), Value::Object(settings)) = (&mut answer, settings) {
            answer.extend(settings);
        }
        answer
    }
}

/// The largest completeness gap of a fold.
fn worst(folds: &[FoldFigures]) -> Option<f32> {
    let gaps = folds.iter().filter_map(|fold| fold.completeness_gap);
    gaps.reduce(f32::max)
}
