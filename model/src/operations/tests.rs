//! Our operations against burn's: outputs and all gradients, over the shapes that networks have and awkward ones.
#![allow(clippy::unwrap_used)]

use burn::module::{Module, Param};
use burn::nn::{BatchNorm, BatchNormConfig};
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Tensor, activation};

use super::{Geometry, batch_norm, convolution, gate, silu, spatial_mean};

/// Largest difference of two tensors, relative to the largest value.
fn difference<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> f32 {
    assert_eq!(a.dims(), b.dims());
    let [a, b] = [a, b].map(|x| x.into_data().try_to_vec::<f32>().unwrap());
    let scale = b.iter().fold(1e-3f32, |most, x| most.max(x.abs()));
    let worst = a.iter().zip(&b).fold(0f32, |most, (a, b)| {
        assert!(a.is_finite() && b.is_finite());
        most.max((a - b).abs())
    });
    worst / scale
}

fn random<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.0, 1.0), device)
}

/// Output, gradient of the input and gradient of the weight, with a weighted sum of the output as loss.
fn with_gradients(
    x: &Tensor<4>,
    weight: &Tensor<4>,
    function: impl Fn(Tensor<4>, Tensor<4>) -> Tensor<4>,
) -> [Tensor<4>; 3] {
    let (x, weight) = (
        x.clone().detach().require_grad(),
        weight.clone().detach().require_grad(),
    );
    let output = function(x.clone(), weight.clone());
    // Each output value counts differently.
    let factors = output.clone().detach().mul_scalar(1.7).sin();
    let gradients = (output.clone() * factors).sum().backward();
    [
        output.inner(),
        x.grad(&gradients).unwrap(),
        weight.grad(&gradients).unwrap(),
    ]
}

#[test]
fn convolutions_agree_with_burns() {
    let device = Device::flex().autodiff();
    device.seed(3);
    let pointwise = |n, input, output, height, width| {
        (
            [n, input, height, width],
            [output, input, 1, 1],
            1,
            [(0, 0); 2],
            1,
        )
    };
    let depthwise = |n, channels, [height, width]: [usize; 2], kernel, stride, padding| {
        let shape = [n, channels, height, width];
        (
            shape,
            [channels, 1, kernel, kernel],
            stride,
            padding,
            channels,
        )
    };
    let cases = [
        pointwise(1, 3, 5, 7, 9),
        pointwise(1, 24, 33, 20, 20),
        pointwise(3, 10, 17, 20, 17),
        pointwise(9, 4, 6, 17, 16),
        pointwise(9, 12, 9, 5, 4),
        pointwise(2, 1, 1, 1, 1),
        depthwise(2, 3, [9, 11], 3, 1, [(1, 1); 2]),
        depthwise(2, 3, [3, 3], 5, 1, [(2, 2); 2]),
        depthwise(1, 2, [40, 37], 5, 1, [(2, 2); 2]),
        depthwise(2, 3, [12, 12], 3, 2, [(0, 1); 2]),
        depthwise(2, 3, [12, 12], 3, 2, [(1, 1); 2]),
        depthwise(2, 2, [13, 10], 5, 2, [(1, 2), (2, 1)]),
        depthwise(1, 2, [15, 14], 5, 2, [(2, 2); 2]),
        depthwise(1, 1, [6, 8], 7, 1, [(3, 2), (0, 6)]),
        depthwise(1, 2, [8, 9], 3, 2, [(0, 0); 2]),
        depthwise(2, 2, [2, 2], 3, 2, [(1, 1); 2]),
    ];
    for (shape, weight_shape, stride, padding, groups) in cases {
        let x = random(shape, &device);
        let weight = random(weight_shape, &device);
        let bias = random([weight_shape[0]], &device);
        let geometry = Geometry {
            stride,
            padding,
            groups,
        };
        let ours = |x, weight| convolution(x, weight, Some(bias.clone()), geometry);
        let burns = |x, weight| {
            let options = ConvOptions::new_with_padding([stride; 2], padding, [1, 1], groups);
            conv2d(x, weight, Some(bias.clone()), options)
        };
        let pairs = with_gradients(&x, &weight, ours)
            .into_iter()
            .zip(with_gradients(&x, &weight, burns));
        for (name, (got, want)) in ["output", "x", "weight"].into_iter().zip(pairs) {
            let worst = difference(got, want);
            assert!(
                worst < 1e-5,
                "{name} of {shape:?} {weight_shape:?} {geometry:?}: {worst}"
            );
        }
    }
}

#[test]
fn views_of_tensors_are_read_in_their_order() {
    let device = Device::flex();
    device.seed(4);
    let x = random([2, 3, 6, 5], &device);
    let turned = x.clone().swap_dims(2, 3);
    let copied = Tensor::from_data(turned.clone().into_data(), &device);
    assert_eq!(difference(silu(turned), silu(copied)), 0.0);
    let part = x.clone().slice([1..2, 1..3]);
    let copied = Tensor::from_data(part.clone().into_data(), &device);
    assert_eq!(difference(silu(part), silu(copied)), 0.0);
}

