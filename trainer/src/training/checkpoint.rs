//! What is needed to go on with a training after its process has ended.

use std::fs;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::store::ModuleRecord;
use genoderm_model::efficientnet::EfficientNet;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::files;
use crate::training::EpochFigures;

/// How far a fold's training has come.
///
/// Order, augmentation and dropout depend on the seed and the epoch only, so weights, optimiser
/// and this are the whole state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The last finished epoch, from 1.
    pub epoch: usize,
    /// The best epoch so far, 0 before the first.
    pub best_epoch: usize,
    /// Its balanced accuracy on the validation pictures, 0 to 1.
    pub best_score: f64,
    /// The figures of all epochs so far.
    pub figures: Vec<EpochFigures>,
}

const PREFIX: &str = "checkpoint-";

impl Checkpoint {
    /// Writes a checkpoint into the fold's folder, then removes older ones.
    ///
    /// The folder gets its name only when it is whole: a kill at any moment leaves the older one
    /// or the new one.
    pub fn save(
        &self,
        folder: &Path,
        network: &EfficientNet,
        optimizer: &ModuleOptimizer,
    ) -> Result<()> {
        let target = folder.join(format!("{PREFIX}{:04}", self.epoch));
        if target.exists() {
            remove(&target)?;
        }
        files::write_folder(&target, |inside| {
            // As bytes, because burn's own writer does not tell a full disk from other failures.
            let record = network.clone().into_record();
            let bytes = record.into_bytes().map_err(Error::internal)?;
            files::write(&inside.join("network.bpk"), &bytes)?;
            let bytes = optimizer.into_bytes().map_err(Error::internal)?;
            files::write(&inside.join("optimizer.bpk"), &bytes)?;
            files::write_json(&inside.join("state.json"), self)
        })?;
        for older in Self::all(folder)?.iter().filter(|path| **path != target) {
            remove(older)?;
        }
        Ok(())
    }

    /// Puts the newest checkpoint's state into a freshly built network and optimiser.
    ///
    /// Returns `None`, and leaves both as they are, when there is no checkpoint.
    pub fn load(
        folder: &Path,
        network: EfficientNet,
        optimizer: ModuleOptimizer,
    ) -> Result<(EfficientNet, ModuleOptimizer, Option<Self>)> {
        let Some(newest) = Self::all(folder)?.pop() else {
            return Ok((network, optimizer, None));
        };
        let state = files::read_json(&newest.join("state.json"))?;
        let network_file = newest.join("network.bpk");
        let record = ModuleRecord::load(&network_file).map_err(Error::content(&network_file))?;
        let network = network
            .try_load_record(record)
            .map_err(Error::content(&network_file))?;
        let optimizer_file = newest.join("optimizer.bpk");
        let optimizer = optimizer
            .load(&optimizer_file)
            .map_err(Error::content(&optimizer_file))?;
        Ok((network, optimizer, Some(state)))
    }

    /// Removes all checkpoints: the fold is finished.
    pub fn clear(folder: &Path) -> Result<()> {
        Self::all(folder)?.iter().try_for_each(|path| remove(path))
    }

    fn all(folder: &Path) -> Result<Vec<PathBuf>> {
        files::list(folder, |name| name.starts_with(PREFIX))
    }
}

fn remove(folder: &Path) -> Result<()> {
    fs::remove_dir_all(folder).map_err(Error::io("remove", folder))
}
