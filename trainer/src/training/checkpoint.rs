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
use crate::training::{EpochFigures, LossScale, MovingAverage};

/// How far a fold's training has come.
///
/// Order, augmentation and dropout depend on the seed and the epoch only, so [`Weights`] and this
/// are the whole state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The last finished epoch, from 1.
    pub epoch: usize,
    /// The best epoch so far, 0 before the first.
    pub best_epoch: usize,
    /// Its balanced accuracy on the validation pictures, 0 to 1.
    pub best_score: f64,
    /// The factor of the loss in f16.
    pub loss_scale: LossScale,
    /// The figures of all epochs so far.
    pub figures: Vec<EpochFigures>,
}

/// Everything that steps change.
#[derive(Clone)]
pub struct Weights {
    /// The network in training.
    pub network: EfficientNet,
    /// The moments of its gradients.
    pub optimizer: ModuleOptimizer,
    /// The average of its weights, where one is kept.
    pub average: Option<MovingAverage<EfficientNet>>,
}

impl Weights {
    /// The network that is validated, kept and exported: the average where there is one.
    pub fn evaluated(&self) -> &EfficientNet {
        match &self.average {
            Some(average) => average.network(),
            None => &self.network,
        }
    }
}

const PREFIX: &str = "checkpoint-";
const NETWORK: &str = "network.bpk";
const AVERAGE: &str = "average.bpk";
const OPTIMIZER: &str = "optimizer.bpk";
const STATE: &str = "state.json";

impl Checkpoint {
    /// Writes a checkpoint into the fold's folder, then removes older ones.
    ///
    /// The folder gets its name only when it is whole: a kill at any moment leaves the older one
    /// or the new one.
    pub fn save(&self, folder: &Path, weights: &Weights) -> Result<()> {
        let target = folder.join(format!("{PREFIX}{:04}", self.epoch));
        if target.exists() {
            remove(&target)?;
        }
        files::write_folder(&target, |inside| {
            // `valid` brings running statistics up to date, which lag one step behind in training.
            save_network(&weights.network.valid(), &inside.join(NETWORK))?;
            if let Some(average) = &weights.average {
                save_network(average.network(), &inside.join(AVERAGE))?;
            }
            let optimizer = weights.optimizer.into_bytes().map_err(Error::internal)?;
            files::write(&inside.join(OPTIMIZER), &optimizer)?;
            files::write_json(&inside.join(STATE), self)
        })?;
        for older in Self::all(folder)?.iter().filter(|path| **path != target) {
            remove(older)?;
        }
        Ok(())
    }

    /// Puts the newest checkpoint's state into freshly built weights.
    ///
    /// Returns `None`, and leaves the weights as they are, when there is no checkpoint.
    pub fn load(folder: &Path, weights: Weights) -> Result<(Weights, Option<Self>)> {
        let Some(newest) = Self::all(folder)?.pop() else {
            return Ok((weights, None));
        };
        let state = files::read_json(&newest.join(STATE))?;
        let network = load_network(weights.network, &newest.join(NETWORK))?;
        let average = match weights.average {
            Some(mut average) => {
                let file = newest.join(AVERAGE);
                average.set_network(load_network(network.valid(), &file)?);
                Some(average)
            }
            None => None,
        };
        let file = newest.join(OPTIMIZER);
        let optimizer = weights
            .optimizer
            .load(&file)
            .map_err(Error::content(&file))?;
        let weights = Weights {
            network,
            optimizer,
            average,
        };
        Ok((weights, Some(state)))
    }

    /// Removes all checkpoints: the fold is finished.
    pub fn clear(folder: &Path) -> Result<()> {
        Self::all(folder)?.iter().try_for_each(|path| remove(path))
    }

    fn all(folder: &Path) -> Result<Vec<PathBuf>> {
        files::list(folder, |name| name.starts_with(PREFIX))
    }
}

/// Writes bytes of its own making: burn's writer does not tell a full disk from other failures.
fn save_network(network: &EfficientNet, file: &Path) -> Result<()> {
    let record = network.clone().into_record();
    files::write(file, &record.into_bytes().map_err(Error::internal)?)
}

fn load_network(network: EfficientNet, file: &Path) -> Result<EfficientNet> {
    let record = ModuleRecord::load(file).map_err(Error::content(file))?;
    network
        .try_load_record(record)
        .map_err(Error::content(file))
}

fn remove(folder: &Path) -> Result<()> {
    fs::remove_dir_all(folder).map_err(Error::io("remove", folder))
}
