//! `genoderm train`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json, to_value};

use crate::cli::shared::{DeviceArgument, print, read_labels};
use crate::data::PictureSet;
use crate::error::{Error, Result};
use crate::training::{
    AugmentationChoice, Override, Precision, Preset, Progress, RunPlan, TrainConfig, train_run,
};

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
    /// Train only these folds, from 0; several with commas [default: all]
    #[arg(long, value_name = "K", value_delimiter = ',')]
    fold: Vec<usize>,
    /// Start from these weights (.safetensors or .pth), with {fold} for the fold's number from one
    /// file for each fold; a classifier of another size starts afresh
    #[arg(long, value_name = "FILE")]
    pretrained: Option<PathBuf>,
    /// Skip finished folds and go on after the last finished epoch of an interrupted one; without
    /// --preset and --config by the run's own plan
    #[arg(long)]
    resume: bool,
    /// Leave pictures out that cannot be read, and name them
    #[arg(long)]
    skip_broken: bool,
    #[command(flatten)]
    device: DeviceArgument,
    /// Train on several devices of this kind, by their numbers from 0, with commas: each takes a
    /// part of every batch [default: the first one]
    #[arg(long, value_name = "N", value_delimiter = ',')]
    devices: Vec<usize>,
    #[command(flatten)]
    data_options: DataOptions,
    #[command(flatten)]
    step_options: StepOptions,
    #[command(flatten)]
    rate_options: RateOptions,
}

/// What is learnt from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pictures [default: the plan's]")]
struct DataOptions {
    /// Learn from panoramic or focused pictures
    #[arg(long, value_enum, value_name = "SET")]
    set: Option<PictureSet>,
    /// Labels, in the order of the outputs: own, paper, or a JSON file
    #[arg(long, value_name = "LABELS")]
    labels: Option<String>,
    /// Deal the training pictures into K folds instead of the manifest's
    #[arg(long, value_name = "K")]
    folds: Option<usize>,
    /// Width and height of the network's input
    #[arg(long, value_name = "PX")]
    size: Option<u32>,
    /// How a picture that is not square becomes one
    #[arg(long, value_enum, value_name = "FIT")]
    fit: Option<FitChoice>,
    /// Change training pictures at this size and resize them afterwards; 0: at the network's
    #[arg(long, value_name = "PX")]
    training_size: Option<u32>,
    /// Changes made to training pictures
    #[arg(long, value_enum, value_name = "CHANGES")]
    augmentation: Option<AugmentationChoice>,
    /// Show each label equally often in an epoch, instead of each picture once
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    balanced: Option<bool>,
}

/// What a step does.
#[derive(Debug, Args)]
#[command(next_help_heading = "Steps [default: the plan's]")]
struct StepOptions {
    /// Name of the architecture: efficientnet_b0 to b7, or with tf_ in front
    #[arg(long, value_name = "NAME")]
    arch: Option<String>,
    /// Largest number of pictures in a step
    #[arg(long, value_name = "N")]
    batch: Option<usize>,
    /// Cut each step into N parts and add up their gradients, to need less memory
    #[arg(long, value_name = "N")]
    accumulate: Option<usize>,
    /// What networks compute in; weights are kept in f32
    #[arg(long, value_enum, value_name = "PRECISION")]
    precision: Option<Precision>,
    /// Weight of the own labels in the loss; auxiliary labels weigh 1
    #[arg(long, value_name = "W")]
    own_weight: Option<f64>,
    /// Spread this share of each target over all labels
    #[arg(long, value_name = "SHARE")]
    label_smoothing: Option<f64>,
    /// Probability of each dropout mask to drop a feature
    #[arg(long, value_name = "P")]
    dropout: Option<f64>,
    /// Shorten gradients whose norm, all together, is above this; 0: never
    #[arg(long, value_name = "NORM")]
    clip_norm: Option<f64>,
    /// Validate and keep the moving average of the weights with this decay, such as 0.99 for a few
    /// hundred steps or 0.9998 for many thousands; 0: the weights themselves
    #[arg(long, value_name = "DECAY")]
    ema: Option<f64>,
    /// Seed of everything that is random
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// How fast and how long is learnt.
#[derive(Debug, Args)]
#[command(next_help_heading = "Learning rate and length [default: the plan's]")]
struct RateOptions {
    /// How often all pictures are seen
    #[arg(long, value_name = "N")]
    epochs: Option<usize>,
    /// Stop after more than N epochs in a row without a gain; 0 trains all epochs
    #[arg(long, value_name = "N")]
    patience: Option<usize>,
    /// Learning rate of the first epoch
    #[arg(long, value_name = "RATE")]
    lr: Option<f64>,
    /// Peak learning rate over that of the first epoch
    #[arg(long, value_name = "X")]
    warm_up_multiplier: Option<f64>,
    /// Epochs in which the rate rises to its peak, from which it falls like a cosine
    #[arg(long, value_name = "N")]
    warm_up_epochs: Option<usize>,
    /// The rate to which the cosine falls
    #[arg(long, value_name = "RATE")]
    final_lr: Option<f64>,
    /// AdamW's weight decay, not of biases and batch normalisation; 0 is Adam
    #[arg(long, value_name = "DECAY")]
    weight_decay: Option<f64>,
}

/// How a picture that is not square becomes one.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum FitChoice {
    /// Distort it, as the study did
    Stretch,
    /// Keep its shape and fill the rest evenly
    Pad,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let mut over = Overrides::default();
        self.data_options.put(&mut over)?;
        self.step_options.put(&mut over)?;
        self.rate_options.put(&mut over)?;
        let plan_of_run = self.out.join("config.json");
        let goes_on = self.resume && self.preset.is_none() && plan_of_run.is_file();
        let file = match &self.config {
            None if goes_on => Some(plan_of_run.as_path()),
            file => file.as_deref(),
        };
        let config = TrainConfig::resolve(self.preset, file, &over.0)?;
        config.require_parts(self.devices.len().max(1))?;
        let devices = self.device.open_several(&self.devices)?;
        for device in &devices {
            config.precision.require(device)?;
        }
        let plan = RunPlan {
            config,
            data: self.data,
            out: self.out.clone(),
            pretrained: self.pretrained,
            folds: self.fold,
            resume: self.resume,
            skip_broken: self.skip_broken,
        };
        let summaries = train_run(plan, &devices, &Progress::detect())?;
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
}

