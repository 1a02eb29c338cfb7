//! One fold's network, ready for inference.

use burn::tensor::{Device, Tensor, TensorData};
use genoderm_model::calibration::{FoldOutput, Wanted};
use genoderm_model::efficientnet::{EfficientNet, EfficientNetConfig, FoldedEfficientNet};
use genoderm_model::preprocess::{Photo, Preprocessing};
use genoderm_model::weights::{ClassifierPolicy, StateDict, WeightError};
use rayon::prelude::*;

use crate::error::{Error, Result};

/// How many pictures go through the network at once: more only costs memory on a processor.
const PICTURES_AT_ONCE: usize = 32;

/// A network whose batch normalisation is folded into its convolutions.
#[derive(Clone, Debug)]
pub struct Classifier {
    network: FoldedEfficientNet,
    preprocessing: Preprocessing,
    device: Device,
}

impl Classifier {
    /// Builds the network on the device and gives it its weights.
    ///
    /// # Errors
    ///
    /// All missing, surplus and wrongly shaped tensors.
    pub fn new(
        config: &EfficientNetConfig,
        weights: StateDict,
        preprocessing: Preprocessing,
        device: &Device,
    ) -> std::result::Result<Self, WeightError> {
        let (network, _) = config.init(device).load(weights, ClassifierPolicy::Exact)?;
        Ok(Self::of_network(&network, preprocessing, device))
    }

    /// Takes a snapshot of a network, also of one in training.
    pub fn of_network(
        network: &EfficientNet,
        preprocessing: Preprocessing,
        device: &Device,
    ) -> Self {
        Self {
            network: FoldedEfficientNet::new(network),
            preprocessing,
            device: device.clone().without_autodiff(),
        }
    }

    /// Size and normalisation of the input.
    pub fn preprocessing(&self) -> &Preprocessing {
        &self.preprocessing
    }

    /// The network itself, for attribution.
    pub fn network(&self) -> &FoldedEfficientNet {
        &self.network
    }

    /// The same preprocessing and device with another network.
    pub fn with_network(&self, network: FoldedEfficientNet) -> Self {
        Self {
            network,
            ..self.clone()
        }
    }

    /// Logits of normalised pictures, `3 * size * size` values each (CHW).
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the device cannot be read.
    pub fn logits_of_inputs(&self, inputs: &[Vec<f32>]) -> Result<Vec<Vec<f32>>> {
        let mut answers = Vec::with_capacity(inputs.len());
        for portion in inputs.chunks(PICTURES_AT_ONCE) {
            let images = stack(portion.to_vec(), self.preprocessing.size, &self.device);
            answers.extend(rows(self.network.forward(images))?);
        }
        Ok(answers)
    }

    /// Logits of pictures that already have the network's size, one vector for each.
    ///
    /// `done` is called after each portion with the number of pictures finished.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the device cannot be read.
    pub fn logits(&self, photos: &[&Photo], done: impl FnMut(usize)) -> Result<Vec<Vec<f32>>> {
        let outputs = self.outputs(photos, Wanted::default(), done)?;
        Ok(outputs.into_iter().map(|output| output.logits).collect())
    }

    /// Logits, and what else is wanted, of pictures that already have the network's size.
    ///
    /// `done` is called after each portion with the number of pictures finished.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the device cannot be read.
    pub fn outputs(
        &self,
        photos: &[&Photo],
        wanted: Wanted,
        mut done: impl FnMut(usize),
    ) -> Result<Vec<FoldOutput>> {
        let mut answers = Vec::with_capacity(photos.len());
        for portion in photos.chunks(PICTURES_AT_ONCE) {
            let values: Vec<Vec<f32>> = portion
                .par_iter()
                .map(|photo| self.preprocessing.normalize(photo))
                .collect();
            let images = stack(values, self.preprocessing.size, &self.device);
            let (embedding, texture) = match wanted.texture {
                true => {
                    let (embedding, texture) = self.network.embedding_and_texture(images);
                    (embedding, Some(texture))
                }
                false => (self.network.embedding(images), None),
            };
            let logits = rows(self.network.classify(embedding.clone()))?;
            let read = |values: Option<Tensor<2>>| match values {
                Some(values) => rows(values),
                None => Ok(vec![Vec::new(); portion.len()]),
            };
            let features = read(wanted.features.then_some(embedding))?;
            let texture = read(texture)?;
            let all = logits.into_iter().zip(features).zip(texture);
            answers.extend(all.map(|((logits, features), texture)| FoldOutput {
                logits,
                features,
                texture,
            }));
            done(answers.len());
        }
        Ok(answers)
    }
}

/// Puts normalised pictures (CHW, `3 * size * size` values each) into one tensor `[n, 3, size, size]`.
pub(crate) fn stack(pictures: Vec<Vec<f32>>, size: u32, device: &Device) -> Tensor<4> {
    let (count, side) = (pictures.len(), size as usize);
    let data = TensorData::new(pictures.concat(), [count, 3, side, side]);
    Tensor::from_data(data, device)
}

/// The rows of a matrix as vectors.
pub(crate) fn rows(matrix: Tensor<2>) -> Result<Vec<Vec<f32>>> {
    let [_, width] = matrix.dims();
    let data = matrix.try_into_data().map_err(Error::internal)?;
    let values: Vec<f32> = data.iter::<f32>().collect();
    Ok(values
        .chunks_exact(width.max(1))
        .map(<[f32]>::to_vec)
        .collect())
}
