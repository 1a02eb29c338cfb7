//! `genoderm train`

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json, to_value};

use crate::cli::shared::{DeviceArgument, print, read_labels};
use crate::data::PictureSet;
use crate::error::{Error, Result};
use crate::training::{Override, Preset, Progress, RunPlan, TrainConfig, train_run};

/// Train the networks of a cross-validation
///
/// A preset or a configuration file gives the plan; the options below change single parameters. The
/// run's folder keeps the plan, each epoch's figures and the weights of each fold's best epoch, which
/// is the one with the highest balanced accuracy of the own labels on the fold's own pictures.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of manifest.csv
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder of the run, created or continued
    #[arg(long, value_name = "RUN")]
    out: PathBuf,
    /// The plan to start from
    #[arg(long, value_enum, value_name = "PRESET")]
    preset: Option<Preset>,
    /// A TOML or JSON file with any of the plan's parameters (RUN/config.json shows all)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Learn from panoramic or focused pictures [default: the preset's]
    #[arg(long, value_enum, value_name = "SET")]
    set: Option<PictureSet>,
    /// Deal the training pictures into K folds instead of the manifest's
    #[arg(long, value_name = "K")]
    folds: Option<usize>,
    /// Train only these folds, from 0; several with commas [default: all]
    #[arg(long, value_name = "K", value_delimiter = ',')]
    fold: Vec<usize>,
    /// How often all pictures are seen
    #[arg(long, value_name = "N")]
    epochs: Option<usize>,
    /// Width and height of the network's input
    #[arg(long, value_name = "PX")]
    size: Option<u32>,
    /// Name of the architecture: efficientnet_b0 to b7, or with tf_ in front
    #[arg(long, value_name = "NAME")]
    arch: Option<String>,
    /// Largest number of pictures in a step
    #[arg(long, value_name = "N")]
    batch: Option<usize>,
    /// Learning rate of the first epoch; the peak is ten times as high
    #[arg(long, value_name = "RATE")]
    lr: Option<f64>,
    /// Seed of everything that is random
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Labels, in the order of the outputs: own, paper, or a JSON file
    #[arg(long, value_name = "LABELS")]
    labels: Option<String>,
    /// Stop after N epochs without a gain; 0 trains all epochs
    #[arg(long, value_name = "N")]
    patience: Option<usize>,
    /// Start from these weights (.safetensors or .pth); a classifier of another size starts afresh
    #[arg(long, value_name = "FILE")]
    pretrained: Option<PathBuf>,
    /// Skip finished folds and go on after the last finished epoch of an interrupted one
    #[arg(long)]
    resume: bool,
    /// Leave pictures out that cannot be read, and name them
    #[arg(long)]
    skip_broken: bool,
    #[command(flatten)]
    device: DeviceArgument,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let over = self.overrides()?;
        let config = TrainConfig::resolve(self.preset, self.config.as_deref(), &over)?;
        let device = self.device.open()?;
        let plan = RunPlan {
            config,
            data: self.data,
            out: self.out.clone(),
            pretrained: self.pretrained,
            folds: self.fold,
            resume: self.resume,
            skip_broken: self.skip_broken,
        };
        let summaries = train_run(plan, &device, &Progress::detect())?;
        let mean = summaries
            .iter()
            .map(|fold| fold.balanced_accuracy)
            .sum::<f64>()
            / summaries.len().max(1) as f64;
        print(&format!(
            "{}: {} folds, mean balanced accuracy on their own pictures {mean:.3}",
            self.out.display(),
            summaries.len()
        ))
    }

    fn overrides(&self) -> Result<Vec<Override>> {
        let mut over: Vec<Override> = Vec::new();
        let mut put = |name, value: Option<Value>| over.extend(value.map(|value| (name, value)));
        put("set", self.set.map(|set| json!(set)));
        put("folds", self.folds.map(|count| json!(count)));
        put("epochs", self.epochs.map(|count| json!(count)));
        put("size", self.size.map(|size| json!(size)));
        put("architecture", self.arch.as_ref().map(|name| json!(name)));
        put("batch", self.batch.map(|count| json!(count)));
        put("seed", self.seed.map(|seed| json!(seed)));
        let patience = |epochs| {
            if epochs == 0 {
                Value::Null
            } else {
                json!(epochs)
            }
        };
        put("patience", self.patience.map(patience));
        if let Some(rate) = self.lr {
            // JSON has no word for a rate that is not a number.
            if !rate.is_finite() {
                return Err(Error::input("learning_rate must be a number above 0"));
            }
            put("learning_rate", Some(json!(rate)));
        }
        if let Some(choice) = &self.labels {
            let labels = to_value(read_labels(choice)?).map_err(Error::internal)?;
            put("labels", Some(labels));
        }
        Ok(over)
    }
}
