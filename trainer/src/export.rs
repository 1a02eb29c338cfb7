//! From the folds of a run to a bundle that the page loads.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use clap::ValueEnum;
use genoderm_model::bundle::{BundleInfo, BundleWriter, Decision, Provenance};
use genoderm_model::preprocess::Photo;
use genoderm_model::weights::{Encoding, StateDict};
use serde_json::Value;

use crate::data::{Dataset, Manifest, Selection, Split};
use crate::error::{Error, Result};
use crate::evaluation::{EvaluationReport, evaluate};
use crate::files;
use crate::inference::{Classifier, Ensemble, read_weights};
use crate::output::require_new_folder;
use crate::training::{FoldFolder, RunFolder, TrainConfig};

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
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Size of all files, bytes.
    pub bytes: u64,
    /// Number of networks.
    pub folds: usize,
    /// Figures of the stored weights, one report for each run, when data was given.
    pub reports: Vec<EvaluationReport>,
}

/// One run's networks as a reader of the bundle will have them.
struct StoredRun {
    config: TrainConfig,
    folds: Vec<(FoldFolder, StateDict)>,
}

/// Writes the bundle, whole or not at all.
///
/// The golden logits and the figures of the evaluation are computed with the weights as they are
/// stored, rounding included.
///
/// # Errors
///
/// Runs that do not belong together, folds that are not finished, a folder that exists already.
pub fn export(plan: &ExportPlan, device: &Device, progress: impl Fn(&str)) -> Result<Exported> {
    require_new_folder(&plan.out)?;
    let encoding = Encoding::from(plan.encoding);
    let runs = plan
        .runs
        .iter()
        .map(|run| StoredRun::read(run, &plan.folds, encoding))
        .collect::<Result<Vec<_>>>()?;
    let first = require_matching(&runs)?;
    let reports = match &plan.data {
        Some(data) => runs
            .iter()
            .map(|run| run.evaluate(plan, data, device, &progress))
            .collect::<Result<Vec<_>>>()?,
        None => Vec::new(),
    };
    let mut writer = BundleWriter::new(plan.info(&first.config, encoding, &reports)?);
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
    }
    let contents = writer.finish().map_err(Error::internal)?;
    files::write_folder(&plan.out, |folder| {
        contents
            .iter()
            .try_for_each(|(name, bytes)| files::write(&folder.join(name), bytes))
    })?;
    Ok(Exported {
        bytes: contents.iter().map(|(_, bytes)| bytes.len() as u64).sum(),
        folds: runs.iter().map(|run| run.folds.len()).sum(),
        reports,
    })
}

impl StoredRun {
    /// Reads the folds' weights and passes them through the encoding.
    fn read(path: &Path, wanted: &[usize], encoding: Encoding) -> Result<Self> {
        let run = RunFolder::open(path)?;
        let folds = run
            .chosen_folds(wanted)?
            .into_iter()
            .map(|folder| {
                let trained = read_weights(&folder.weights())?;
                let stored = trained
                    .to_safetensors(encoding)
                    .and_then(|bytes| StateDict::from_safetensors(&bytes))
                    .map_err(Error::content(&folder.weights()))?;
                Ok((folder, stored))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            config: run.config()?,
            folds,
        })
    }

    fn classifier(&self, weights: StateDict, device: &Device) -> Result<Classifier> {
        let network = self.config.network()?;
        Classifier::new(&network, weights, self.config.preprocessing(), device)
            .map_err(Error::internal)
    }

    fn evaluate(
        &self,
        plan: &ExportPlan,
        data: &Path,
        device: &Device,
        progress: &impl Fn(&str),
    ) -> Result<EvaluationReport> {
        progress(&format!("measuring the {} networks", self.config.set));
        let mut folds = Vec::new();
        for (folder, weights) in &self.folds {
            folds.push((folder.fold, self.classifier(weights.clone(), device)?));
        }
        let ensemble = Ensemble {
            name: plan.name.clone(),
            set: self.config.set.to_string(),
            labels: self.config.labels.clone(),
            threshold: Decision::default().threshold,
            temperature: 1.0,
            folds,
        };
        let manifest = Manifest::read(data)?;
        let selection = Selection {
            set: self.config.set,
            split: Some(Split::Test),
            labels: &ensemble.labels,
            preprocessing: self.config.preprocessing(),
            training_size: None,
            memory: Selection::MEMORY,
            skip_broken: plan.skip_broken,
        };
        let dataset = Dataset::load(&manifest, &[], selection)?;
        for cause in &dataset.skipped {
            progress(&format!("skipped: {cause}"));
        }
        evaluate(&ensemble, &dataset, |_| {})
    }
}

impl ExportPlan {
    fn info(
        &self,
        config: &TrainConfig,
        encoding: Encoding,
        reports: &[EvaluationReport],
    ) -> Result<BundleInfo> {
        let mut evaluation = serde_json::Map::new();
        for report in reports {
            let figures = serde_json::to_value(report).map_err(Error::internal)?;
            evaluation.insert(report.set.clone(), figures);
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

impl Classifier {
    /// The logits of the golden picture, which is resized like any photograph.
    fn golden_logits(&self, golden: &Photo) -> Result<Vec<f32>> {
        let photo = self
            .preprocessing()
            .square(golden)
            .map_err(Error::internal)?;
        let mut logits = self.logits(&[&photo], |_| {})?;
        logits
            .pop()
            .ok_or_else(|| Error::internal("the network gave no logits"))
    }
}

/// A bundle has one architecture, one preprocessing, one list of labels, and each set once.
fn require_matching(runs: &[StoredRun]) -> Result<&StoredRun> {
    let Some((first, others)) = runs.split_first() else {
        return Err(Error::input("say which run to export: --run RUN"));
    };
    for other in others {
        let (ours, theirs) = (&first.config, &other.config);
        if ours.set == theirs.set {
            return Err(Error::input(format!(
                "both runs are of {} pictures: a bundle has each set once",
                ours.set
            )));
        }
        if ours.architecture != theirs.architecture
            || ours.size != theirs.size
            || ours.labels != theirs.labels
        {
            return Err(Error::input(
                "the runs differ in architecture, size or labels: a bundle has one of each",
            ));
        }
    }
    Ok(first)
}
