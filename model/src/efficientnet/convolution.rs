//! 2-D convolution with the two padding rules of EfficientNet.

use burn::module::{Initializer, Module, Param, ParamId};
use burn::tensor::{Device, Tensor};

use super::padding::Padding;
use crate::operations::{Geometry, convolution};

/// Sizes of a [`Convolution`].
#[derive(Debug, Clone, Copy)]
pub struct ConvolutionConfig {
    /// Channels that enter.
    pub input: usize,
    /// Channels that leave.
    pub output: usize,
    /// Side of the square kernel.
    pub kernel: usize,
    /// Stride on both axes.
    pub stride: usize,
    /// 1, or `input` for a depthwise convolution.
    pub groups: usize,
    /// Whether it has a bias; those that batch normalisation follows have none.
    pub bias: bool,
    /// Padding rule.
    pub padding: Padding,
}

impl ConvolutionConfig {
    /// A 1x1 convolution without bias.
    pub fn pointwise(input: usize, output: usize) -> Self {
        Self {
            input,
            output,
            kernel: 1,
            stride: 1,
            groups: 1,
            bias: false,
            padding: Padding::Symmetric,
        }
    }

    /// One filter per channel, without bias.
    pub fn depthwise(channels: usize, kernel: usize, stride: usize, padding: Padding) -> Self {
        Self {
            input: channels,
            output: channels,
            kernel,
            stride,
            groups: channels,
            bias: false,
            padding,
        }
    }

    /// The same with a bias.
    pub fn with_bias(self) -> Self {
        Self { bias: true, ..self }
    }

    /// Builds it; weights are normal with variance 2 / fan-out (fan-out counts one group), biases zero.
    pub fn init(&self, device: &Device) -> Convolution {
        let fan_out = self.kernel * self.kernel * self.output / self.groups;
        let normal = Initializer::KaimingNormal {
            gain: 2f64.sqrt(),
            fan_out_only: true,
        };
        let shape = [
            self.output,
            self.input / self.groups,
            self.kernel,
            self.kernel,
        ];
        Convolution {
            weight: normal.init_with(shape, None, Some(fan_out), device),
            bias: self
                .bias
                .then(|| Initializer::Zeros.init([self.output], device)),
            stride: self.stride,
            groups: self.groups,
            padding: self.padding,
        }
    }
}

/// A 2-D convolution.
#[derive(Module, Debug)]
pub struct Convolution {
    /// `[output, input / groups, kernel, kernel]`
    pub weight: Param<Tensor<4>>,
    /// `[output]`
    pub bias: Option<Param<Tensor<1>>>,
    stride: usize,
    groups: usize,
    #[module(skip)]
    padding: Padding,
}

impl Convolution {
    /// # Shapes
    /// - `input`: `[n, input, height, width]`
    /// - output: `[n, output, height', width']`
    ///
    /// The output has the input's precision; parameters stay in theirs and are cast for the computation, so that a
    /// network trains in half precision with weights in f32.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let [_, _, kernel, _] = self.weight.dims();
        let precision = input.dtype();
        let geometry = Geometry {
            stride: self.stride,
            padding: self.padding.of_image(&input, kernel, self.stride),
            groups: self.groups,
        };
        convolution(
            input,
            self.weight.val().cast(precision),
            self.bias.as_ref().map(|bias| bias.val().cast(precision)),
            geometry,
        )
    }

    /// Without its weights.
    #[cfg(feature = "flex")]
    pub(crate) fn emptied(&self) -> Self {
        let device = self.weight.val().device();
        let weight = Tensor::zeros([1, 1, 1, 1], &device);
        self.with_constants(weight, Tensor::zeros([1], &device))
    }

    /// Its stride on both axes.
    #[cfg(feature = "flex")]
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Its padding rule.
    #[cfg(feature = "flex")]
    pub(crate) fn padding(&self) -> Padding {
        self.padding
    }

    /// The same convolution with other parameters that need no gradient: `weight` as before, `bias` `[output]`.
    pub(crate) fn with_constants(&self, weight: Tensor<4>, bias: Tensor<1>) -> Self {
        Self {
            weight: Param::initialized(ParamId::new(), weight),
            bias: Some(Param::initialized(ParamId::new(), bias)),
            stride: self.stride,
            groups: self.groups,
            padding: self.padding,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ones(config: ConvolutionConfig) -> Convolution {
        let device = Device::flex();
        let mut conv = config.init(&device);
        conv.weight = Param::from_tensor(conv.weight.val().ones_like());
        conv
    }

    #[test]
    fn same_padding_puts_the_odd_zero_at_the_end() {
        // 4x4 ones, 3x3 kernel of ones, stride 2: SAME pads (0, 1), so windows start at 0 and 2.
        let config = ConvolutionConfig::depthwise(1, 3, 2, Padding::Same);
        let input = Tensor::ones([1, 1, 4, 4], &Device::flex());
        let output = ones(config).forward(input.clone());
        assert_eq!(
            output.into_data().try_to_vec::<f32>().unwrap(),
            [9.0, 6.0, 6.0, 4.0]
        );
        // PyTorch pads (1, 1): windows start at -1 and 1.
        let config = ConvolutionConfig::depthwise(1, 3, 2, Padding::Symmetric);
        let output = ones(config).forward(input);
        assert_eq!(
            output.into_data().try_to_vec::<f32>().unwrap(),
            [4.0, 6.0, 6.0, 9.0]
        );
    }

    #[test]
    fn output_is_the_input_over_the_stride_rounded_up() {
        for padding in [Padding::Same, Padding::Symmetric] {
            for (size, kernel) in [(7usize, 3), (8, 5), (9, 5), (2, 3)] {
                let config = ConvolutionConfig::depthwise(2, kernel, 2, padding);
                let input = Tensor::ones([1, 2, size, size + 1], &Device::flex());
                let output = ones(config).forward(input);
                assert_eq!(
                    output.dims(),
                    [1, 2, size.div_ceil(2), (size + 1).div_ceil(2)]
                );
            }
        }
    }

    #[test]
    fn fresh_weights_have_the_fan_out_variance() {
        let device = Device::flex();
        device.seed(7);
        let conv = ConvolutionConfig::pointwise(64, 512).init(&device);
        let values = conv.weight.val().into_data().try_to_vec::<f32>().unwrap();
        let variance =
            values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / values.len() as f64;
        assert!((variance * 512.0 / 2.0 - 1.0).abs() < 0.05, "{variance}");
    }
}
