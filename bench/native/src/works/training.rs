//! A step of training: forward and backward pass, Adam, the loss read back. As the trainer does it, without what costs
//! random numbers, so that both sides compute the same.

use std::fs;

use anyhow::{Result, anyhow};
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData};
use genoderm_model::efficientnet::{EfficientNet, EfficientNetConfig};
use genoderm_model::weights::{ClassifierPolicy, StateDict};
use genoderm_trainer::training::WeightedCrossEntropy;

use crate::contest::{Case, Work};
use crate::inputs;

/// Small, so that rounding stays small from step to step.
const RATE: f64 = 1e-4;
/// Steps whose losses are the answer.
const COMPARED: usize = 3;

pub struct Training {
    /// Taken out while a step changes it.
    network: Option<EfficientNet>,
    optimizer: ModuleOptimizer,
    loss: WeightedCrossEntropy,
    images: TensorData,
    targets: Vec<usize>,
    device: Device,
}

impl Training {
    pub fn new(case: &Case) -> Result<Self> {
        let weights = fs::read(case.data.join(format!("{}-0.safetensors", case.network)))?;
        let weights = StateDict::from_safetensors(&weights)?;
        let classes = weights.classes().unwrap_or_default();
        let config = EfficientNetConfig {
            dropout: 0.0,
            ..EfficientNetConfig::new(case.network.parse()?, classes)
        };
        let device = Device::flex().autodiff();
        let (network, _) = config
            .init(&device)
            .load(weights, ClassifierPolicy::Exact)?;
        let side = case.size as usize;
        let batch = fs::read(case.data.join(format!("batch-{side}.f32")))?;
        let mut batch = inputs::values_of(&batch);
        batch.truncate(case.batch * 3 * side * side);
        Ok(Self {
            network: Some(network),
            optimizer: AdamWConfig::new()
                .with_epsilon(1e-8)
                .with_weight_decay(0.0)
                .init(),
            loss: WeightedCrossEntropy {
                weights: vec![1.0; classes],
                label_smoothing: 0.0,
            },
            images: TensorData::new(batch, [case.batch, 3, side, side]),
            targets: (0..case.batch)
                .map(|index| index % classes.max(1))
                .collect(),
            device,
        })
    }
}

impl Work for Training {
    fn run(&mut self) -> Result<Vec<f32>> {
        let network = self
            .network
            .take()
            .ok_or_else(|| anyhow!("an earlier step failed"))?;
        let images = Tensor::<4>::from_data(self.images.clone(), &self.device);
        let loss = self.loss.forward(network.forward(images), &self.targets);
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        self.network = Some(self.optimizer.step(RATE, network, gradients));
        let loss = loss.inner().try_into_scalar::<f32>();
        Ok(vec![loss.map_err(|error| anyhow!("{error:?}"))?])
    }

    fn answer(&mut self) -> Result<Vec<f32>> {
        let mut losses = Vec::new();
        for _ in 0..COMPARED {
            losses.extend(self.run()?);
        }
        Ok(losses)
    }
}
