//! The epochs of a run's folds, for the report.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::files;
use crate::training::RunFolder;

/// A fold's table of epochs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoldTraining {
    /// Which fold.
    pub fold: usize,
    /// One row an epoch.
    pub epochs: Vec<EpochPoint>,
}

/// The columns of `metrics.csv` that are drawn; it may have more.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochPoint {
    /// From 1.
    pub epoch: usize,
    /// Mean loss over the training pictures.
    pub training_loss: f64,
    /// Loss on the fold's own pictures.
    pub validation_loss: f64,
    /// Mean recall of the own labels on the fold's own pictures.
    pub validation_balanced_accuracy: f64,
}

impl FoldTraining {
    /// Reads the tables of the given folds of a run; folds without one are left out.
    ///
    /// # Errors
    ///
    /// [`Error::Content`] for a table that cannot be understood.
    pub fn of_run(run: &RunFolder, folds: &[usize]) -> Result<Vec<Self>> {
        let files = folds
            .iter()
            .map(|fold| (*fold, run.fold(*fold).path().join("metrics.csv")));
        files
            .filter(|(_, file)| file.is_file())
            .map(|(fold, file)| {
                let epochs = Self::read(&file)?;
                Ok(Self { fold, epochs })
            })
            .collect()
    }

    fn read(file: &Path) -> Result<Vec<EpochPoint>> {
        let bytes = files::read(file)?;
        csv::Reader::from_reader(bytes.as_slice())
            .deserialize()
            .collect::<csv::Result<_>>()
            .map_err(Error::content(file))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn columns_are_found_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("metrics.csv");
        let text = "epoch,more,validation_loss,training_loss,validation_balanced_accuracy\n\
                    1,x,2.5,2,0.25\n";
        std::fs::write(&file, text).unwrap();
        let read = FoldTraining::read(&file).unwrap();
        assert_eq!((read[0].epoch, read[0].training_loss), (1, 2.0));
        assert_eq!(read[0].validation_balanced_accuracy, 0.25);
        std::fs::write(&file, "epoch\n1\n").unwrap();
        let message = FoldTraining::read(&file).unwrap_err().to_string();
        assert!(message.contains("metrics.csv"), "{message}");
    }
}
