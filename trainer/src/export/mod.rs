//! From the folds of a run to a bundle that the page loads: weights as they are stored, the run's
//! calibration, figures measured with both, and a model card for people.

mod card;
mod card_calibration;
mod measure;
mod stored_run;

use std::path::PathBuf;

use burn::tensor::Device;
use clap::ValueEnum;
use genoderm_model::bundle::{BundleInfo, BundleWriter, Decision, Provenance};
use genoderm_model::weights::Encoding;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::files;
use crate::output::require_new_folder;
use crate::training::TrainConfig;
use stored_run::{StoredRun, require_matching};

pub use measure::{MeasuredRun, StorageLoss};

/// The card's file in the bundle's folder; for people, so the manifest does not list it.
pub const CARD_FILE: &str = "MODEL_CARD.md";

/// Longest name that a bundle accepts, bytes.
const MAX_NAME_LEN: usize = 200;

/// How weights are stored in a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EncodingChoice {
    /// Half precision: half the size, differences far below those between folds.
    #[default]
    F16,
    /// 8 bits with one scale for each output channel: a quarter of the size; measure the loss.
    Int8,
    /// As trained.
    F32,
}

impl From<EncodingChoice> for Encoding {
    fn from(choice: EncodingChoice) -> Self {
        match choice {
            EncodingChoice::F16 => Encoding::F16,
            EncodingChoice::Int8 => Encoding::Int8,
            EncodingChoice::F32 => Encoding::F32,
        }
    }
}

/// What `genoderm export` was asked to do.
#[derive(Clone, Debug)]
pub struct ExportPlan {
    /// One or two runs, at most one for each set.
    pub runs: Vec<PathBuf>,
    /// The bundle's folder; must not exist.
    pub out: PathBuf,
    /// The folds to take; empty for all that are finished.
    pub folds: Vec<usize>,
    /// How weights are stored.
    pub encoding: EncodingChoice,
    /// Short name for people.
    pub name: String,
    /// What it is, in a few sentences.
    pub description: String,
    /// What everyone who sees an answer must know.
    pub notice: String,
    /// Licence of the weights.
    pub licence: String,
    /// Where the training data came from, in words.
    pub data_description: String,
    /// The commands that make the bundle again, in order.
    pub commands: Vec<String>,
    /// Measure the stored weights on the test pictures of this folder.
    pub data: Option<PathBuf>,
    /// Leave broken test pictures out instead of failing.
    pub skip_broken: bool,
    /// Use the runs' `calibration.json` where there is one.
    pub calibration: bool,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Size of all files, bytes.
    pub bytes: u64,
    /// Number of networks.
    pub folds: usize,
    /// The sets that were calibrated.
    pub calibrated: Vec<String>,
    /// Figures of the stored weights, one for each run, when data was given.
    pub measured: Vec<MeasuredRun>,
}

/// Writes the bundle, whole or not at all.
///
/// The golden logits and the figures of the evaluation are computed with the weights as they are
/// stored, rounding included, and with the calibration.
///
/// # Errors
///
/// Runs that do not belong together, folds that are not finished or whose weights are not those that
/// were calibrated, test pictures that a network has learnt from, a folder that exists already or cannot
/// be made. All of it is found before anything is measured.
pub fn export(plan: &ExportPlan, device: &Device, progress: impl Fn(&str)) -> Result<Exported> {
    plan.check()?;
    let encoding = Encoding::from(plan.encoding);
    let runs = plan
        .runs
        .iter()
        .map(|run| StoredRun::read(run, plan, encoding))
        .collect::<Result<Vec<_>>>()?;
    let first = require_matching(&runs)?;
    for run in &runs {
        run.notes(plan)?.iter().for_each(|note| progress(note));
    }
    if plan.encoding == EncodingChoice::Int8 && plan.data.is_none() {
        progress(
            "warning: what it costs to store weights in 8 bits is not known: measure it with --data",
        );
    }
    let measured = match &plan.data {
        Some(data) => {
            // What is wrong with the pictures of one run is found before another is measured.
            let pictures = runs
                .iter()
                .map(|run| run.test_pictures(plan, data, &progress))
                .collect::<Result<Vec<_>>>()?;
            runs.iter()
                .zip(&pictures)
                .map(|(run, pictures)| run.measure(plan, pictures, device, &progress))
                .collect::<Result<Vec<_>>>()?
        }
        None => Vec::new(),
    };
    let mut writer = BundleWriter::new(plan.info(&first.config, encoding, &measured)?);
    let golden = writer.golden_photo().map_err(Error::internal)?;
    for run in &runs {
        let set = run.config.set.to_string();
        for (folder, weights) in &run.folds {
            let number = u32::try_from(folder.fold).map_err(Error::internal)?;
            let stored = writer
                .add_fold(&set, number, weights)
                .map_err(Error::content(folder.path()))?;
            let logits = run.classifier(stored, device)?.golden_logits(&golden)?;
            writer.golden_logits(&set, logits);
        }
        if let Some(calibration) = &run.calibration {
            let (temperature, safeguards) =
                (calibration.record.temperature, &calibration.safeguards);
            writer
                .calibrate(&set, temperature, safeguards)
                .map_err(Error::internal)?;
        }
    }
    let mut contents = writer.finish().map_err(Error::internal)?;
    let card = card::write(plan, &runs, &measured, &contents);
    contents.insert(0, (CARD_FILE.to_owned(), card.into_bytes()));
    files::write_folder(&plan.out, |folder| {
        contents
            .iter()
            .try_for_each(|(name, bytes)| files::write(&folder.join(name), bytes))
    })?;
    Ok(Exported {
        bytes: contents.iter().map(|(_, bytes)| bytes.len() as u64).sum(),
        folds: runs.iter().map(|run| run.folds.len()).sum(),
        calibrated: runs
            .iter()
            .filter(|run| run.calibration.is_some())
            .map(|run| run.config.set.to_string())
            .collect(),
        measured,
    })
}

impl ExportPlan {
    /// Finds what is wrong before any work is done.
    fn check(&self) -> Result<()> {
        if self.name.trim().is_empty() || self.name.len() > MAX_NAME_LEN {
            return Err(Error::input(format!(
                "--name must have 1 to {MAX_NAME_LEN} bytes: the page shows it"
            )));
        }
        require_new_folder(&self.out)
    }

    fn info(
        &self,
        config: &TrainConfig,
        encoding: Encoding,
        measured: &[MeasuredRun],
    ) -> Result<BundleInfo> {
        let mut evaluation = serde_json::Map::new();
        for run in measured {
            evaluation.insert(run.report.set.clone(), run.to_json()?);
        }
        Ok(BundleInfo {
            name: self.name.clone(),
            description: self.description.clone(),
            notice: self.notice.clone(),
            architecture: config.architecture()?.to_string(),
            preprocessing: config.preprocessing(),
            labels: config.labels.clone(),
            encoding,
            decision: Decision::default(),
            temperature: 1.0,
            evaluation: if evaluation.is_empty() {
                Value::Null
            } else {
                Value::Object(evaluation)
            },
            licence: self.licence.clone(),
            provenance: Provenance {
                software: "genoderm".into(),
                version: env!("CARGO_PKG_VERSION").into(),
                data: self.data_description.clone(),
                commands: self.commands.clone(),
            },
        })
    }
}
