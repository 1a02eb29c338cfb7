//! Between pooled features and the classifier: the paper's averaged dropout masks.

use burn::module::{Flag, Module, Param};
use burn::tensor::{Distribution, Tensor};

/// Several dropout masks at once.
///
/// The paper averages the logits of one shared linear layer over 5 dropout masks. Since the layer is affine, that equals
/// the layer on the average of the 5 masked features, which is what this computes: one matrix product instead of five.
///
/// Active on an autodiff device only, and neither when frozen nor in validation.
#[derive(Module, Debug)]
pub struct MultiSampleDropout {
    probability: f64,
    masks: usize,
    training: Param<Flag>,
}

impl MultiSampleDropout {
    /// `probability` in [0, 1), `masks` 1 or more.
    pub fn new(probability: f64, masks: usize) -> Self {
        Self {
            probability,
            masks,
            training: Param::from_bool(true),
        }
    }

    /// # Shapes
    /// - `features` and output: `[n, features]`
    pub fn forward(&self, features: Tensor<2>) -> Tensor<2> {
        let device = features.device();
        if self.probability <= 0.0 || !self.training.is_enabled() || !device.is_autodiff() {
            return features;
        }
        let keep = 1.0 - self.probability;
        let [n, count] = features.dims();
        let masks = Tensor::<3>::random(
            [self.masks, n, count],
            Distribution::Bernoulli(keep),
            &device,
        );
        let mean = masks.mean_dim(0).reshape([n, count]).div_scalar(keep);
        features * mean
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn training_averages_five_masks() {
        let device = Device::flex().autodiff();
        device.seed(11);
        let dropout = MultiSampleDropout::new(0.2, 5);
        let features = Tensor::<2>::ones([4, 5000], &device);
        let output = dropout
            .forward(features)
            .into_data()
            .try_to_vec::<f32>()
            .unwrap();
        // k of 5 masks keep a feature: k / 5 / 0.8 = k / 4, with k binomial(5, 0.8).
        let mut counts = [0usize; 6];
        for value in &output {
            let k = value * 4.0;
            assert!((k - k.round()).abs() < 1e-4 && k < 5.5, "{value}");
            counts[k.round() as usize] += 1;
        }
        let share = |k: usize| counts[k] as f64 / output.len() as f64;
        assert!((share(5) - 0.32768).abs() < 0.015, "{counts:?}");
        assert!((share(4) - 0.4096).abs() < 0.015, "{counts:?}");
        let mean = output.iter().map(|v| f64::from(*v)).sum::<f64>() / output.len() as f64;
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
    }

    #[test]
    fn inference_leaves_features_alone() {
        let device = Device::flex();
        let features = Tensor::<2>::ones([1, 100], &device);
        let dropout = MultiSampleDropout::new(0.9, 5);
        let plain = dropout.forward(features.clone()).into_data();
        assert!(plain.try_to_vec::<f32>().unwrap().iter().all(|v| *v == 1.0));
        let frozen = dropout.freeze().forward(features.autodiff()).into_data();
        assert!(
            frozen
                .try_to_vec::<f32>()
                .unwrap()
                .iter()
                .all(|v| *v == 1.0)
        );
    }
}
