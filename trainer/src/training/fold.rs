//! The training of one fold, from initial weights to the best epoch.

use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Instant;

use burn::module::Module;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::Device;
use genoderm_model::efficientnet::EfficientNet;
use genoderm_model::ensemble::softmax;
use genoderm_model::preprocess::Photo;
use genoderm_model::weights::{ClassifierPolicy, Encoding, StateDict};
use serde::{Deserialize, Serialize};

use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::evaluation::{Confusion, argmax, cross_entropy};
use crate::files;
use crate::inference::Classifier;
use crate::seed;
use crate::training::{
    BatchMaker, Checkpoint, EpochFigures, FoldFolder, Progress, TrainConfig, WeightedCrossEntropy,
};

/// Tells the uses of the run's seed apart.
const INITIAL_WEIGHTS: u64 = 10;
const DROPOUT: u64 = 11;

/// PyTorch's value; burn's own default is 1e-5.
const ADAM_EPSILON: f32 = 1e-8;

/// How many validation pictures are read at once.
const PICTURES_IN_MEMORY: usize = 256;

/// How many batches are made ahead of the device.
const BATCHES_AHEAD: usize = 2;

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
/// With `resume`, goes on after the last finished epoch of an earlier process; the weights are
/// then the same as without the interruption.
///
/// # Errors
///
/// Whatever stops reading or writing files, [`Error::Input`] for a fold without pictures or a loss
/// that is no longer a number.
pub fn train_fold(
    config: &TrainConfig,
    dataset: &Dataset,
    folder: &FoldFolder,
    pretrained: Option<&StateDict>,
    device: &Device,
    resume: bool,
    progress: &Progress,
) -> Result<FoldSummary> {
    let (training, validation) = dataset.split_fold(folder.fold);
    require_pictures(folder.fold, &training, &validation)?;
    let trainer = Trainer {
        config,
        dataset,
        loss: config.loss(),
        device: device.clone().autodiff(),
        seed: seed::derive(&[config.seed, folder.fold as u64]),
    };
    let mut network = trainer.initial_network(pretrained, progress)?;
    let mut optimizer = AdamConfig::new().with_epsilon(ADAM_EPSILON).init();
    let mut state = Checkpoint::default();
    if resume {
        let loaded = Checkpoint::load(folder.path(), network, optimizer)?;
        (network, optimizer) = (loaded.0, loaded.1);
        state = loaded.2.unwrap_or_default();
    } else {
        Checkpoint::clear(folder.path())?;
    }

    while state.epoch < config.epochs && !is_patience_over(config, &state) {
        let epoch = state.epoch + 1;
        let rate = config.schedule().rate(epoch);
        let start = Instant::now();
        let learnt;
        (network, learnt) =
            trainer.run_epoch(network, &mut optimizer, &training, epoch, rate, progress)?;
        let classifier = Classifier::of_network(&network, config.preprocessing(), &trainer.device);
        let checked = trainer.validate(&classifier, &validation)?;
        state.epoch = epoch;
        state.figures.push(EpochFigures {
            epoch,
            learning_rate: rate,
            training_loss: learnt.loss,
            training_accuracy: learnt.accuracy,
            validation_loss: checked.loss,
            validation_accuracy: checked.accuracy,
            validation_balanced_accuracy: checked.balanced_accuracy,
            seconds: start.elapsed().as_secs_f64(),
        });
        if state.best_epoch == 0 || checked.balanced_accuracy > state.best_score {
            state.best_epoch = epoch;
            state.best_score = checked.balanced_accuracy;
            save_weights(folder, &network)?;
            trainer.save_predictions(folder, &validation, &checked.logits)?;
        }
        folder.write_metrics(&state.figures)?;
        state.save(folder.path(), &network, &optimizer)?;
        progress.epoch(folder.fold, config.epochs, &state);
    }

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
    loss: WeightedCrossEntropy,
    device: Device,
    seed: u64,
}

/// Loss and accuracy of the pictures as they were learnt.
struct Learnt {
    loss: f64,
    accuracy: f64,
}

/// Figures and logits of the validation pictures.
struct Checked {
    loss: f64,
    accuracy: f64,
    balanced_accuracy: f64,
    logits: Vec<Vec<f32>>,
}

