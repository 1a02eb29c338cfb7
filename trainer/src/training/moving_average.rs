//! The exponential moving average of a network's weights.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use burn::tensor::container::TensorContainer;

/// A second network that follows the trained one: after each step
/// `average = decay * average + (1 - decay) * network`, running statistics included.
///
/// timm's `ModelEmaV2`. It begins as a copy of the network, so a decay of `d` needs a few times
/// `1 / (1 - d)` steps to leave the initial weights behind.
#[derive(Clone, Debug)]
pub struct MovingAverage<M> {
    network: M,
    decay: f64,
}

impl<M: Module> MovingAverage<M> {
    /// Begins with the weights of `network`; `decay` is 0 to below 1.
    pub fn of(network: &M, decay: f64) -> Self {
        Self {
            network: network.valid(),
            decay,
        }
    }

    /// The average itself, on the plain device.
    pub fn network(&self) -> &M {
        &self.network
    }

    /// Replaces the average, when a training goes on.
    pub fn set_network(&mut self, network: M) {
        self.network = network;
    }

    /// Takes one more step's weights into the average.
    pub fn update(&mut self, network: &M) {
        let mut blend = Blend {
            values: Values::default(),
            decay: self.decay,
        };
        // `valid` also brings running statistics up to date.
        network.valid().visit(&mut blend.values);
        self.network = self.network.clone().map(&mut blend);
    }
}

/// All tensors of a module by their identity.
#[derive(Default)]
struct Values {
    tensors: TensorContainer<ParamId>,
}

impl ModuleVisitor for Values {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.tensors.register(param.id, param.val());
    }
}

struct Blend {
    values: Values,
    decay: f64,
}

impl ModuleMapper for Blend {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(new) = self.values.tensors.remove::<Tensor<D>>(&param.id) else {
            return param;
        };
        let decay = self.decay;
        param.map(|old| old.mul_scalar(decay) + new.mul_scalar(1.0 - decay))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use burn::nn::{BatchNorm, BatchNormConfig};
    use burn::tensor::Device;

    fn numbers(norm: &BatchNorm) -> [f32; 3] {
        [
            norm.gamma.val().into_scalar::<f32>(),
            norm.running_mean.value_sync().into_scalar::<f32>(),
            norm.running_var.value_sync().into_scalar::<f32>(),
        ]
    }

    #[test]
    fn weights_and_running_statistics_follow_the_network() {
        let device = Device::flex().autodiff();
        let mut norm = BatchNormConfig::new(1).init(&device);
        let mut average = MovingAverage::of(&norm, 0.75);
        assert_eq!(numbers(average.network()), [1.0, 0.0, 1.0]);

        let gamma = Tensor::from_floats([5.0], &device).require_grad();
        norm.gamma = Param::initialized(norm.gamma.id, gamma);
        // Mean 2, biased variance 1: running statistics move by a tenth.
        norm.forward(Tensor::<2>::from_floats([[1.0], [3.0]], &device));
        average.update(&norm);
        let close = |found: [f32; 3], expected: [f32; 3]| {
            let pairs = found.into_iter().zip(expected);
            pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-6, "{found:?} {expected:?}"));
        };
        close(numbers(average.network()), [2.0, 0.05, 1.0]);
        average.update(&norm);
        close(numbers(average.network()), [2.75, 0.0875, 1.0]);
        // The network itself is left alone.
        close(numbers(&norm), [5.0, 0.2, 1.0]);
    }
}
