//! The folder of a run: what is in it, and who may write to it.
//!
//! ```text
//! RUN/config.json                    the plan
//! RUN/data.json                      which manifest it learnt from
//! RUN/lock                           held while a process writes these two
//! RUN/fold-0/lock                    held while a process trains this fold
//! RUN/fold-0/metrics.csv             one row an epoch
//! RUN/fold-0/best.safetensors        weights of the best epoch, f32, timm's names
//! RUN/fold-0/validation.csv          probabilities of the best epoch on the fold's pictures
//! RUN/fold-0/checkpoint-0007/        everything needed to go on after epoch 7
//! RUN/fold-0/done.json               written last: the fold is finished
//! ```

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data::Manifest;
use crate::error::{Error, Result};
use crate::files;
use crate::training::fold_folder::open_lock;
use crate::training::{FoldFolder, TrainConfig};

/// Where the pictures of a run came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataRecord {
    /// The folder that was given.
    pub folder: String,
    /// SHA-256 of its `manifest.csv`.
    pub manifest_sha256: String,
    /// How many folds the training pictures are in.
    pub folds: usize,
}

/// The figures of one epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochFigures {
    /// From 1.
    pub epoch: usize,
    /// Learning rate of the epoch.
    pub learning_rate: f64,
    /// Mean loss over the training pictures, as they were seen.
    pub training_loss: f64,
    /// Share of the training pictures classified rightly, as they were seen.
    pub training_accuracy: f64,
    /// Loss on the fold's own pictures.
    pub validation_loss: f64,
    /// Share of the fold's own pictures classified rightly.
    pub validation_accuracy: f64,
    /// Mean recall of the own labels on the fold's own pictures: the best epoch is chosen by it.
    pub validation_balanced_accuracy: f64,
    /// How long the epoch took.
    pub seconds: f64,
}

/// A run's folder.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Creates the folder, or goes on with one of the same plan and data.
    ///
    /// Several processes may do this at the same time: one of them writes the plan, the others find
    /// it.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when the folder holds a run with another plan or other data, or when it
    /// cannot be written to.
    pub fn create(path: &Path, config: &TrainConfig, data: &DataRecord) -> Result<Self> {
        if let Some(run) = Self::existing(path, config, data)? {
            return Ok(run);
        }
        files::create_folder(path)?;
        let lock = path.join("lock");
        let held = open_lock(&lock)?;
        held.lock().map_err(Error::io("lock", &lock))?;
        // Another process may have been faster.
        if let Some(run) = Self::existing(path, config, data)? {
            return Ok(run);
        }
        files::write_json(&path.join("data.json"), data)?;
        files::write_json(&path.join("config.json"), config)?;
        Ok(Self { path: path.into() })
    }

    /// The run that is there already, if any.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when it has another plan or other data.
    pub fn existing(path: &Path, config: &TrainConfig, data: &DataRecord) -> Result<Option<Self>> {
        let run = Self { path: path.into() };
        if !path.join("config.json").exists() {
            return Ok(None);
        }
        run.require_same(config, data)?;
        Ok(Some(run))
    }

    /// Opens a run that exists.
    pub fn open(path: &Path) -> Result<Self> {
        if !path.join("config.json").is_file() {
            return Err(Error::input(format!(
                "{} is not a run: it has no config.json (made by `genoderm train --out`)",
                path.display()
            )));
        }
        Ok(Self { path: path.into() })
    }

    /// The run's folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The plan.
    pub fn config(&self) -> Result<TrainConfig> {
        files::read_json(&self.path.join("config.json"))
    }

    /// What it learnt from.
    pub fn data(&self) -> Result<DataRecord> {
        files::read_json(&self.path.join("data.json"))
    }

    /// The folder of a fold, which may not exist yet.
    pub fn fold(&self, fold: usize) -> FoldFolder {
        FoldFolder::of_run(&self.path, fold)
    }

    /// The folds that are finished, in order.
    pub fn finished_folds(&self) -> Result<Vec<FoldFolder>> {
        let count = self.data()?.folds;
        let folds = (0..count).map(|fold| self.fold(fold));
        Ok(folds.filter(FoldFolder::is_finished).collect())
    }

    /// Which folds are not finished, in words; `None` when all are.
    pub fn missing_folds(&self) -> Result<Option<String>> {
        let count = self.data()?.folds;
        let missing: Vec<String> = (0..count)
            .filter(|fold| !self.fold(*fold).is_finished())
            .map(|fold| fold.to_string())
            .collect();
        let (word, verb) = match missing.len() {
            0 => return Ok(None),
            1 => ("fold", "is"),
            _ => ("folds", "are"),
        };
        Ok(Some(format!(
            "{}: {word} {} of {count} {verb} not finished: the ensemble does without",
            self.path.display(),
            missing.join(", ")
        )))
    }

    /// The finished folds, or those of them that were asked for.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when none is finished, or one that was asked for is not.
    pub fn chosen_folds(&self, wanted: &[usize]) -> Result<Vec<FoldFolder>> {
        let finished = self.finished_folds()?;
        let run = self.path.display();
        if wanted.is_empty() {
            if finished.is_empty() {
                return Err(Error::input(format!("{run}: no fold is finished yet")));
            }
            return Ok(finished);
        }
        if let Some(missing) = wanted
            .iter()
            .find(|fold| !finished.iter().any(|done| done.fold == **fold))
        {
            return Err(Error::input(format!(
                "{run}: fold {missing} is not finished"
            )));
        }
        let chosen = finished.into_iter();
        Ok(chosen.filter(|done| wanted.contains(&done.fold)).collect())
    }

    fn require_same(&self, config: &TrainConfig, data: &DataRecord) -> Result<()> {
        let run = self.path.display();
        let mut begun = self.config()?;
        let content = |config: &TrainConfig| Some(config.pretrained.as_ref()?.sha256.clone());
        if content(&begun) == content(config) {
            // The same weights may lie elsewhere by now.
            begun.pretrained.clone_from(&config.pretrained);
        }
        let differences = begun.differences(config);
        if !differences.is_empty() {
            return Err(Error::input(format!(
                "{run} holds a run with another {}: choose another folder for --out, or go on with that \
                 run's own plan by --resume without --preset, --config and options of the plan",
                differences.join(", ")
            )));
        }
        let earlier = self.data()?;
        if earlier.manifest_sha256 != data.manifest_sha256 || earlier.folds != data.folds {
            return Err(Error::input(format!(
                "{run} was trained on another manifest.csv ({}): choose another folder for --out",
                earlier.folder
            )));
        }
        Ok(())
    }
}

