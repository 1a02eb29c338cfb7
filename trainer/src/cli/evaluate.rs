//! `genoderm evaluate`

use std::path::PathBuf;

use burn::tensor::Device;
use clap::Args;

use crate::cli::shared::{DeviceArgument, print};
use crate::data::{Dataset, Manifest, PictureSet, Selection, Split};
use crate::error::{Error, Result};
use crate::evaluation::evaluate;
use crate::files;
use crate::inference::{BundleFolder, Ensemble};
use crate::output::require_file;
use crate::training::{Progress, RunFolder};

/// Measure a run or a bundle on the test pictures
///
/// Prints accuracy, balanced accuracy, calibration and the confusion of the folds together and of each
/// alone, and by skin tone where the manifest has it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of a run
    #[arg(
        long,
        value_name = "RUN",
        required_unless_present = "model",
        conflicts_with = "model"
    )]
    run: Option<PathBuf>,
    /// Folder of a bundle
    #[arg(long, value_name = "BUNDLE")]
    model: Option<PathBuf>,
    /// Folder of manifest.csv
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Use only these folds of the run; several with commas [default: all finished]
    #[arg(long, value_name = "K", value_delimiter = ',', requires = "run")]
    folds: Vec<usize>,
    /// The bundle's set [default: its first]
    #[arg(long, value_enum, value_name = "SET", requires = "model")]
    set: Option<PictureSet>,
    /// Save the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceArgument,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        if let Some(file) = &self.json {
            require_file(file, &[self.data.join("manifest.csv")])?;
        }
        let device = self.device.open()?;
        let ensemble = self.ensemble(&device)?;
        let set: PictureSet = ensemble.set.parse().map_err(|error: String| {
            Error::input(format!("cannot tell which pictures to measure on: {error}"))
        })?;
        let manifest = Manifest::read(&self.data)?;
        let selection = Selection {
            set,
            split: Some(Split::Test),
            labels: &ensemble.labels,
            preprocessing: ensemble.preprocessing()?,
            training_size: None,
            memory: Selection::MEMORY,
            skip_broken: false,
        };
        let dataset = Dataset::load(&manifest, &[], selection)?;
        let total = dataset.examples.len() * ensemble.folds.len();
        let bar = Progress::detect().count("classifying", total);
        let report = evaluate(&ensemble, &dataset, |done| bar.set_position(done as u64))?;
        bar.finish_and_clear();
        print(&report.to_string())?;
        match &self.json {
            Some(file) => files::write_json(file, &report),
            None => Ok(()),
        }
    }

    fn ensemble(&self, device: &Device) -> Result<Ensemble> {
        match (&self.run, &self.model) {
            (Some(run), _) => Ensemble::of_run(&RunFolder::open(run)?, &self.folds, device),
            (None, Some(model)) => {
                let set = self.set.map(|set| set.to_string());
                Ensemble::of_bundle(&BundleFolder::open(model)?, set.as_deref(), device)
            }
            (None, None) => Err(Error::input(
                "say what to measure: --run RUN or --model BUNDLE",
            )),
        }
    }
}
