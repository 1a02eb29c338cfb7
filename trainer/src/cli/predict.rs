//! `genoderm predict`

use std::path::PathBuf;

use burn::tensor::Device;
use clap::Args;
use genoderm_model::efficientnet::Architecture;
use genoderm_model::preprocess::Preprocessing;
use serde_json::{Value, json};

use crate::cli::shared::{DeviceArgument, RegionArgument, named, print, print_json, read_labels};
use crate::data::PictureSet;
use crate::error::{Error, Result};
use crate::files;
use crate::inference::{BundleFolder, Ensemble, Views};
use crate::output::require_file;
use crate::predict::{as_table, predict};

/// Classify photographs with a bundle or with a single weight file
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Photographs (JPEG, PNG, WebP, BMP, TIFF, GIF)
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// Folder of a bundle
    #[arg(
        long,
        value_name = "BUNDLE",
        required_unless_present = "weights",
        conflicts_with = "weights"
    )]
    model: Option<PathBuf>,
    /// The bundle's set [default: its first]
    #[arg(long, value_enum, value_name = "SET", requires = "model")]
    set: Option<PictureSet>,
    /// Architecture of --weights: efficientnet_b0 to b7, or with tf_ in front
    #[arg(long, value_name = "NAME", value_parser = named::<Architecture>, requires = "weights")]
    arch: Option<Architecture>,
    /// Weights as timm, geffnet or torchvision save them (.safetensors, .pth)
    #[arg(long, value_name = "FILE", requires = "arch")]
    weights: Option<PathBuf>,
    /// Number of classes of --weights [default: told by the file]
    #[arg(long, value_name = "N", requires = "weights")]
    classes: Option<usize>,
    /// Labels of --weights, in the order of the outputs: own, paper, or a JSON file [default: numbers]
    #[arg(long, value_name = "LABELS", requires = "weights")]
    labels: Option<String>,
    /// Width and height of the input of --weights [default: the architecture's]
    #[arg(long, value_name = "PX", requires = "weights")]
    size: Option<u32>,
    /// Print JSON with logits and probabilities of every fold
    #[arg(long)]
    json: bool,
    /// Write answers and probabilities as a table, which `genoderm study score` reads
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Average each network's probabilities over 8 views (turned and mirrored); 8 times slower
    #[arg(long)]
    tta: bool,
    /// How many labels to print
    #[arg(long, default_value_t = 5, value_name = "N")]
    top: usize,
    #[command(flatten)]
    region: RegionArgument,
    #[command(flatten)]
    device: DeviceArgument,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        if let Some(file) = &self.csv {
            require_file(file, &self.images)?;
        }
        let device = self.device.open()?;
        let ensemble = self.ensemble(&device)?;
        let region = self.region.for_set(&ensemble.set)?;
        let views = Views::of_flag(self.tta);
        let answers = predict(&ensemble, &self.images, region.as_ref(), views)?;
        if let Some(file) = &self.csv {
            files::write(file, &as_table(&answers, &ensemble)?)?;
        }
        if self.json {
            let images: Vec<Value> = answers.iter().map(|a| a.to_json(&ensemble)).collect();
            return print_json(&json!({ "images": images, "region": region }));
        }
        for answer in &answers {
            print(&answer.to_text(&ensemble, self.top))?;
        }
        Ok(())
    }

    fn ensemble(&self, device: &Device) -> Result<Ensemble> {
        if let Some(model) = &self.model {
            let set = self.set.map(|set| set.to_string());
            return Ensemble::of_bundle(&BundleFolder::open(model)?, set.as_deref(), device);
        }
        let (Some(architecture), Some(weights)) = (self.arch, &self.weights) else {
            return Err(Error::input(
                "say what to classify with: --model BUNDLE, or --arch NAME --weights FILE",
            ));
        };
        let default = u32::try_from(architecture.default_size()).unwrap_or(224);
        let preprocessing = Preprocessing::imagenet(self.size.unwrap_or(default));
        preprocessing
            .check()
            .map_err(|error| Error::input(format!("--size: {error}")))?;
        let labels = self.labels.as_deref().map(read_labels).transpose()?;
        Ensemble::of_weights(
            architecture,
            weights,
            self.classes,
            labels,
            preprocessing,
            device,
        )
    }
}
