//! Cross-entropy in which some labels count more than others.

use burn::tensor::{Device, Tensor, TensorData, activation};

/// Cross-entropy with a weight for each label, averaged with the weights of the true labels.
///
/// For logits `z` of picture `i` with true label `t_i`, weights `w` and smoothing `s`,
/// with `p = log_softmax(z)`:
///
/// `loss = sum_i [ (1 - s) * w[t_i] * -p_i[t_i]  +  s / C * sum_c w[c] * -p_i[c] ] / sum_i w[t_i]`
///
/// which is PyTorch's `CrossEntropyLoss(weight=w, label_smoothing=s)` with the mean reduction.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedCrossEntropy {
    /// Weight of each label, above 0.
    pub weights: Vec<f32>,
    /// Share of the target that is spread over all labels, 0 to below 1.
    pub label_smoothing: f32,
}

impl WeightedCrossEntropy {
    /// The loss of a batch.
    ///
    /// # Shapes
    ///
    /// - `logits`: `[n, labels]`
    /// - `targets`: `n` positions of labels, each below `labels`
    /// - result: `[1]`
    pub fn forward(&self, logits: Tensor<2>, targets: &[usize]) -> Tensor<1> {
        self.part(logits, targets, self.weight_of(targets))
    }

    /// What some pictures of a larger batch contribute to its loss.
    ///
    /// `whole` is the sum of the weights of the batch's true labels
    /// ([`weight_of`](Self::weight_of)), by which the mean is divided: the parts' losses, and their
    /// gradients, add up to the batch's.
    ///
    /// # Shapes
    ///
    /// As [`forward`](Self::forward).
    pub fn part(&self, logits: Tensor<2>, targets: &[usize], whole: f64) -> Tensor<1> {
        let device = logits.device();
        let log_probabilities = activation::log_softmax(logits, 1);
        let shares = self.shares(targets, whole as f32, &device);
        (log_probabilities * shares).sum().neg()
    }

    /// The sum of the weights of true labels: by it a batch counts in the mean over an epoch.
    pub fn weight_of(&self, targets: &[usize]) -> f64 {
        let weights = targets.iter().map(|target| self.weights[*target]);
        weights.map(f64::from).sum()
    }

