//! The operations in which a network spends its time, computed by kernels of our own where the device is burn's CPU
//! backend (feature `flex`) and the numbers are f32; by burn's everywhere else.
//!
//! burn composes an activation, a batch normalisation or the gradient of a depthwise convolution from elementwise and
//! copying steps, each of which walks through memory once more. Here each is one pass. `backend` registers the
//! operations with burn (its backend extension), `autodiff` their gradients, `kernels` holds the loops.

#[cfg(feature = "flex")]
mod autodiff;
#[cfg(feature = "flex")]
mod backend;
#[cfg(feature = "flex")]
pub(crate) mod frozen;
#[cfg(feature = "flex")]
mod kernels;
#[cfg(all(test, feature = "flex"))]
mod tests;

use burn::nn::BatchNorm;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Tensor, activation};

/// Strides and zeros of a 2-D convolution without dilation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Geometry {
    /// Stride on both axes, at least 1.
    pub stride: usize,
    /// Zeros before and after the rows, and before and after the columns.
    pub padding: [(usize, usize); 2],
    /// 1, or the number of channels.
    pub groups: usize,
}

/// SiLU (swish), `x * sigmoid(x)`, element by element.
pub(crate) fn silu(x: Tensor<4>) -> Tensor<4> {
    #[cfg(feature = "flex")]
    if ours(&x) {
        return backend::silu(x);
    }
    activation::silu(x)
}

/// A 2-D convolution.
///
/// # Shapes
/// - `x`: `[n, input, height, width]`
/// - `weight`: `[output, input / groups, kernel, kernel]`, `bias`: `[output]`
/// - output: `[n, output, height', width']`
pub(crate) fn convolution(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    geometry: Geometry,
) -> Tensor<4> {
    #[cfg(feature = "flex")]
    if ours(&x) && !bias.as_ref().is_some_and(Tensor::is_require_grad) {
        if backend::is_pointwise(&weight, geometry) {
            return backend::pointwise(x, weight, bias);
        }
        if backend::is_depthwise(&weight, geometry) {
            return backend::depthwise(x, weight, bias, geometry);
        }
    }
    let options = ConvOptions::new_with_padding(
        [geometry.stride; 2],
        geometry.padding,
        [1, 1],
        geometry.groups,
    );
    conv2d(x, weight, bias, options)
}

/// Batch normalisation, and SiLU after it where `activate`.
///
/// As burn's [`BatchNorm`]: statistics of the batch (and an update of the running ones) on a device with automatic
/// differentiation while the layer is in training, running statistics otherwise.
///
/// # Shapes
/// - `x` and output: `[n, channels, height, width]`
pub(crate) fn batch_norm(norm: &BatchNorm, x: Tensor<4>, activate: bool) -> Tensor<4> {
    #[cfg(feature = "flex")]
    if ours(&x) && x.device().is_autodiff() && norm.training.is_enabled() {
        return backend::batch_norm_train(norm, x, activate);
    }
    let output = norm.forward(x);
    if activate { silu(output) } else { output }
}

/// Each map, or each picture, times its gate.
///
/// # Shapes
/// - `x` and output: `[n, channels, height, width]`
/// - `gates`: `[n, channels, 1, 1]` or `[n, 1, 1, 1]`
pub(crate) fn gate(x: Tensor<4>, gates: Tensor<4>) -> Tensor<4> {
    #[cfg(feature = "flex")]
    if ours(&x) {
        return backend::gate(x, gates);
    }
    x * gates
}

/// Mean over height and width: `[n, channels, height, width]` to `[n, channels]`.
pub(crate) fn spatial_mean(x: Tensor<4>) -> Tensor<2> {
    #[cfg(feature = "flex")]
    if ours(&x) {
        return backend::spatial_mean(x);
    }
    let [n, channels, height, width] = x.dims();
    x.reshape([n, channels, height * width])
        .mean_dim(2)
        .reshape([n, channels])
}

/// Whether our kernels compute on this tensor's device in its precision.
#[cfg(feature = "flex")]
pub(crate) fn ours(x: &Tensor<4>) -> bool {
    // Devices are equal with and without automatic differentiation.
    x.dtype() == burn::tensor::DType::F32 && x.device() == burn::tensor::Device::flex()
}
