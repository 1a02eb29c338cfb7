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
    /// On how many devices it is trained, into whose parts every batch is cut; 0 in files of before
    /// this was kept.
    #[serde(default)]
    pub devices: usize,
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
/// TOML, whose reader gives back every float to the last bit; the JSON reader may be off by one.
const STATE: &str = "state.toml";

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
            let state = toml::to_string(self).map_err(Error::internal)?;
            files::write(&inside.join(STATE), state.as_bytes())
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
        let state = Self::read(&newest.join(STATE))?;
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

    /// Whether a fold's folder has a checkpoint.
    pub(crate) fn is_in(folder: &Path) -> bool {
        Self::all(folder).is_ok_and(|found| !found.is_empty())
    }

    /// Refuses to go on with the newest checkpoint on another number of devices: the parts of a batch,
    /// and so the weights, would be others than without the interruption.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] with both numbers.
    pub(crate) fn require_devices(folder: &Path, devices: usize) -> Result<()> {
        let Some(newest) = Self::all(folder)?.pop() else {
            return Ok(());
        };
        let begun = Self::read(&newest.join(STATE))?.devices;
        if begun == 0 || begun == devices {
            return Ok(());
        }
        Err(Error::input(format!(
            "{} was begun on {begun} devices and cannot go on with {devices}: choose as many with --devices",
            folder.display()
        )))
    }

    fn read(file: &Path) -> Result<Self> {
        let bytes = files::read(file)?;
        let text = std::str::from_utf8(&bytes).map_err(Error::content(file))?;
        toml::from_str(text).map_err(Error::content(file))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rand::Rng;

    /// A score that came back smaller by one bit would let an equal one count as a gain.
    #[test]
    fn figures_come_back_to_the_last_bit() {
        let mut random = crate::seed::generator(&[1]);
        let mut number = || random.random_range(0.0..2.0);
        let figures = (1..200).map(|epoch| EpochFigures {
            epoch,
            learning_rate: number() * 1e-5,
            training_loss: number(),
            training_accuracy: number(),
            validation_loss: number(),
            validation_accuracy: number(),
            validation_balanced_accuracy: number(),
            seconds: number(),
        });
        let state = Checkpoint {
            epoch: 199,
            best_epoch: 3,
            figures: figures.collect(),
            best_score: number(),
            ..Checkpoint::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(STATE);
        fs::write(&file, toml::to_string(&state).unwrap()).unwrap();
        assert_eq!(Checkpoint::read(&file).unwrap(), state);
        let begun = Checkpoint::default();
        fs::write(&file, toml::to_string(&begun).unwrap()).unwrap();
        assert_eq!(Checkpoint::read(&file).unwrap(), begun);
    }
}