    /// The factor of each log-probability, `[n, labels]`: it holds the weights, the smoothing and
    /// the division, so that the loss is one product and one sum on the device.
    fn shares(&self, targets: &[usize], total: f32, device: &Device) -> Tensor<2> {
        let labels = self.weights.len();
        let spread = self.label_smoothing / labels as f32;
        let mut shares = Vec::with_capacity(targets.len() * labels);
        for target in targets {
            shares.extend(self.weights.iter().enumerate().map(|(label, weight)| {
                let own = if label == *target {
                    1.0 - self.label_smoothing
                } else {
                    0.0
                };
                weight * (own + spread) / total
            }));
        }
        Tensor::from_data(TensorData::new(shares, [targets.len(), labels]), device)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LOGITS: [[f64; 3]; 3] = [[1.0, -2.0, 0.5], [0.0, 0.0, 0.0], [3.0, 1.0, -1.0]];
    const TARGETS: [usize; 3] = [0, 2, 1];

    fn log_softmax(row: [f64; 3]) -> [f64; 3] {
        let sum: f64 = row.iter().map(|value| value.exp()).sum();
        row.map(|value| value - sum.ln())
    }

    fn loss(weights: [f32; 3], label_smoothing: f32) -> f32 {
        let values: Vec<f32> = LOGITS.iter().flatten().map(|value| *value as f32).collect();
        let logits = Tensor::from_data(TensorData::new(values, [3, 3]), &Device::flex());
        let loss = WeightedCrossEntropy {
            weights: weights.to_vec(),
            label_smoothing,
        };
        loss.forward(logits, &TARGETS).into_scalar::<f32>()
    }

    #[test]
    fn equal_weights_give_the_mean_of_the_negative_log_probabilities() {
        let expected: f64 = LOGITS
            .iter()
            .zip(TARGETS)
            .map(|(row, target)| -log_softmax(*row)[target])
            .sum::<f64>()
            / 3.0;
        assert!((f64::from(loss([1.0; 3], 0.0)) - expected).abs() < 1e-6);
        // A common factor does not matter.
        assert!((f64::from(loss([5.0; 3], 0.0)) - expected).abs() < 1e-6);
    }

    #[test]
    fn the_mean_is_normalised_by_the_weights_of_the_true_labels() {
        let weights = [5.0f32, 1.0, 2.0];
        let numerator: f64 = LOGITS
            .iter()
            .zip(TARGETS)
            .map(|(row, target)| -f64::from(weights[target]) * log_softmax(*row)[target])
            .sum();
        let expected = numerator / (5.0 + 2.0 + 1.0);
        assert!((f64::from(loss(weights, 0.0)) - expected).abs() < 1e-6);
    }

    #[test]
    fn the_losses_of_parts_add_up_to_that_of_the_batch() {
        let loss = WeightedCrossEntropy {
            weights: vec![5.0, 1.0, 2.0],
            label_smoothing: 0.1,
        };
        let logits = |rows: &[[f64; 3]]| {
            let values: Vec<f32> = rows.iter().flatten().map(|value| *value as f32).collect();
            Tensor::from_data(TensorData::new(values, [rows.len(), 3]), &Device::flex())
        };
        let whole = loss.weight_of(&TARGETS);
        assert_eq!(whole, 8.0);
        let part = |range: std::ops::Range<usize>| {
            let part = loss.part(logits(&LOGITS[range.clone()]), &TARGETS[range], whole);
            part.into_scalar::<f32>()
        };
        let sum = part(0..1) + part(1..3);
        let at_once = loss.forward(logits(&LOGITS), &TARGETS).into_scalar::<f32>();
        assert!((sum - at_once).abs() < 1e-6, "{sum} {at_once}");
    }

    #[test]
    fn smoothing_spreads_the_target_over_all_labels() {
        let (weights, smoothing) = ([5.0f32, 1.0, 2.0], 0.1);
        let mut numerator = 0.0;
        for (row, target) in LOGITS.iter().zip(TARGETS) {
            let log_p = log_softmax(*row);
            numerator -= (1.0 - smoothing) * f64::from(weights[target]) * log_p[target];
            for (weight, log_p) in weights.iter().zip(log_p) {
                numerator -= smoothing / 3.0 * f64::from(*weight) * log_p;
            }
        }
        assert!((f64::from(loss(weights, 0.1)) - numerator / 8.0).abs() < 1e-6);
    }

    #[test]
    fn the_gradient_is_the_weighted_difference_of_softmax_and_target() {
        let weights = [5.0f32, 1.0, 2.0];
        let values: Vec<f32> = LOGITS.iter().flatten().map(|value| *value as f32).collect();
        let device = Device::flex().autodiff();
        let logits = Tensor::<2>::from_data(TensorData::new(values, [3, 3]), &device);
        let logits = logits.require_grad();
        let loss = WeightedCrossEntropy {
            weights: weights.to_vec(),
            label_smoothing: 0.0,
        };
        let gradients = loss.forward(logits.clone(), &TARGETS).backward();
        let found = logits.grad(&gradients).unwrap().into_data();
        let found: Vec<f32> = found.try_to_vec().unwrap();
        for (i, (row, target)) in LOGITS.iter().zip(TARGETS).enumerate() {
            for (c, log_p) in log_softmax(*row).iter().enumerate() {
                let hit = if c == target { 1.0 } else { 0.0 };
                let expected = f64::from(weights[target]) / 8.0 * (log_p.exp() - hit);
                assert!((f64::from(found[i * 3 + c]) - expected).abs() < 1e-6);
            }
        }
    }
}