impl Trainer<'_> {
    fn initial_network(
        &self,
        pretrained: Option<&StateDict>,
        progress: &Progress,
    ) -> Result<EfficientNet> {
        self.device
            .seed(seed::derive(&[self.seed, INITIAL_WEIGHTS]));
        let network = self.config.network()?.init(&self.device);
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

    /// Learns from every training picture once.
    fn run_epoch(
        &self,
        mut network: EfficientNet,
        optimizer: &mut ModuleOptimizer,
        training: &[usize],
        epoch: usize,
        rate: f64,
        progress: &Progress,
    ) -> Result<(EfficientNet, Learnt)> {
        let maker = BatchMaker {
            dataset: self.dataset,
            preprocessing: self.config.preprocessing(),
            augmentation: self.config.augmentation,
            batch: self.config.batch,
            seed: self.seed,
        };
        let order = maker.order(training, epoch);
        let bar = progress.steps(epoch, order.len());
        let (mut loss_sum, mut weight_sum, mut right) = (0.0, 0.0, 0);
        let network = thread::scope(|scope| -> Result<EfficientNet> {
            // Pictures are changed on another thread while the device computes.
            let (sender, batches) = sync_channel(BATCHES_AHEAD);
            let ahead = order.as_slice();
            scope.spawn(move || {
                for indices in ahead {
                    if sender.send(maker.make(indices, epoch)).is_err() {
                        break;
                    }
                }
            });
            for (step, batch) in batches.iter().enumerate() {
                let batch = batch?;
                let targets = batch.targets.clone();
                let parts = [self.seed, DROPOUT, epoch as u64, step as u64];
                self.device.seed(seed::derive(&parts));
                let logits = network.forward(batch.images(&self.device));
                let loss = self.loss.forward(logits.clone(), &targets);
                let gradients = GradientsParams::from_grads(loss.backward(), &network);
                network = optimizer.step(rate, network, gradients);

                let value = f64::from(loss.try_into_scalar::<f32>().map_err(Error::internal)?);
                if !value.is_finite() {
                    return Err(Error::input(format!(
                        "the loss became {value} in epoch {epoch}: use a lower learning rate (--lr)"
                    )));
                }
                let weight = self.loss.weight_of(&targets);
                loss_sum += value * weight;
                weight_sum += weight;
                let answers = crate::inference::rows(logits)?;
                right += count_right(&answers, &targets);
                bar.advance(value);
            }
            Ok(network)
        })?;
        bar.finish();
        let learnt = Learnt {
            loss: loss_sum / weight_sum,
            accuracy: right as f64 / training.len() as f64,
        };
        Ok((network, learnt))
    }

    /// Measures the network as it will be used: running statistics, no dropout.
    fn validate(&self, classifier: &Classifier, validation: &[usize]) -> Result<Checked> {
        let examples = &self.dataset.examples;
        let targets: Vec<usize> = validation.iter().map(|i| examples[*i].label).collect();
        let mut logits = Vec::with_capacity(validation.len());
        for portion in validation.chunks(PICTURES_IN_MEMORY) {
            let photos = self.dataset.photos(portion)?;
            let photos: Vec<&Photo> = photos.iter().map(AsRef::as_ref).collect();
            logits.extend(classifier.logits(&photos, |_| {})?);
        }
        let answers = logits.iter().map(|row| argmax(row));
        let labels = self.config.labels.len();
        let confusion = Confusion::count(labels, targets.iter().copied().zip(answers));
        Ok(Checked {
            loss: cross_entropy(&logits, &targets, &self.loss.weights),
            accuracy: confusion.accuracy(),
            balanced_accuracy: confusion.balanced_accuracy(&self.config.own_labels()),
            logits,
        })
    }

    /// Writes the probabilities of pictures that the fold has not learnt from.
    fn save_predictions(
        &self,
        folder: &FoldFolder,
        validation: &[usize],
        logits: &[Vec<f32>],
    ) -> Result<()> {
        let labels = &self.config.labels;
        folder.write_csv("validation.csv", |table| {
            let header = ["image", "label"].into_iter().chain(labels.keys());
            table.write_record(header)?;
            for (index, row) in validation.iter().zip(logits) {
                let example = &self.dataset.examples[*index];
                let truth = labels.get(example.label).map_or("", |label| &label.key);
                let probabilities = softmax(row).into_iter().map(|p| p.to_string());
                let cells = [example.image.clone(), truth.to_string()];
                table.write_record(cells.into_iter().chain(probabilities))?;
            }
            Ok(())
        })
    }
}

fn save_weights(folder: &FoldFolder, network: &EfficientNet) -> Result<()> {
    let weights = network.valid().state_dict().map_err(Error::internal)?;
    let bytes = weights
        .to_safetensors(Encoding::F32)
        .map_err(Error::internal)?;
    files::write(&folder.weights(), &bytes)
}

fn is_patience_over(config: &TrainConfig, state: &Checkpoint) -> bool {
    config
        .patience
        .is_some_and(|patience| state.epoch > state.best_epoch + patience)
}

fn count_right(answers: &[Vec<f32>], targets: &[usize]) -> usize {
    let pairs = answers.iter().zip(targets);
    pairs
        .filter(|(row, target)| argmax(row) == **target)
        .count()
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
