//! `genoderm explain`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use genoderm_model::attribution::{Baseline, IntegratedGradients, Quadrature, Sign};
use serde_json::json;

use crate::cli::shared::{DeviceArgument, RegionArgument, named, print, print_json, share};
use crate::data::PictureSet;
use crate::error::Result;
use crate::explain::{ExplainPlan, explain};
use crate::files;
use crate::inference::{BundleFolder, Ensemble};
use crate::output::require_file;
use crate::training::Progress;

/// Ways to explain an answer.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Method {
    /// Integrated Gradients.
    Ig,
}

/// Draw which pixels of a photograph speak for a label
///
/// Integrated Gradients of the label's logit, averaged over the folds before they are drawn. The
/// completeness gap says how far the pixels' shares miss the difference that they should add up to:
/// if it is large, use more steps.
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
    method: Method,
    /// Gradients along the path
    #[arg(long, default_value_t = 75, value_name = "N")]
    steps: usize,
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
        require_file(&self.out, std::slice::from_ref(&self.image))?;
        let device = self.device.open()?;
        let set = self.set.map(|set| set.to_string());
        let bundle = BundleFolder::open(&self.model)?;
        let ensemble = Ensemble::of_bundle(&bundle, set.as_deref(), &device)?;
        let Method::Ig = self.method;
        let plan = ExplainPlan {
            target: self.target,
            method: IntegratedGradients {
                steps: self.steps,
                quadrature: self.quadrature,
                ..IntegratedGradients::default()
            },
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
        let folds = explanation.completeness();
        let worst = folds
            .iter()
            .map(|fold| fold.completeness_gap)
            .fold(0.0, f32::max);
        if self.json {
            return print_json(&json!({
                "file": self.image.display().to_string(),
                "out": self.out.display().to_string(),
                "set": ensemble.set,
                "region": plan.region,
                "target": plan.target,
                "method": "ig",
                "steps": plan.method.steps,
                "quadrature": plan.method.quadrature.name(),
                "baseline": plan.baseline.name(),
                "folds": folds,
                "completeness_gap": worst,
            }));
        }
        print(&format!(
            "wrote {}: {} for {}, completeness gap {worst:.1e} (largest of {} folds)",
            self.out.display(),
            plan.method.quadrature.name(),
            plan.target,
            folds.len()
        ))
    }
}
