//! The training of one fold, from initial weights to the best epoch.

use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Instant;

use burn::tensor::Device;
use genoderm_model::efficientnet::EfficientNet;
use genoderm_model::weights::{ClassifierPolicy, StateDict};
use serde::{Deserialize, Serialize};

use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::seed;
use crate::training::optimizer::adam;
use crate::training::progress::FoldBar;
use crate::training::step::{Learnt, Moment, Outcome, Stepper};
use crate::training::validation::Validation;
use crate::training::{
    Batch, BatchMaker, Checkpoint, EpochFigures, FoldFolder, LossScale, MovingAverage, Precision,
    Progress, Sampler, TrainConfig, Weights,
};

/// Tells the uses of the run's seed apart.
const INITIAL_WEIGHTS: u64 = 10;

/// How many batches are made ahead of the device.
const STEPS_AHEAD: usize = 2;

/// How a fold's training ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoldSummary {
    /// Which fold, from 0.
    pub fold: usize,
    /// The epoch whose weights were kept, from 1.
    pub best_epoch: usize,
    /// Its mean recall of the own labels on the validation pictures, 0 to 1.
    pub balanced_accuracy: f64,
    /// How many epochs were trained.
    pub epochs: usize,
    /// Pictures learnt from and validated on.
    pub pictures: [usize; 2],
    /// Time of all epochs together.
    pub seconds: f64,
}

/// Trains a fold; the caller holds its lock.
///
/// The first device keeps the weights; with several, each takes a part of every batch. With
/// `resume`, goes on after the last finished epoch of an earlier process; the weights are then the
/// same as without the interruption.
///
/// # Errors
///
/// Whatever stops reading or writing files, [`Error::Input`] for a fold without pictures, a device
/// that lacks the precision, or a loss that is no longer a number.
pub fn train_fold(
    config: &TrainConfig,
    dataset: &Dataset,
    folder: &FoldFolder,
    pretrained: Option<&StateDict>,
    devices: &[Device],
    resume: bool,
    progress: &Progress,
) -> Result<FoldSummary> {
    let (training, validation) = dataset.split_fold(folder.fold);
    require_pictures(folder.fold, &training, &validation)?;
    let seed = seed::derive(&[config.seed, folder.fold as u64]);
    let trainer = Trainer::new(config, dataset, devices, seed)?;
    let mut weights = trainer.initial_weights(pretrained, progress)?;
    let mut state = Checkpoint::default();
    let check = Validation {
        config,
        dataset,
        pictures: &validation,
        device: &devices[0],
    };
    if resume {
        let loaded = Checkpoint::load(folder.path(), weights)?;
        weights = loaded.0;
        state = loaded.1.unwrap_or_default();
        // The kill may have come after the checkpoint and before these files.
        if state.epoch > 0 && state.best_epoch == state.epoch {
            check.keep(
                folder,
                weights.evaluated(),
                &check.run(weights.evaluated())?,
            )?;
        }
        if state.epoch > 0 {
            folder.write_metrics(&state.figures)?;
        }
    } else {
        Checkpoint::clear(folder.path())?;
    }
    state.devices = devices.len();

    let sampler = trainer.sampler(&training);
    let steps = sampler.step_count();
    let bar = progress.fold(folder.fold, config.epochs, steps, state.epoch);
    thread::scope(|scope| -> Result<()> {
        // Pictures are changed on other threads while the devices compute, also during validation.
        let (sender, batches) = sync_channel(STEPS_AHEAD);
        let (maker, sampler, first) = (trainer.maker(), &sampler, state.epoch + 1);
        scope.spawn(move || {
            for epoch in first..=config.epochs {
                for step in sampler.steps(epoch) {
                    let parts: Result<Vec<Batch>> =
                        step.iter().map(|draws| maker.make(draws, epoch)).collect();
                    let failed = parts.is_err();
                    if sender.send(parts).is_err() || failed {
                        return;
                    }
                }
            }
        });
        while state.epoch < config.epochs && !is_patience_over(config, &state) {
            let epoch = state.epoch + 1;
            let rate = config.schedule().rate(epoch);
            let start = Instant::now();
            bar.begin(epoch);
            let mut made = 0;
            let ahead = batches.iter().take(steps).inspect(|_| made += 1);
            let learnt;
            (weights, learnt) =
                trainer.run_epoch(weights, &mut state.loss_scale, ahead, epoch, &bar)?;
            if made < steps {
                return Err(Error::internal("the making of batches ended early"));
            }
            let checked = check.run(weights.evaluated())?;
            require_finite(checked.loss, epoch)?;
            state.epoch = epoch;
            state.figures.push(EpochFigures {
                epoch,
                learning_rate: rate,
                training_loss: learnt.loss,
                training_accuracy: learnt.right as f64 / learnt.pictures.max(1) as f64,
                validation_loss: checked.loss,
                validation_accuracy: checked.accuracy,
                validation_balanced_accuracy: checked.balanced_accuracy,
                seconds: start.elapsed().as_secs_f64(),
            });
            let is_best = state.best_epoch == 0 || checked.balanced_accuracy > state.best_score;
            if is_best {
                state.best_epoch = epoch;
                state.best_score = checked.balanced_accuracy;
            }
            // The checkpoint first: what it says of the best epoch can be made from it again.
            state.save(folder.path(), &weights)?;
            if is_best {
                check.keep(folder, weights.evaluated(), &checked)?;
            }
            folder.write_metrics(&state.figures)?;
            bar.end(&state);
        }
        Ok(())
    })?;
    bar.finish();

    let summary = FoldSummary {
        fold: folder.fold,
        best_epoch: state.best_epoch,
        balanced_accuracy: state.best_score,
        epochs: state.epoch,
        pictures: [training.len(), validation.len()],
        seconds: state.figures.iter().map(|row| row.seconds).sum(),
    };
    folder.finish(&summary)?;
    Checkpoint::clear(folder.path())?;
    Ok(summary)
}

