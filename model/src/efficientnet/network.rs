//! The whole network, trainable; parameter paths are timm's names.

use std::collections::BTreeMap;

use burn::module::{Module, RunningState};
use burn::nn::{BatchNorm, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use super::block::{Block, activate, batch_norm, in_full_precision};
use super::config::EfficientNetConfig;
use super::convolution::{Convolution, ConvolutionConfig};
use super::fold_batch_norm::FoldedEfficientNet;
use super::head::MultiSampleDropout;
use super::padding::Padding;
use super::plan::Plan;
use crate::operations::spatial_mean;
use crate::weights::load::parameter_shapes;
use crate::weights::{ClassifierPolicy, LoadReport, StateDict, WeightError};

/// EfficientNet with the paper's head: one linear layer, in training averaged over several dropout masks.
///
/// # Training and inference
///
/// The network trains (batch statistics, dropout, stochastic depth) when its input is on an autodiff device and it is
/// neither frozen nor in validation. For inference and for attribution, use [`for_inference`](Self::for_inference), or
/// better [`fold_batch_norm`](Self::fold_batch_norm), whose result has no training path at all. Both give gradients with
/// respect to the input when the input is on an autodiff device.
///
/// # Precision
///
/// Parameters are in f32. Images in half precision (f16, bf16) are computed with in that precision up to the last
/// feature maps, batch normalisation excepted; features and logits, and the gradients of the parameters, are in f32.
///
/// # Cloning
///
/// Clones share their running statistics until one of them is loaded or put into inference: train one copy only.
#[derive(Module, Debug)]
pub struct EfficientNet {
    /// First convolution, stride 2.
    pub conv_stem: Convolution,
    /// Its norm.
    pub bn1: BatchNorm,
    /// Blocks by stage.
    pub blocks: Vec<Vec<Block>>,
    /// Last 1x1 convolution.
    pub conv_head: Convolution,
    /// Its norm.
    pub bn2: BatchNorm,
    dropout: MultiSampleDropout,
    /// Features to logits.
    pub classifier: Linear,
    #[module(skip)]
    config: EfficientNetConfig,
}

impl EfficientNet {
    /// See [`EfficientNetConfig::init`]; `config` must be in range.
    pub(crate) fn new(
        config: EfficientNetConfig,
        plan: &Plan,
        padding: Padding,
        epsilon: f64,
        device: &Device,
    ) -> Self {
        let stem = ConvolutionConfig {
            kernel: 3,
            stride: 2,
            padding,
            ..ConvolutionConfig::pointwise(3, plan.stem)
        };
        let total: usize = plan.stages.iter().map(Vec::len).sum();
        let mut position = 0;
        let mut blocks = Vec::with_capacity(plan.stages.len());
        let mut channels = plan.stem;
        for stage in &plan.stages {
            let mut built = Vec::with_capacity(stage.len());
            for block in stage {
                let drop_path = config.drop_path * position as f64 / total as f64;
                built.push(Block::new(block, padding, epsilon, drop_path, device));
                position += 1;
                channels = block.output;
            }
            blocks.push(built);
        }
        Self {
            conv_stem: stem.init(device),
            bn1: batch_norm(plan.stem, epsilon, device),
            blocks,
            conv_head: ConvolutionConfig::pointwise(channels, plan.head).init(device),
            bn2: batch_norm(plan.head, epsilon, device),
            dropout: MultiSampleDropout::new(config.dropout, config.dropout_masks),
            // burn's default is uniform in +-1/sqrt(features) for weights and bias, as PyTorch's.
            classifier: LinearConfig::new(plan.head, config.classes).init(device),
            config,
        }
    }

    /// What it was built from.
    pub fn config(&self) -> &EfficientNetConfig {
        &self.config
    }

    /// Logits of normalised images.
    ///
    /// # Shapes
    /// - `images`: `[n, 3, height, width]`, 32 pixels a side or more
    /// - output: `[n, classes]`
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let features = self.dropout.forward(self.embedding(images));
        self.classifier.forward(features)
    }

    /// The features before the classifier (and before dropout).
    ///
    /// # Shapes
    /// - `images`: `[n, 3, height, width]`
    /// - output: `[n, features]`, 1280 for B0, 1792 for B4
    pub fn embedding(&self, images: Tensor<4>) -> Tensor<2> {
        let mut x = self.stem(images);
        for block in self.blocks.iter().flatten() {
            x = block.forward(x);
        }
        spatial_mean(in_full_precision(self.head_maps(x)))
    }

    /// Activations after the stem, after each of the 7 stages and after the last convolution: 9 maps
    /// `[n, channels, height, width]`.
    pub fn features(&self, images: Tensor<4>) -> Vec<Tensor<4>> {
        let mut maps = Vec::with_capacity(self.blocks.len() + 2);
        let mut x = self.stem(images);
        maps.push(x.clone());
        for stage in &self.blocks {
            for block in stage {
                x = block.forward(x);
            }
            maps.push(x.clone());
        }
        maps.push(self.head_maps(x));
        maps
    }

    fn stem(&self, images: Tensor<4>) -> Tensor<4> {
        activate(&self.bn1, self.conv_stem.forward(images))
    }

    fn head_maps(&self, x: Tensor<4>) -> Tensor<4> {
        activate(&self.bn2, self.conv_head.forward(x))
    }

    /// The network with running statistics, without dropout and without gradients of its parameters.
    ///
    /// It stands on the plain device; an input on an autodiff device still gets its gradient. Convert back with
    /// `Module::train`.
    pub fn for_inference(&self) -> Self {
        self.valid()
    }

    /// Multiplies every batch normalisation into the convolution before it. Inference only.
    ///
    /// Logits agree with [`for_inference`](Self::for_inference)'s to rounding (1e-5 relative), in less time and memory.
    pub fn fold_batch_norm(self) -> FoldedEfficientNet {
        FoldedEfficientNet::new(&self)
    }

    /// timm's name and shape of every parameter and running statistic. Nothing is initialised or read.
    pub fn parameter_shapes(&self) -> BTreeMap<String, Vec<usize>> {
        parameter_shapes(self)
    }

    /// Replaces all parameters and running statistics by those of a checkpoint.
    ///
    /// The checkpoint may use the names of timm (geffnet's are the same), of torchvision, of EfficientNet-PyTorch, or of
    /// the paper's authors' code (`enet.*` and `myfc.*`), with or without `module.` of parallel training, `_orig_mod.` of
    /// compiled modules or `model.` of Lightning in front; `num_batches_tracked` is dropped. Everything else must fit
    /// exactly.
    ///
    /// # Errors
    /// All missing, surplus and wrongly shaped names, or names with values that are not finite; names of torchvision or
    /// EfficientNet-PyTorch for a network whose padding or batch-norm epsilon is not theirs.
    pub fn load(
        self,
        dict: StateDict,
        policy: ClassifierPolicy,
    ) -> Result<(Self, LoadReport), WeightError> {
        crate::weights::load::load(self, dict, policy)
    }

    /// All parameters and running statistics under timm's names, read from the device (natively, or on the CPU: in a
    /// browser a GPU cannot be read synchronously).
    ///
    /// # Errors
    /// The device failed to give its data.
    pub fn state_dict(&self) -> Result<StateDict, WeightError> {
        crate::weights::load::state_dict(self)
    }

    /// Gives this copy running statistics of its own, brought up to date. See [`EfficientNet`] on cloning.
    pub(crate) fn own_running_statistics(mut self) -> Self {
        let blocks = self.blocks.iter_mut().flatten();
        let norms = [&mut self.bn1, &mut self.bn2]
            .into_iter()
            .chain(blocks.flat_map(Block::batch_norms_mut));
        for norm in norms {
            norm.running_mean = RunningState::new(norm.running_mean.value_sync());
            norm.running_var = RunningState::new(norm.running_var.value_sync());
        }
        self
    }
}
