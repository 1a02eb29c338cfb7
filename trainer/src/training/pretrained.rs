//! The weights that a run starts from: one file for all folds, or one for each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use genoderm_model::bundle::sha256_hex;
use genoderm_model::weights::StateDict;

use crate::error::{Error, Result};
use crate::files;
use crate::inference::read_weights;
use crate::training::PretrainedWeights;

/// Stands for a fold's number in the name of a weight file.
///
/// A network that learnt from other pictures of the same persons may only start the fold that keeps
/// the same persons out: `focused/fold-{fold}/best.safetensors`.
pub const FOLD_MARK: &str = "{fold}";

/// Weights for the folds that are to be trained.
#[derive(Debug, Default)]
pub(super) struct InitialWeights {
    shared: Option<StateDict>,
    own: BTreeMap<usize, StateDict>,
}

impl InitialWeights {
    /// Reads the file `named` on the command line, else the `recorded` one; with it comes what the
    /// run's plan records of it.
    ///
    /// Of one file, the plan records the checksum too. Of one for each fold it cannot: other folds
    /// may start later, or elsewhere.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or is another than the recorded one.
    pub fn load(
        named: Option<&Path>,
        recorded: Option<PretrainedWeights>,
        wanted: &[usize],
    ) -> Result<(Self, Option<PretrainedWeights>)> {
        let (path, recorded) = match (named, recorded) {
            (Some(named), _) => (named.to_owned(), None),
            (None, Some(recorded)) => (PathBuf::from(&recorded.file), Some(recorded)),
            (None, None) => return Ok((Self::default(), None)),
        };
        let file = path.display().to_string();
        if file.contains(FOLD_MARK) {
            let own = wanted.iter().map(|fold| {
                let path = PathBuf::from(file.replace(FOLD_MARK, &fold.to_string()));
                Ok((*fold, read_weights(&path)?))
            });
            let weights = Self {
                shared: None,
                own: own.collect::<Result<_>>()?,
            };
            let sha256 = String::new();
            return Ok((weights, Some(PretrainedWeights { file, sha256 })));
        }
        let sha256 = match (files::read(&path), &recorded) {
            (Ok(bytes), _) => sha256_hex(&bytes),
            (Err(error), None) => return Err(error),
            (Err(error), Some(_)) => {
                return Err(Error::input(format!(
                    "the configuration starts from other weights: {error}; say where they are with --pretrained"
                )));
            }
        };
        if recorded.is_some_and(|record| !record.sha256.is_empty() && record.sha256 != sha256) {
            return Err(Error::input(format!(
                "{file} is not the file that the configuration records (its SHA-256 is another): \
                 say where that is with --pretrained"
            )));
        }
        let weights = Self {
            shared: Some(read_weights(&path)?),
            own: BTreeMap::new(),
        };
        Ok((weights, Some(PretrainedWeights { file, sha256 })))
    }

    /// What a fold starts from; `None` for random weights.
    pub fn of_fold(&self, fold: usize) -> Option<&StateDict> {
        self.own.get(&fold).or(self.shared.as_ref())
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &StateDict> {
        self.shared.iter().chain(self.own.values())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const WEIGHTS: &[u8] = include_bytes!("../../../tests/reference/checkpoints/tiny.safetensors");

    #[test]
    fn each_fold_has_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        for fold in [0, 2] {
            let file = folder.path().join(format!("fold-{fold}.safetensors"));
            files::write(&file, WEIGHTS).unwrap();
        }
        let named = folder.path().join("fold-{fold}.safetensors");
        let (weights, source) = InitialWeights::load(Some(&named), None, &[0, 2]).unwrap();
        assert!(weights.of_fold(0).is_some() && weights.of_fold(2).is_some());
        assert!(weights.of_fold(1).is_none());
        assert_eq!(weights.all().count(), 2);
        // By its record, another fold starts later from its own file, which must be there.
        let source = source.unwrap();
        assert_eq!(source.sha256, "");
        let error = InitialWeights::load(None, Some(source), &[1]).unwrap_err();
        assert!(error.to_string().contains("fold-1.safetensors"), "{error}");
    }

    #[test]
    fn one_file_serves_all_folds_and_must_stay_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("all.safetensors");
        files::write(&file, WEIGHTS).unwrap();
        let (weights, source) = InitialWeights::load(Some(&file), None, &[0, 1]).unwrap();
        assert!(weights.of_fold(0).is_some() && weights.of_fold(7).is_some());
        let mut source = source.unwrap();
        assert_eq!(source.sha256, sha256_hex(WEIGHTS));
        assert!(InitialWeights::load(None, Some(source.clone()), &[0]).is_ok());
        source.sha256 = "0".repeat(64);
        let error = InitialWeights::load(None, Some(source), &[0]).unwrap_err();
        assert!(error.to_string().contains("SHA-256"), "{error}");
    }
}
