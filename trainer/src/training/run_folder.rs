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

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data::Manifest;
use crate::error::{Error, Result};
use crate::files;
use crate::training::{FoldSummary, TrainConfig};

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
        FoldFolder {
            path: self.path.join(format!("fold-{fold}")),
            fold,
        }
    }

    /// The folds that are finished, in order.
    pub fn finished_folds(&self) -> Result<Vec<FoldFolder>> {
        let count = self.data()?.folds;
        let folds = (0..count).map(|fold| self.fold(fold));
        Ok(folds.filter(FoldFolder::is_finished).collect())
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

/// The folder of one fold of a run.
#[derive(Clone, Debug)]
pub struct FoldFolder {
    path: PathBuf,
    /// Which fold, from 0.
    pub fold: usize,
}

/// The right to write into a fold's folder; the system takes it back when the process ends.
#[derive(Debug)]
pub struct FoldLock {
    _file: File,
}

impl FoldFolder {
    /// Creates the folder and locks it against other processes.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when another process holds the lock.
    pub fn lock(&self) -> Result<FoldLock> {
        files::create_folder(&self.path)?;
        let path = self.path.join("lock");
        let file = open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(FoldLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::input(format!(
                "another process is training {}: wait for it or choose another --fold or --out",
                self.path.display()
            ))),
            Err(TryLockError::Error(source)) => Err(Error::io("lock", &path)(source)),
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The best epoch's weights.
    pub fn weights(&self) -> PathBuf {
        self.path.join("best.safetensors")
    }

    /// Whether the fold's training has ended.
    pub fn is_finished(&self) -> bool {
        self.path.join("done.json").is_file()
    }

    /// Whether its training has begun.
    pub fn is_begun(&self) -> bool {
        self.path.join("metrics.csv").is_file()
    }

    /// The summary of a finished fold.
    pub fn summary(&self) -> Result<FoldSummary> {
        files::read_json(&self.path.join("done.json"))
    }

    /// Declares the fold finished.
    pub fn finish(&self, summary: &FoldSummary) -> Result<()> {
        files::write_json(&self.path.join("done.json"), summary)
    }

    /// Writes the table of the epochs.
    pub fn write_metrics(&self, figures: &[EpochFigures]) -> Result<()> {
        self.write_csv("metrics.csv", |table| {
            figures.iter().try_for_each(|row| table.serialize(row))
        })
    }

    /// Writes a CSV file, whole or not at all.
    pub fn write_csv(
        &self,
        name: &str,
        fill: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>,
    ) -> Result<()> {
        let mut table = csv::Writer::from_writer(Vec::new());
        fill(&mut table).map_err(Error::internal)?;
        let bytes = table.into_inner().map_err(Error::internal)?;
        files::write(&self.path.join(name), &bytes)
    }
}

fn open_lock(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(Error::io("write", path))
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
    fn a_second_lock_on_a_fold_is_refused_but_not_on_another_fold() {
        let folder = tempfile::tempdir().unwrap();
        let config = Preset::Demo.config();
        let run = RunFolder::create(folder.path(), &config, &record("a")).unwrap();
        let first = run.fold(0).lock().unwrap();
        assert!(run.fold(0).lock().is_err());
        assert!(run.fold(1).lock().is_ok());
        drop(first);
        assert!(run.fold(0).lock().is_ok());
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
}
