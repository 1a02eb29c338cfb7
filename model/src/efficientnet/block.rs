//! The repeated unit: (1x1 expansion,) depthwise convolution, squeeze-excite, 1x1 projection.

use burn::module::Module;
use burn::nn::{BatchNorm, BatchNormConfig};
use burn::tensor::{DType, Device, FloatDType, Tensor};

use super::convolution::{Convolution, ConvolutionConfig};
use super::drop_path::DropPath;
use super::padding::Padding;
use super::plan::BlockPlan;
use super::squeeze_excite::SqueezeExcite;
use crate::operations;

/// An inverted residual block, or, where nothing is expanded (the first stage), a depthwise separable one.
///
/// Fields are named as in timm, where `conv_pw` and the norms have other places in the two kinds:
///
/// | | inverted residual | depthwise separable |
/// |---|---|---|
/// | expansion | `conv_pw`, `bn1`, SiLU | |
/// | depthwise | `conv_dw`, `bn2`, SiLU | `conv_dw`, `bn1`, SiLU |
/// | gates | `se` | `se` |
/// | projection | `conv_pwl`, `bn3` | `conv_pw`, `bn2` |
#[derive(Module, Debug)]
pub struct Block {
    /// Expansion, or projection where nothing is expanded.
    pub conv_pw: Convolution,
    /// First norm in the order of computation.
    pub bn1: BatchNorm,
    /// One filter per channel.
    pub conv_dw: Convolution,
    /// Second norm.
    pub bn2: BatchNorm,
    /// Gates on the expanded channels.
    pub se: SqueezeExcite,
    /// Projection of an inverted residual block.
    pub conv_pwl: Option<Convolution>,
    /// Third norm of an inverted residual block.
    pub bn3: Option<BatchNorm>,
    drop_path: DropPath,
    residual: bool,
}

impl Block {
    /// Builds one block; `epsilon` is batch normalisation's, `drop_path` the probability of leaving the branch out.
    pub fn new(
        plan: &BlockPlan,
        padding: Padding,
        epsilon: f64,
        drop_path: f64,
        device: &Device,
    ) -> Self {
        let norm = |channels| batch_norm(channels, epsilon, device);
        let expands = plan.expands();
        let (input, expanded, output) = (plan.input, plan.expanded, plan.output);
        let pointwise = |from, to| ConvolutionConfig::pointwise(from, to).init(device);
        Self {
            conv_pw: pointwise(input, if expands { expanded } else { output }),
            bn1: norm(expanded),
            conv_dw: ConvolutionConfig::depthwise(expanded, plan.kernel, plan.stride, padding)
                .init(device),
            bn2: norm(if expands { expanded } else { output }),
            se: SqueezeExcite::new(expanded, plan.squeezed, device),
            conv_pwl: expands.then(|| pointwise(expanded, output)),
            bn3: expands.then(|| norm(output)),
            drop_path: DropPath::new(drop_path),
            residual: plan.residual(),
        }
    }

    /// # Shapes
    /// - `input`: `[n, input, height, width]`
    /// - output: `[n, output, ceil(height / stride), ceil(width / stride)]`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let branch = match (&self.conv_pwl, &self.bn3) {
            (Some(conv_pwl), Some(bn3)) => {
                let x = activate(&self.bn1, self.conv_pw.forward(input.clone()));
                let x = activate(&self.bn2, self.conv_dw.forward(x));
                normalise(bn3, conv_pwl.forward(self.se.forward(x)))
            }
            _ => {
                let x = activate(&self.bn1, self.conv_dw.forward(input.clone()));
                normalise(&self.bn2, self.conv_pw.forward(self.se.forward(x)))
            }
        };
        if self.residual {
            self.drop_path.forward(branch) + input
        } else {
            branch
        }
    }

    /// Whether the input is added to the output.
    pub(crate) fn residual(&self) -> bool {
        self.residual
    }

    /// Every batch normalisation of the block.
    pub(crate) fn batch_norms_mut(&mut self) -> impl Iterator<Item = &mut BatchNorm> {
        [&mut self.bn1, &mut self.bn2]
            .into_iter()
            .chain(self.bn3.as_mut())
    }
}

/// A batch normalisation over `channels` that begins as the identity; running statistics move by a tenth per step.
///
/// The running variance follows burn in averaging the biased variance of a batch, PyTorch's the unbiased one: with
/// `m` values per channel in a batch they differ by the factor `m / (m - 1)`. `m` is pictures times pixels of the layer:
/// at 64 pictures of 448 px it is 12 544 or more (1.0001), but small batches of small pictures reach 1.1 and more in the
/// last stages, where PyTorch's running variance is larger by that factor.
pub(crate) fn batch_norm(channels: usize, epsilon: f64, device: &Device) -> BatchNorm {
    BatchNormConfig::new(channels)
        .with_epsilon(epsilon)
        .init(device)
}

/// Batch normalisation whose statistics are in f32 even where its input is in half precision; the output is as the input.
pub(crate) fn normalise(norm: &BatchNorm, input: Tensor<4>) -> Tensor<4> {
    let precision = input.dtype();
    operations::batch_norm(norm, in_full_precision(input), false).cast(precision)
}

/// [`normalise`], and SiLU.
pub(crate) fn activate(norm: &BatchNorm, input: Tensor<4>) -> Tensor<4> {
    let precision = input.dtype();
    operations::batch_norm(norm, in_full_precision(input), true).cast(precision)
}

/// Half precision as f32; anything else as it is.
pub(crate) fn in_full_precision(x: Tensor<4>) -> Tensor<4> {
    match x.dtype() {
        DType::F16 | DType::BF16 => x.cast(FloatDType::F32),
        _ => x,
    }
}