/// What stays the same through a fold's epochs.
struct Trainer<'a> {
    config: &'a TrainConfig,
    dataset: &'a Dataset,
    stepper: Stepper,
    seed: u64,
}

impl<'a> Trainer<'a> {
    fn new(
        config: &'a TrainConfig,
        dataset: &'a Dataset,
        devices: &[Device],
        seed: u64,
    ) -> Result<Self> {
        if devices.is_empty() {
            return Err(Error::internal("training needs a device"));
        }
        config.require_parts(devices.len())?;
        for device in devices {
            config.precision.require(device)?;
        }
        let devices = devices.iter().cloned().map(Device::autodiff);
        Ok(Self {
            config,
            dataset,
            stepper: Stepper {
                loss: config.loss(),
                precision: config.precision,
                clip_norm: config.clip_norm,
                devices: devices.collect(),
                seed,
            },
            seed,
        })
    }

    fn sampler(&self, training: &[usize]) -> Sampler {
        let examples = &self.dataset.examples;
        let pictures = training
            .iter()
            .map(|index| (*index, examples[*index].label));
        Sampler {
            pictures: pictures.collect(),
            balanced: self.config.balanced,
            batch: self.config.batch,
            parts: self.config.accumulate * self.stepper.devices.len(),
            seed: self.seed,
        }
    }

