//! Measuring a network on the pictures that its fold has not learnt from, and keeping the best one.

use burn::module::Module;
use burn::tensor::Device;
use genoderm_model::efficientnet::EfficientNet;
use genoderm_model::ensemble::softmax;
use genoderm_model::preprocess::Photo;
use genoderm_model::weights::Encoding;

use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::evaluation::{Confusion, argmax, cross_entropy};
use crate::files;
use crate::inference::Classifier;
use crate::training::{FoldFolder, TrainConfig};

/// How many pictures are read at once.
const PICTURES_IN_MEMORY: usize = 256;

/// The validation pictures of a fold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validation<'a> {
    /// Labels, preprocessing and loss.
    pub config: &'a TrainConfig,
    /// All pictures.
    pub dataset: &'a Dataset,
    /// Positions of the fold's own ones.
    pub pictures: &'a [usize],
    /// The device that computes.
    pub device: &'a Device,
}

/// Figures and logits of the validation pictures.
pub(crate) struct Checked {
    /// Weighted cross-entropy without smoothing.
    pub loss: f64,
    /// Share of right answers, 0 to 1.
    pub accuracy: f64,
    /// Mean recall of the own labels, 0 to 1.
    pub balanced_accuracy: f64,
    /// Of each picture.
    pub logits: Vec<Vec<f32>>,
}

impl Validation<'_> {
    /// Measures the network as it will be used: running statistics, no dropout.
    pub fn run(&self, network: &EfficientNet) -> Result<Checked> {
        let preprocessing = self.config.preprocessing();
        let classifier = Classifier::of_network(network, preprocessing, self.device);
        let examples = &self.dataset.examples;
        let targets: Vec<usize> = self.pictures.iter().map(|i| examples[*i].label).collect();
        let mut logits = Vec::with_capacity(self.pictures.len());
        for portion in self.pictures.chunks(PICTURES_IN_MEMORY) {
            let photos = self.dataset.photos(portion)?;
            let photos: Vec<&Photo> = photos.iter().map(AsRef::as_ref).collect();
            logits.extend(classifier.logits(&photos, |_| {})?);
        }
        let answers = logits.iter().map(|row| argmax(row));
        let labels = self.config.labels.len();
        let pairs = targets.iter().zip(answers);
        let triples = pairs.map(|(truth, answer)| (*truth, answer, 1));
        let confusion = Confusion::weighted(labels, triples);
        Ok(Checked {
            loss: cross_entropy(&logits, &targets, &self.config.loss().weights),
            // Without pictures 0.
            accuracy: confusion.share_right().unwrap_or(0.0),
            balanced_accuracy: confusion
                .balanced_accuracy_among(&self.config.own_labels())
                .unwrap_or(0.0),
            logits,
        })
    }

    /// Writes the weights and what they say of the pictures: those of the best epoch so far.
    pub fn keep(
        &self,
        folder: &FoldFolder,
        network: &EfficientNet,
        checked: &Checked,
    ) -> Result<()> {
        save_weights(folder, network)?;
        self.save_predictions(folder, &checked.logits)
    }

    /// Writes the probabilities of the pictures.
    fn save_predictions(&self, folder: &FoldFolder, logits: &[Vec<f32>]) -> Result<()> {
        let labels = &self.config.labels;
        folder.write_csv("validation.csv", |table| {
            let header = ["image", "label"].into_iter().chain(labels.keys());
            table.write_record(header)?;
            for (index, row) in self.pictures.iter().zip(logits) {
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

/// Writes the weights under timm's names, in f32.
fn save_weights(folder: &FoldFolder, network: &EfficientNet) -> Result<()> {
    let weights = network.valid().state_dict().map_err(Error::internal)?;
    let bytes = weights
        .to_safetensors(Encoding::F32)
        .map_err(Error::internal)?;
    files::write(&folder.weights(), &bytes)
}
