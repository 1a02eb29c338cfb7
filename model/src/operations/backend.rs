//! The operations as an extension of burn's backends, and the way to them from tensors.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, ExtensionType, Flex, TensorMetadata, backend_extension};
use burn::nn::BatchNorm;
use burn::tensor::Tensor;

use super::Geometry;
use super::kernels::{batch_norm, depthwise, planes, pointwise, silu as activation, storage};

/// The constants that a convolution adds, `[output]`. (An extension's tensors cannot be optional; an enum's can.)
#[derive(Clone, Debug, ExtensionType)]
pub(crate) enum Bias<B: Backend> {
    /// None.
    Absent,
    /// One for each channel; they get no gradient.
    Constant(FloatTensor<B>),
}

impl<B: Backend> Bias<B> {
    /// As an option.
    pub fn tensor(self) -> Option<FloatTensor<B>> {
        match self {
            Bias::Absent => None,
            Bias::Constant(tensor) => Some(tensor),
        }
    }
}

impl Bias<Dispatch> {
    fn new(bias: Option<Tensor<1>>) -> Self {
        match bias {
            None => Bias::Absent,
            Some(bias) => Bias::Constant(bias.into_dispatch()),
        }
    }
}

/// What our kernels add to burn's CPU backend. All tensors are f32.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait NetworkOperations: Backend {
    /// `x * sigmoid(x)`.
    fn network_silu(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// 1x1 convolution: `[n, input, h, w]`, `[output, input, 1, 1]`, `[output]` to `[n, output, h, w]`.
    fn network_pointwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        #[extension_type] bias: Bias<Self>,
    ) -> FloatTensor<Self>;

    /// One filter per channel: `[n, c, h, w]`, `[c, 1, k, k]`, `[c]` to `[n, c, h', w']`.
    fn network_depthwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        #[extension_type] bias: Bias<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self>;

    /// Each plane of `[n, c, h, w]` times its number in `[n, c, 1, 1]`, or all of a picture's in `[n, 1, 1, 1]`.
    fn network_gate(x: FloatTensor<Self>, gates: FloatTensor<Self>) -> FloatTensor<Self>;

    /// The mean of each plane: `[n, c, h, w]` to `[n, c]`.
    fn network_spatial_mean(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// Batch normalisation by the batch's own statistics, and SiLU where `activate`: the output, and the mean and the
    /// biased variance of each channel.
    fn network_batch_norm_train(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        activate: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl NetworkOperations for Flex {
    fn network_silu(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let shape = x.shape();
        storage::tensor(activation::forward(&storage::values(&x)), shape)
    }

    fn network_pointwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Bias<Self>,
    ) -> FloatTensor<Self> {
        let [n, _, height, width] = x.shape().dims();
        let size = pointwise::Size::new(x.shape().dims(), weight.shape().dims());
        let bias = bias.tensor();
        let bias = bias.as_ref().map(storage::values);
        let values = pointwise::forward(
            &storage::values(&x),
            &storage::values(&weight),
            bias.as_deref(),
            size,
        );
        storage::tensor(values, [n, size.output, height, width].into())
    }

    fn network_depthwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Bias<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self> {
        let size = depthwise::Size::new(x.shape().dims(), weight.shape().dims(), geometry);
        let bias = bias.tensor();
        let bias = bias.as_ref().map(storage::values);
        let values = depthwise::forward(
            &storage::values(&x),
            &storage::values(&weight),
            bias.as_deref(),
            size,
        );
        storage::tensor(values, size.output_shape().into())
    }

    fn network_gate(x: FloatTensor<Self>, gates: FloatTensor<Self>) -> FloatTensor<Self> {
        let shape = x.shape();
        let values = planes::scale(&storage::values(&x), &storage::values(&gates));
        storage::tensor(values, shape)
    }

    fn network_spatial_mean(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let [n, channels, height, width] = x.shape().dims();
        let values = planes::mean(&storage::values(&x), height * width);
        storage::tensor(values, [n, channels].into())
    }

    fn network_batch_norm_train(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        activate: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let layer = batch_norm::Layer::new(x.shape().dims(), epsilon, activate);
        let (output, mean, variance) = batch_norm::forward(
            &storage::values(&x),
            &storage::values(&gamma),
            &storage::values(&beta),
            layer,
        );
        (
            storage::tensor(output, x.shape()),
            storage::tensor(mean, gamma.shape()),
            storage::tensor(variance, gamma.shape()),
        )
    }
}

/// Whether a convolution is 1x1 over all channels without stride.
pub(super) fn is_pointwise(weight: &Tensor<4>, geometry: Geometry) -> bool {
    let [_, _, height, width] = weight.dims();
    let unpadded = geometry.padding == [(0, 0); 2];
    (height, width, geometry.stride, geometry.groups) == (1, 1, 1, 1) && unpadded
}

/// Whether a convolution has one small square filter per channel.
pub(super) fn is_depthwise(weight: &Tensor<4>, geometry: Geometry) -> bool {
    let [output, inputs, height, width] = weight.dims();
    let padded_within = geometry
        .padding
        .iter()
        .all(|(before, after)| (*before).max(*after) < height);
    geometry.groups == output
        && inputs == 1
        && height == width
        && height <= depthwise::LARGEST_KERNEL
        && (1..=2).contains(&geometry.stride)
        && padded_within
}

pub(super) fn silu(x: Tensor<4>) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as NetworkOperations>::network_silu(
        x.into_dispatch(),
    ))
}

pub(super) fn pointwise(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as NetworkOperations>::network_pointwise(
        x.into_dispatch(),
        weight.into_dispatch(),
        Bias::new(bias),
    ))
}

pub(super) fn depthwise(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    geometry: Geometry,
) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as NetworkOperations>::network_depthwise(
        x.into_dispatch(),
        weight.into_dispatch(),
        Bias::new(bias),
        geometry,
    ))
}

pub(super) fn gate(x: Tensor<4>, gates: Tensor<4>) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as NetworkOperations>::network_gate(
        x.into_dispatch(),
        gates.into_dispatch(),
    ))
}

pub(super) fn spatial_mean(x: Tensor<4>) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as NetworkOperations>::network_spatial_mean(
        x.into_dispatch(),
    ))
}

/// As `BatchNorm::forward` in training, whose momentum and running statistics it uses.
pub(super) fn batch_norm_train(norm: &BatchNorm, x: Tensor<4>, activate: bool) -> Tensor<4> {
    let device = x.device();
    let (output, mean, variance) = <Dispatch as NetworkOperations>::network_batch_norm_train(
        x.into_dispatch(),
        norm.gamma.val().into_dispatch(),
        norm.beta.val().into_dispatch(),
        norm.epsilon,
        activate,
    );
    for (running, of_batch) in [(&norm.running_mean, mean), (&norm.running_var, variance)] {
        let of_batch = Tensor::<1>::from_dispatch(of_batch).detach();
        let old = running.value_sync().to_device(&device);
        let new = old
            .mul_scalar(1.0 - norm.momentum)
            .add(of_batch.mul_scalar(norm.momentum));
        running.update(new.detach());
    }
    Tensor::from_dispatch(output)
}