    fn maker(&self) -> BatchMaker<'a> {
        BatchMaker {
            dataset: self.dataset,
            preprocessing: self.config.preprocessing(),
            augmentation: &self.config.augmentation,
            seed: self.seed,
        }
    }

    fn initial_weights(
        &self,
        pretrained: Option<&StateDict>,
        progress: &Progress,
    ) -> Result<Weights> {
        let network = self.initial_network(pretrained, progress)?;
        let decay = self.config.ema_decay;
        Ok(Weights {
            average: decay.map(|decay| MovingAverage::of(&network, decay)),
            optimizer: adam(self.config.weight_decay)?,
            network,
        })
    }

    fn initial_network(
        &self,
        pretrained: Option<&StateDict>,
        progress: &Progress,
    ) -> Result<EfficientNet> {
        let device = &self.stepper.devices[0];
        device.seed(seed::derive(&[self.seed, INITIAL_WEIGHTS]));
        let network = self.config.network()?.init(device);
        // Parameters are drawn on first use; reading them all draws them now, from this seed.
        network.state_dict().map_err(Error::internal)?;
        let Some(weights) = pretrained else {
            return Ok(network);
        };
        let (network, report) = network
            .load(weights.clone(), ClassifierPolicy::Reinitialise)
            .map_err(|error| match &self.config.pretrained {
                Some(source) => Error::input(format!("{}: {error}", source.file)),
                None => Error::internal(error),
            })?;
        if let Some((theirs, ours)) = report.classifier_reinitialised {
            progress.note(&format!(
                "the weights' classifier has {theirs} labels, ours {ours}: it starts from random weights"
            ));
        }
        Ok(network)
    }

    /// Learns from the batches of one epoch.
    fn run_epoch(
        &self,
        mut weights: Weights,
        loss_scale: &mut LossScale,
        batches: impl Iterator<Item = Result<Vec<Batch>>>,
        epoch: usize,
        bar: &FoldBar,
    ) -> Result<(Weights, Learnt)> {
        let rate = self.config.schedule().rate(epoch);
        let mut sum = Learnt::default();
        let mut take = |outcome: Outcome| -> Result<()> {
            let learnt = outcome.read()?;
            bar.advance(learnt.loss);
            // In f16 a loss that overflows is left out as its step was.
            let is_left_out = self.config.precision == Precision::F16 && !learnt.loss.is_finite();
            if is_left_out {
                return Ok(());
            }
            require_finite(learnt.loss, epoch)?;
            sum.add(&learnt);
            Ok(())
        };
        // A step is read when the next one is queued already: a GPU never waits for us.
        let mut before: Option<Outcome> = None;
        for (step, parts) in batches.enumerate() {
            let moment = Moment { epoch, step, rate };
            let outcome;
            (weights, outcome) = self.stepper.run(weights, loss_scale, parts?, moment)?;
            if let Some(finished) = before.replace(outcome) {
                take(finished)?;
            }
        }
        before.map_or(Ok(()), take)?;
        Ok((weights, sum))
    }
}

fn is_patience_over(config: &TrainConfig, state: &Checkpoint) -> bool {
    config
        .patience
        .is_some_and(|patience| state.epoch > state.best_epoch.saturating_add(patience))
}

/// A network that has diverged must not be kept.
fn require_finite(loss: f64, epoch: usize) -> Result<()> {
    if loss.is_finite() {
        return Ok(());
    }
    Err(Error::input(format!(
        "the loss became {loss} in epoch {epoch}: use a lower learning rate (--lr)"
    )))
}

pub(super) fn require_pictures(
    fold: usize,
    training: &[usize],
    validation: &[usize],
) -> Result<()> {
    if training.len() < 2 || validation.is_empty() {
        return Err(Error::input(format!(
            "fold {fold} has {} pictures to learn from and {} to validate on: it needs at least 2 and 1",
            training.len(),
            validation.len()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::Preset;

    #[test]
    fn patience_is_over_after_more_epochs_than_that_without_a_gain() {
        let config = Preset::Focused.config();
        let state = |epoch| Checkpoint {
            epoch,
            best_epoch: 5,
            ..Checkpoint::default()
        };
        assert!(!is_patience_over(&config, &state(15)));
        assert!(is_patience_over(&config, &state(16)));
        let patient = TrainConfig {
            patience: Some(usize::MAX),
            ..config.clone()
        };
        assert!(!is_patience_over(&patient, &state(16)));
        let endless = TrainConfig {
            patience: None,
            ..config
        };
        assert!(!is_patience_over(&endless, &state(1000)));
    }
}