/// The parameters that were named on the command line.
#[derive(Default)]
struct Overrides(Vec<Override>);

impl Overrides {
    fn put(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        self.0.extend(value.map(|value| (name, value.into())));
    }

    /// A number; JSON has no word for one that is infinite or none at all.
    fn put_number(&mut self, name: &'static str, value: Option<f64>) -> Result<()> {
        if value.is_some_and(|value| !value.is_finite()) {
            return Err(Error::input(format!("{name} must be a finite number")));
        }
        self.put(name, value);
        Ok(())
    }

    /// A value of which 0 stands for none.
    fn put_unless_zero<T: Into<Value> + PartialEq + Default>(
        &mut self,
        name: &'static str,
        value: Option<T>,
    ) {
        let none_for_zero = |value: T| match value == T::default() {
            true => Value::Null,
            false => value.into(),
        };
        self.put(name, value.map(none_for_zero));
    }
}

impl DataOptions {
    fn put(self, over: &mut Overrides) -> Result<()> {
        over.put("set", self.set.map(|set| json!(set)));
        if let Some(choice) = &self.labels {
            let labels = to_value(read_labels(choice)?).map_err(Error::internal)?;
            over.put("labels", Some(labels));
        }
        over.put("folds", self.folds);
        over.put("size", self.size);
        let fit = self.fit.map(|fit| match fit {
            FitChoice::Stretch => "stretch",
            FitChoice::Pad => "pad",
        });
        over.put("fit", fit);
        over.put_unless_zero("training_size", self.training_size);
        let augmentation = self.augmentation.map(AugmentationChoice::augmentation);
        over.put("augmentation", augmentation.map(|changes| json!(changes)));
        over.put("balanced", self.balanced);
        Ok(())
    }
}

impl StepOptions {
    fn put(self, over: &mut Overrides) -> Result<()> {
        over.put("architecture", self.arch);
        over.put("batch", self.batch);
        over.put("accumulate", self.accumulate);
        let precision = self.precision.map(|precision| json!(precision));
        over.put("precision", precision);
        over.put_number("own_weight", self.own_weight)?;
        over.put_number("label_smoothing", self.label_smoothing)?;
        over.put_number("dropout", self.dropout)?;
        over.put_number("clip_norm", self.clip_norm)?;
        over.put_unless_zero("clip_norm", self.clip_norm);
        over.put_number("ema_decay", self.ema)?;
        over.put_unless_zero("ema_decay", self.ema);
        over.put("seed", self.seed);
        Ok(())
    }
}

impl RateOptions {
    fn put(self, over: &mut Overrides) -> Result<()> {
        over.put("epochs", self.epochs);
        over.put_unless_zero("patience", self.patience);
        over.put_number("learning_rate", self.lr)?;
        over.put_number("warm_up_multiplier", self.warm_up_multiplier)?;
        over.put("warm_up_epochs", self.warm_up_epochs);
        over.put_number("final_learning_rate", self.final_lr)?;
        over.put_number("weight_decay", self.weight_decay)?;
        Ok(())
    }
}
