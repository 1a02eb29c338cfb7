//! Stochastic depth: residual branches that are left out at random in training.

use burn::module::{Flag, Module, Param};
use burn::tensor::{Distribution, Tensor};

use crate::operations::gate;

/// Drops a residual branch per sample with a probability, in training only (Huang et al. 2016,
/// <https://arxiv.org/abs/1603.09382>); kept branches are scaled by `1 / (1 - probability)`.
///
/// Training means: on an autodiff device, and neither frozen nor in validation.
#[derive(Module, Debug)]
pub struct DropPath {
    probability: f64,
    training: Param<Flag>,
}

impl DropPath {
    /// `probability` in [0, 1).
    pub fn new(probability: f64) -> Self {
        Self {
            probability,
            training: Param::from_bool(true),
        }
    }

    /// # Shapes
    /// - `branch` and output: `[n, channels, height, width]`
    pub fn forward(&self, branch: Tensor<4>) -> Tensor<4> {
        let device = branch.device();
        if self.probability <= 0.0 || !self.training.is_enabled() || !device.is_autodiff() {
            return branch;
        }
        let keep = 1.0 - self.probability;
        let [n, _, _, _] = branch.dims();
        let kept = Tensor::random([n, 1, 1, 1], Distribution::Bernoulli(keep), &device);
        gate(branch, kept.div_scalar(keep))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn drops_whole_samples_in_training_and_none_otherwise() {
        let device = Device::flex().autodiff();
        device.seed(3);
        let drop = DropPath::new(0.25);
        let branch = Tensor::<4>::ones([400, 1, 2, 1], &device);
        let output = drop
            .forward(branch.clone())
            .into_data()
            .try_to_vec::<f32>()
            .unwrap();
        let kept = output
            .chunks(2)
            .filter(|pair| {
                assert_eq!(pair[0], pair[1]);
                assert!(pair[0] == 0.0 || (pair[0] - 4.0 / 3.0).abs() < 1e-6);
                pair[0] > 0.0
            })
            .count();
        assert!((270..330).contains(&kept), "{kept} of 400 kept");
        for quiet in [drop.valid(), drop.freeze()] {
            let output = quiet.forward(branch.clone()).into_data();
            assert!(
                output
                    .try_to_vec::<f32>()
                    .unwrap()
                    .iter()
                    .all(|v| *v == 1.0)
            );
        }
    }
}