impl DataRecord {
    /// Describes a manifest that was read from `folder`.
    pub fn of(folder: &Path, manifest: &Manifest, folds: usize) -> Self {
        Self {
            folder: folder.display().to_string(),
            manifest_sha256: manifest.sha256.clone(),
            folds,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::training::{Preset, PretrainedWeights};

    fn record(sha256: &str) -> DataRecord {
        DataRecord {
            folder: "photos".into(),
            manifest_sha256: sha256.into(),
            folds: 5,
        }
    }

    #[test]
    fn another_plan_or_other_data_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        let config = Preset::Demo.config();
        RunFolder::create(&run, &config, &record("a")).unwrap();
        RunFolder::create(&run, &config, &record("a")).unwrap();
        let other = TrainConfig {
            epochs: 3,
            ..config.clone()
        };
        let message = RunFolder::create(&run, &other, &record("a"))
            .unwrap_err()
            .to_string();
        assert!(message.contains("another epochs"), "{message}");
        assert!(RunFolder::create(&run, &config, &record("b")).is_err());
    }

    #[test]
    fn a_run_goes_on_with_the_same_weights_from_another_place_only() {
        let folder = tempfile::tempdir().unwrap();
        let from = |file: &str, sha256: &str| TrainConfig {
            pretrained: Some(PretrainedWeights {
                file: file.into(),
                sha256: sha256.into(),
            }),
            ..Preset::Demo.config()
        };
        let create = |config| RunFolder::create(folder.path(), &config, &record("a"));
        create(from("here.pth", "1")).unwrap();
        create(from("there.pth", "1")).unwrap();
        let message = create(from("here.pth", "2")).unwrap_err().to_string();
        assert!(message.contains("another pretrained"), "{message}");
        assert!(create(Preset::Demo.config()).is_err());
    }

    #[test]
    fn unfinished_folds_cannot_be_chosen() {
        let folder = tempfile::tempdir().unwrap();
        let config = Preset::Demo.config();
        let run = RunFolder::create(folder.path(), &config, &record("a")).unwrap();
        assert!(run.chosen_folds(&[]).is_err());
        assert!(run.chosen_folds(&[2]).is_err());
        assert!(RunFolder::open(&folder.path().join("nothing")).is_err());
    }

    #[test]
    fn missing_folds_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let config = Preset::Demo.config();
        let run = RunFolder::create(folder.path(), &config, &record("a")).unwrap();
        let finish = |fold: usize| {
            files::create_folder(run.fold(fold).path()).unwrap();
            files::write(&run.fold(fold).path().join("done.json"), b"").unwrap();
        };
        [0, 2, 4].into_iter().for_each(&finish);
        let said = run.missing_folds().unwrap().unwrap();
        assert!(said.contains("folds 1, 3 of 5 are not finished"), "{said}");
        [1, 3].into_iter().for_each(&finish);
        assert_eq!(run.missing_folds().unwrap(), None);
    }
}