#[test]
fn silu_agrees_with_burns() {
    let device = Device::flex().autodiff();
    device.seed(5);
    let x = random([2, 3, 50, 41], &device).mul_scalar(6.0);
    let unit = Tensor::ones([1, 1, 1, 1], &device);
    let [ours, ours_slope, _] = with_gradients(&x, &unit, |x, unit| silu(x) * unit);
    let [burns, burns_slope, _] = with_gradients(&x, &unit, |x, unit| activation::silu(x) * unit);
    assert!(difference(ours, burns) < 1e-6);
    assert!(difference(ours_slope, burns_slope) < 1e-6);
}

/// A layer whose factors and addends are not 1 and 0.
fn layer(channels: usize, device: &Device) -> BatchNorm {
    let mut norm = BatchNormConfig::new(channels)
        .with_epsilon(1e-3)
        .init(device);
    let [gamma, beta] = [random([channels], device), random([channels], device)];
    norm.gamma = Param::from_tensor(gamma.mul_scalar(0.3).add_scalar(1.0));
    norm.beta = Param::from_tensor(beta.mul_scalar(0.5));
    norm
}

#[test]
fn batch_normalisation_agrees_with_burns() {
    let device = Device::flex().autodiff();
    device.seed(6);
    for (shape, activate) in [
        ([4, 3, 9, 7], false),
        ([4, 3, 9, 7], true),
        ([2, 5, 1, 1], true),
        ([1, 2, 40, 40], true),
    ] {
        // Far from zero, where sums of squares would lose digits.
        let x = random(shape, &device).mul_scalar(2.0).add_scalar(5.0);
        let ones = Tensor::ones([1, 1, 1, 1], &device);
        let run = |ours: bool| {
            device.seed(7);
            let norm = layer(shape[1], &device);
            let x = x.clone().detach().require_grad();
            let output = match (ours, activate) {
                (true, _) => batch_norm(&norm, x.clone(), activate),
                (false, true) => activation::silu(norm.forward(x.clone())),
                (false, false) => norm.forward(x.clone()),
            };
            let factors = output.clone().detach().mul_scalar(1.7).sin();
            let gradients = (output.clone() * factors * ones.clone()).sum().backward();
            let flat = |x: Tensor<1>| x.reshape([1, 1, 1, shape[1]]);
            let valid = norm.valid();
            [
                output.inner(),
                x.grad(&gradients).unwrap(),
                flat(norm.gamma.val().grad(&gradients).unwrap()),
                flat(norm.beta.val().grad(&gradients).unwrap()),
                flat(valid.running_mean.value()),
                flat(valid.running_var.value()),
            ]
        };
        let names = ["output", "x", "gamma", "beta", "mean", "variance"];
        for (name, (got, want)) in names.into_iter().zip(run(true).into_iter().zip(run(false))) {
            let worst = difference(got, want);
            // Two values a channel make a variance so small that its inverse is large.
            assert!(worst < 2e-5, "{name} of {shape:?}, {activate}: {worst}");
        }
    }
}

#[test]
fn gates_and_means_agree_with_burns() {
    let device = Device::flex().autodiff();
    device.seed(8);
    for shape in [[2, 3, 7, 11], [3, 2, 1, 1], [1, 2, 40, 41]] {
        let x = random(shape, &device);
        let gates = random([shape[0], shape[1], 1, 1], &device);
        for gates in [gates.clone(), random([shape[0], 1, 1, 1], &device)] {
            let pairs = with_gradients(&x, &gates, gate)
                .into_iter()
                .zip(with_gradients(&x, &gates, |x, gates| x * gates));
            for (got, want) in pairs {
                assert!(difference(got, want) < 1e-5, "{shape:?}");
            }
        }
        let flat = |mean: Tensor<2>| mean.reshape([shape[0], shape[1], 1, 1]);
        let ours = |x, gates| flat(spatial_mean(x)) * gates;
        let burns = |x: Tensor<4>, gates| x.mean_dim(3).mean_dim(2) * gates;
        let pairs = with_gradients(&x, &gates, ours)
            .into_iter()
            .zip(with_gradients(&x, &gates, burns));
        for (got, want) in pairs {
            assert!(difference(got, want) < 1e-5, "{shape:?}");
        }
    }
}

#[test]
fn spatial_mean_is_per_channel() {
    let device = Device::flex();
    let maps = Tensor::from_floats(
        [[[[1.0, 2.0], [3.0, 6.0]], [[0.0, 0.0], [0.0, 4.0]]]],
        &device,
    );
    let means = spatial_mean(maps).into_data().try_to_vec::<f32>().unwrap();
    assert_eq!(means, [3.0, 1.0]);
}

#[test]
fn not_a_number_stays_one() {
    let device = Device::flex();
    let x = Tensor::<4>::from_floats([[[[f32::NAN, 1.0]]]], &device);
    assert!(silu(x.clone()).into_data().try_to_vec::<f32>().unwrap()[0].is_nan());
}
