//! Squeeze-and-excitation: scales each channel by a gate that is computed from all channels' means.

use burn::module::Module;
use burn::tensor::{Device, Tensor, activation};

use super::convolution::{Convolution, ConvolutionConfig};
use crate::operations::{gate, silu, spatial_mean};

/// Squeeze-and-excitation (Hu et al. 2018, <https://arxiv.org/abs/1709.01507>) with SiLU between its two layers.
#[derive(Module, Debug)]
pub struct SqueezeExcite {
    /// `channels` to `squeezed`
    pub conv_reduce: Convolution,
    /// `squeezed` to `channels`
    pub conv_expand: Convolution,
}

impl SqueezeExcite {
    /// For maps of `channels` channels, with `squeezed` in between.
    pub fn new(channels: usize, squeezed: usize, device: &Device) -> Self {
        Self {
            conv_reduce: ConvolutionConfig::pointwise(channels, squeezed)
                .with_bias()
                .init(device),
            conv_expand: ConvolutionConfig::pointwise(squeezed, channels)
                .with_bias()
                .init(device),
        }
    }

    /// # Shapes
    /// - `input` and output: `[n, channels, height, width]`
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let [n, channels, _, _] = input.dims();
        let squeezed = spatial_mean(input.clone()).reshape([n, channels, 1, 1]);
        let excited = self
            .conv_expand
            .forward(silu(self.conv_reduce.forward(squeezed)));
        gate(input, activation::sigmoid(excited))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use burn::module::Param;

    #[test]
    fn gates_follow_the_closed_form() {
        let device = Device::flex();
        let mut se = SqueezeExcite::new(2, 1, &device);
        // reduce: mean0 + mean1; expand: gate0 = sigmoid(s), gate1 = sigmoid(-s), with s = silu(mean0 + mean1).
        se.conv_reduce.weight =
            Param::from_tensor(Tensor::from_floats([[[[1.0]], [[1.0]]]], &device));
        se.conv_expand.weight =
            Param::from_tensor(Tensor::from_floats([[[[1.0]]], [[[-1.0]]]], &device));
        let input = Tensor::from_floats([[[[0.0, 2.0]], [[1.0, 3.0]]]], &device);
        let output = se.forward(input).into_data().try_to_vec::<f32>().unwrap();
        let sigmoid = |x: f32| 1.0 / (1.0 + (-x).exp());
        let s = 3.0 * sigmoid(3.0);
        let expected = [0.0, 2.0 * sigmoid(s), 1.0 * sigmoid(-s), 3.0 * sigmoid(-s)];
        for (got, want) in output.iter().zip(expected) {
            assert!((got - want).abs() < 1e-6, "{output:?}");
        }
    }
}
