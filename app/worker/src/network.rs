//! One trained network, on the device or with members of the pool.

use std::ops::Range;

use burn::tensor::{Device, Tensor};
use genoderm_model::{
    bundle::BundleManifest,
    calibration::{FoldOutput, Wanted},
    efficientnet::{Architecture, EfficientNetConfig, FoldedEfficientNet},
    weights::{ClassifierPolicy, StateDict},
};
use genoderm_protocol::{Failure, FailureKind};

use crate::failures;

/// A network that can be asked.
pub struct LoadedNetwork {
    /// The number of its fold.
    pub fold: usize,
    /// Where it is.
    pub seat: Seat,
}

/// Where a network is.
pub enum Seat {
    /// In this worker.
    Here(Box<Network>),
    /// With these members of the pool.
    Members(Range<usize>),
}

impl LoadedNetwork {
    /// The network, in this worker.
    ///
    /// # Errors
    /// It is with members of the pool: a mistake of ours.
    pub fn here(&self) -> Result<&Network, Failure> {
        match &self.seat {
            Seat::Here(network) => Ok(network),
            Seat::Members(members) => {
                let detail = format!("fold {} is with members {members:?}", self.fold);
                Err(Failure::new(FailureKind::Internal, detail))
            }
        }
    }
}

/// A network for inference: BatchNorm folded into the convolutions, nothing trainable.
pub struct Network {
    layers: FoldedEfficientNet,
}

impl Network {
    /// Builds the manifest's architecture with one fold's weights.
    ///
    /// # Errors
    /// [`FailureKind::BadBundle`] when the weights do not fit.
    pub fn build(
        manifest: &BundleManifest,
        weights: StateDict,
        device: &Device,
    ) -> Result<Self, Failure> {
        let architecture: Architecture = manifest
            .architecture
            .parse()
            .map_err(|error| Failure::new(FailureKind::BadBundle, error))?;
        let config = EfficientNetConfig::new(architecture, manifest.labels.len());
        let (layers, _report) = config
            .init(device)
            .load(weights, ClassifierPolicy::Exact)
            .map_err(failures::weights)?;
        Ok(Self {
            layers: layers.fold_batch_norm().only_packed(),
        })
    }

    /// The logits of one prepared photograph of shape `[1, 3, size, size]`, in the order of the labels.
    ///
    /// # Errors
    /// Whatever the device says.
    pub async fn logits(&self, photo: Tensor<4>) -> Result<Vec<f32>, Failure> {
        read(self.layers.forward(photo)).await
    }

    /// The logits of one prepared photograph, and what else is wanted.
    ///
    /// # Errors
    /// Whatever the device says.
    pub async fn output(&self, photo: Tensor<4>, wanted: Wanted) -> Result<FoldOutput, Failure> {
        let (embedding, texture) = match wanted.texture {
            true => {
                let (embedding, texture) = self.layers.embedding_and_texture(photo);
                (embedding, Some(texture))
            }
            false => (self.layers.embedding(photo), None),
        };
        let logits = read(self.layers.classify(embedding.clone())).await?;
        let features = match wanted.features {
            true => read(embedding).await?,
            false => Vec::new(),
        };
        let texture = match texture {
            Some(texture) => read(texture).await?,
            None => Vec::new(),
        };
        Ok(FoldOutput {
            logits,
            features,
            texture,
        })
    }

    /// The layers, for attribution: they compute on the autodiff device when the photograph is there.
    pub fn layers(&self) -> &FoldedEfficientNet {
        &self.layers
    }
}

/// A row of numbers from the device.
async fn read(row: Tensor<2>) -> Result<Vec<f32>, Failure> {
    let data = row.into_data_async().await.map_err(failures::device)?;
    data.try_into_vec::<f32>()
        .map_err(|error| Failure::new(FailureKind::Internal, error))
}
