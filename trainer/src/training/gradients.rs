//! All gradients of a network at once: their norm, and their multiplication by a number.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

/// Keeps a gradient of 0 from dividing by 0, as PyTorch does.
const SMALLEST_NORM: f64 = 1e-6;

/// The squared Euclidean norm of all gradients together, `[1]`; `None` where there is no gradient.
pub(crate) fn squared_norm<M: Module>(
    module: &M,
    gradients: &GradientsParams,
) -> Option<Tensor<1>> {
    struct Squares<'a> {
        gradients: &'a GradientsParams,
        sum: Option<Tensor<1>>,
    }

    impl ModuleVisitor for Squares<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(gradient) = self.gradients.get::<D>(param.id) {
                let squares = gradient.square().sum();
                self.sum = Some(match self.sum.take() {
                    Some(sum) => sum + squares,
                    None => squares,
                });
            }
        }
    }

    let mut squares = Squares {
        gradients,
        sum: None,
    };
    module.visit(&mut squares);
    squares.sum
}

/// Multiplies all gradients by `factor`, `[1]`.
pub(crate) fn scale<M: Module>(
    module: &M,
    gradients: GradientsParams,
    factor: Tensor<1>,
) -> GradientsParams {
    struct Scaling {
        gradients: GradientsParams,
        factor: Tensor<1>,
    }

    impl ModuleVisitor for Scaling {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(gradient) = self.gradients.remove::<D>(param.id) {
                let factor = self.factor.clone().reshape([1; D]);
                self.gradients.register(param.id, gradient * factor);
            }
        }
    }

    let mut scaling = Scaling { gradients, factor };
    module.visit(&mut scaling);
    scaling.gradients
}

/// Shortens the gradients so that their norm, all together, is `limit` at most.
///
/// PyTorch's `clip_grad_norm_`; burn's own clipping looks at each tensor by itself. Nothing is read
/// from the device.
pub(crate) fn clip_by_norm<M: Module>(
    module: &M,
    gradients: GradientsParams,
    limit: f64,
) -> GradientsParams {
    let Some(squares) = squared_norm(module, &gradients) else {
        return gradients;
    };
    let factor = squares
        .sqrt()
        .add_scalar(SMALLEST_NORM)
        .recip()
        .mul_scalar(limit)
        .clamp_max(1.0);
    scale(module, gradients, factor)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use burn::nn::{Linear, LinearConfig};
    use burn::tensor::{Device, TensorData};

    /// Gradients 3 and 4 of the weight, 12 of the bias: their norm is 13.
    fn example() -> (Linear, GradientsParams) {
        let device = Device::flex();
        let layer = LinearConfig::new(2, 1).init(&device);
        let mut gradients = GradientsParams::new();
        let weight = Tensor::<2>::from_data(TensorData::new(vec![3f32, 4.0], [2, 1]), &device);
        gradients.register(layer.weight.id, weight);
        let bias = Tensor::<1>::from_floats([12.0], &device);
        gradients.register(layer.bias.as_ref().unwrap().id, bias);
        (layer, gradients)
    }

    fn values(layer: &Linear, gradients: &GradientsParams) -> Vec<f32> {
        let weight = gradients.get::<2>(layer.weight.id).unwrap().into_data();
        let bias = gradients.get::<1>(layer.bias.as_ref().unwrap().id).unwrap();
        let bias = bias.into_data();
        weight.iter::<f32>().chain(bias.iter::<f32>()).collect()
    }

    #[test]
    fn the_norm_is_that_of_all_gradients_together() {
        let (layer, gradients) = example();
        let squares = squared_norm(&layer, &gradients).unwrap();
        assert_eq!(squares.into_scalar::<f32>(), 169.0);
        assert!(squared_norm(&layer, &GradientsParams::new()).is_none());
    }

    #[test]
    fn long_gradients_are_shortened_by_one_factor() {
        let (layer, gradients) = example();
        let clipped = clip_by_norm(&layer, gradients, 1.3);
        // 1.3 / (13 + 1e-6) of each.
        for (found, expected) in values(&layer, &clipped).iter().zip([0.3f32, 0.4, 1.2]) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }

    #[test]
    fn short_gradients_stay_as_they_are() {
        let (layer, gradients) = example();
        let clipped = clip_by_norm(&layer, gradients, 14.0);
        assert_eq!(values(&layer, &clipped), [3.0, 4.0, 12.0]);
    }
}
