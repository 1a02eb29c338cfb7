//! The folder of one fold, and the right to write into it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files;
use crate::training::{Checkpoint, EpochFigures, FoldSummary};

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
    /// The folder of a run's fold, which may not exist yet.
    pub(crate) fn of_run(run: &Path, fold: usize) -> Self {
        Self {
            path: run.join(format!("fold-{fold}")),
            fold,
        }
    }

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

    /// Whether its training has begun: a kill may have come between the first checkpoint and the table.
    pub fn is_begun(&self) -> bool {
        self.path.join("metrics.csv").is_file() || Checkpoint::is_in(&self.path)
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

pub(crate) fn open_lock(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(Error::io("write", path))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_second_lock_on_a_fold_is_refused_but_not_on_another_fold() {
        let run = tempfile::tempdir().unwrap();
        let fold = |fold| FoldFolder::of_run(run.path(), fold);
        let first = fold(0).lock().unwrap();
        assert!(fold(0).lock().is_err());
        assert!(fold(1).lock().is_ok());
        drop(first);
        assert!(fold(0).lock().is_ok());
    }

    #[test]
    fn a_checkpoint_without_a_table_is_a_beginning() {
        let run = tempfile::tempdir().unwrap();
        let fold = FoldFolder::of_run(run.path(), 0);
        assert!(!fold.is_begun());
        let _lock = fold.lock().unwrap();
        assert!(!fold.is_begun());
        files::create_folder(&fold.path().join("checkpoint-0001")).unwrap();
        assert!(fold.is_begun());
    }
}
