//! One run's networks as a reader of the bundle will have them.

use std::path::Path;

use burn::tensor::Device;
use genoderm_model::bundle::Decision;
use genoderm_model::calibration::Safeguards;
use genoderm_model::preprocess::Photo;
use genoderm_model::weights::{Encoding, StateDict};

use super::ExportPlan;
use crate::calibration::CalibrationRecord;
use crate::error::{Error, Result};
use crate::inference::{Classifier, Ensemble, read_weights};
use crate::training::{FoldFolder, RunFolder, TrainConfig};

/// A run, read once.
pub(super) struct StoredRun {
    pub folder: RunFolder,
    pub config: TrainConfig,
    /// In how many folds the training pictures are.
    pub fold_count: usize,
    /// The folds' weights after a passage through the encoding.
    pub folds: Vec<(FoldFolder, StateDict)>,
    /// The run's calibration, where it has one and it is wanted.
    pub calibration: Option<StoredCalibration>,
}

/// A calibration with what answers need of it.
pub(super) struct StoredCalibration {
    pub record: CalibrationRecord,
    pub safeguards: Safeguards,
}

impl StoredRun {
    /// What whoever exports must know of the run.
    pub fn notes(&self, plan: &ExportPlan) -> Result<Vec<String>> {
        let missing = match plan.folds.is_empty() {
            true => self.folder.missing_folds()?,
            false => None,
        };
        let calibration = self.calibration.as_ref();
        let warning = calibration.and_then(|known| known.record.warning());
        Ok(missing.into_iter().chain(warning).collect())
    }

    /// Reads the folds' weights and passes them through the encoding.
    pub fn read(path: &Path, plan: &ExportPlan, encoding: Encoding) -> Result<Self> {
        let run = RunFolder::open(path)?;
        let config = run.config()?;
        let folders = run.chosen_folds(&plan.folds)?;
        let calibration = match plan.calibration {
            true => CalibrationRecord::of_weights(&run, &folders)?,
            false => None,
        };
        let calibration = match calibration {
            Some(record) => {
                let safeguards = record.safeguards(&run, &folders, config.architecture()?)?;
                Some(StoredCalibration { record, safeguards })
            }
            None => None,
        };
        let folds = folders
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
            fold_count: run.data()?.folds,
            folder: run,
            config,
            folds,
            calibration,
        })
    }

    /// A network with these weights.
    pub fn classifier(&self, weights: StateDict, device: &Device) -> Result<Classifier> {
        let network = self.config.network()?;
        Classifier::new(&network, weights, self.config.preprocessing(), device)
            .map_err(Error::internal)
    }

    /// The folds with their stored weights, or with the trained ones.
    pub fn ensemble(&self, name: &str, stored: bool, device: &Device) -> Result<Ensemble> {
        let mut folds = Vec::new();
        for (folder, weights) in &self.folds {
            let weights = match stored {
                true => weights.clone(),
                false => read_weights(&folder.weights())?,
            };
            folds.push((folder.fold, self.classifier(weights, device)?));
        }
        let (temperature, safeguards) = match &self.calibration {
            Some(known) => (known.record.temperature, known.safeguards.clone()),
            None => (1.0, Safeguards::default()),
        };
        Ok(Ensemble {
            name: name.to_owned(),
            set: self.config.set.to_string(),
            labels: self.config.labels.clone(),
            threshold: Decision::default().threshold,
            temperature,
            safeguards,
            folds,
        })
    }
}

impl Classifier {
    /// The logits of the golden picture, which is resized like any photograph.
    pub(super) fn golden_logits(&self, golden: &Photo) -> Result<Vec<f32>> {
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
pub(super) fn require_matching(runs: &[StoredRun]) -> Result<&StoredRun> {
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
            || ours.preprocessing() != theirs.preprocessing()
            || ours.labels != theirs.labels
        {
            return Err(Error::input(
                "the runs differ in architecture, input or labels: a bundle has one of each",
            ));
        }
    }
    Ok(first)
}
