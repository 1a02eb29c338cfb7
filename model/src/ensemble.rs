//! The ensemble rule: how the answers of the cross-validation folds become one.
//!
//! The study averages the probabilities of the folds that are sure of themselves, that is whose
//! largest probability is at least one half (Duong et al. 2021). Where no fold is, the study's own
//! code divides zero by zero; here the plain mean of all folds is taken and the decision says so.

use serde::{Deserialize, Serialize};

/// Largest probability from which a fold takes part in the vote.
pub const DEFAULT_THRESHOLD: f32 = 0.5;

/// One answer from several folds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnsembleDecision {
    /// Mean probability of every label, in the order of the model's outputs.
    pub probabilities: Vec<f32>,
    /// For every fold, whether its largest probability reached the threshold. All `false` when
    /// `fallback` is set.
    pub voted: Vec<bool>,
    /// `true` when no fold reached the threshold, so that the mean is over all of them.
    pub fallback: bool,
}

impl EnsembleDecision {
    /// Positions of the labels from the most to the least probable; equal ones keep the order of
    /// the outputs.
    pub fn ranking(&self) -> Vec<usize> {
        ranking(&self.probabilities)
    }
}

/// Positions from the most to the least probable; equal ones keep their order.
pub(crate) fn ranking(probabilities: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
    order
}

/// Why folds cannot be combined.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EnsembleError {
    /// There is no fold.
    #[error("there is no fold to combine")]
    NoFolds,
    /// A fold has no probability.
    #[error("fold {fold} gave no probabilities")]
    NoLabels {
        /// Position of the fold.
        fold: usize,
    },
    /// A fold has another number of labels than the first one.
    #[error("fold {fold} gave {found} probabilities, the first fold {expected}")]
    UnequalLengths {
        /// Position of the fold.
        fold: usize,
        /// Its number of probabilities.
        found: usize,
        /// That of the first fold.
        expected: usize,
    },
    /// A probability is not a number or lies outside of 0 to 1.
    #[error("fold {fold} gave {value} for label {label}, which is not a probability")]
    NotAProbability {
        /// Position of the fold.
        fold: usize,
        /// Position of the label.
        label: usize,
        /// The offending value.
        value: f32,
    },
    /// The threshold is not a number or lies outside of 0 to 1.
    #[error("the threshold {threshold} does not lie between 0 and 1")]
    BadThreshold {
        /// The offending value.
        threshold: f32,
    },
}

/// Rounding allows a probability to exceed 1 by this much.
const SLACK: f32 = 1e-5;

/// Probabilities from logits: `exp(x_i) / sum_j exp(x_j)`.
///
/// The largest logit is subtracted first, so that large ones do not overflow, and the sum is taken
/// in `f64`. A logit that is not a number makes every result one; [`combine`] then refuses the
/// fold. An empty slice gives an empty one.
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    softmax_at_temperature(logits, 1.0)
}

/// [`softmax`] of `logits / temperature`, the calibrated form (Guo et al. 2017).
///
/// `temperature` must be positive and finite; 1 leaves the logits as they are.
pub fn softmax_at_temperature(logits: &[f32], temperature: f32) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let scale = 1.0 / f64::from(temperature);
    let exponentials: Vec<f64> = logits
        .iter()
        .map(|&logit| ((f64::from(logit) - f64::from(largest)) * scale).exp())
        .collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials
        .iter()
        .map(|value| (value / sum) as f32)
        .collect()
}

/// Combines the folds' probabilities: the mean over those whose largest one is at least
/// `threshold`, or over all when there is no such fold.
///
/// `folds` holds one vector of probabilities (0 to 1) a fold, all of one length. The result is in
/// the same order.
///
/// # Errors
///
/// When there is no fold, the lengths differ or are zero, a value is not a probability, or the
/// threshold does not lie between 0 and 1.
pub fn combine(folds: &[Vec<f32>], threshold: f32) -> Result<EnsembleDecision, EnsembleError> {
    if !(0.0..=1.0).contains(&threshold) {
        return Err(EnsembleError::BadThreshold { threshold });
    }
    let labels = folds.first().ok_or(EnsembleError::NoFolds)?.len();
    for (fold, probabilities) in folds.iter().enumerate() {
        check_fold(fold, probabilities, labels)?;
    }

    let voted: Vec<bool> = folds
        .iter()
        .map(|fold| fold.iter().any(|&probability| probability >= threshold))
        .collect();
    let fallback = !voted.contains(&true);

    let mut sums = vec![0.0_f64; labels];
    let mut count = 0.0_f64;
    for (fold, &voted) in folds.iter().zip(&voted) {
        if voted || fallback {
            count += 1.0;
            for (sum, &probability) in sums.iter_mut().zip(fold) {
                *sum += f64::from(probability);
            }
        }
    }
    Ok(EnsembleDecision {
        probabilities: sums.iter().map(|sum| (sum / count) as f32).collect(),
        voted,
        fallback,
    })
}

fn check_fold(fold: usize, probabilities: &[f32], expected: usize) -> Result<(), EnsembleError> {
    if probabilities.is_empty() {
        return Err(EnsembleError::NoLabels { fold });
    }
    if probabilities.len() != expected {
        return Err(EnsembleError::UnequalLengths {
            fold,
            found: probabilities.len(),
            expected,
        });
    }
    match probabilities
        .iter()
        .position(|value| !(0.0..=1.0 + SLACK).contains(value))
    {
        Some(label) => Err(EnsembleError::NotAProbability {
            fold,
            label,
            value: probabilities[label],
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_sure_folds_vote() {
        let folds = [
            vec![0.9, 0.1, 0.0],
            vec![0.4, 0.3, 0.3], // unsure: left out
            vec![0.7, 0.2, 0.1],
        ];
        let decision = combine(&folds, DEFAULT_THRESHOLD).unwrap();
        assert_eq!(decision.voted, [true, false, true]);
        assert!(!decision.fallback);
        for (found, expected) in decision.probabilities.iter().zip([0.8, 0.15, 0.05]) {
            assert!((found - expected).abs() < 1e-7);
        }
    }

    #[test]
    fn a_fold_at_exactly_the_threshold_votes() {
        let decision = combine(&[vec![0.5, 0.5], vec![0.49, 0.51]], 0.5).unwrap();
        assert_eq!(decision.voted, [true, true]);
        let just_below = f32::from_bits(0.5_f32.to_bits() - 1);
        let decision = combine(&[vec![just_below, 0.2, 0.3], vec![0.8, 0.1, 0.1]], 0.5).unwrap();
        assert_eq!(decision.voted, [false, true]);
        assert_eq!(decision.probabilities, [0.8, 0.1, 0.1]);
    }

    #[test]
    fn without_a_sure_fold_all_count_and_the_decision_says_so() {
        let decision = combine(&[vec![0.4, 0.3, 0.3], vec![0.2, 0.4, 0.4]], 0.5).unwrap();
        assert!(decision.fallback);
        assert_eq!(decision.voted, [false, false]);
        for (found, expected) in decision.probabilities.iter().zip([0.3, 0.35, 0.35]) {
            assert!((found - expected).abs() < 1e-7);
        }
    }

    #[test]
    fn threshold_zero_is_the_plain_mean_without_fallback() {
        let decision = combine(&[vec![0.4, 0.6], vec![0.2, 0.8]], 0.0).unwrap();
        assert!(!decision.fallback);
        assert!((decision.probabilities[0] - 0.3).abs() < 1e-7);
    }

    #[test]
    fn unusable_folds_are_errors() {
        assert_eq!(combine(&[], 0.5), Err(EnsembleError::NoFolds));
        assert_eq!(
            combine(&[vec![]], 0.5),
            Err(EnsembleError::NoLabels { fold: 0 })
        );
        assert_eq!(
            combine(&[vec![1.0], vec![0.5, 0.5]], 0.5),
            Err(EnsembleError::UnequalLengths {
                fold: 1,
                found: 2,
                expected: 1
            })
        );
        for bad in [f32::NAN, f32::INFINITY, -0.1, 1.1] {
            assert!(matches!(
                combine(&[vec![0.5, 0.5], vec![0.5, bad]], 0.5),
                Err(EnsembleError::NotAProbability {
                    fold: 1,
                    label: 1,
                    ..
                })
            ));
        }
        for bad in [f32::NAN, -0.1, 1.5] {
            assert!(matches!(
                combine(&[vec![1.0]], bad),
                Err(EnsembleError::BadThreshold { .. })
            ));
        }
    }

    #[test]
    fn softmax_matches_the_closed_form_and_does_not_overflow() {
        let found = softmax(&[0.0, 2.0_f32.ln(), 3.0_f32.ln()]);
        for (found, expected) in found.iter().zip([1.0 / 6.0, 2.0 / 6.0, 3.0 / 6.0]) {
            assert!((found - expected).abs() < 1e-7);
        }
        assert_eq!(softmax(&[1e30, -1e30]), [1.0, 0.0]);
        assert_eq!(softmax(&[-3e38, -3e38]), [0.5, 0.5]);
        assert!(softmax(&[]).is_empty());
        assert!(softmax(&[f32::NAN, 0.0]).iter().all(|p| p.is_nan()));
    }

    #[test]
    fn a_high_temperature_flattens() {
        let cold = softmax_at_temperature(&[1.0, 3.0], 1.0);
        let warm = softmax_at_temperature(&[1.0, 3.0], 2.0);
        assert_eq!(warm, softmax(&[0.5, 1.5]));
        assert!(warm[1] < cold[1]);
    }

    #[test]
    fn ranking_is_by_probability_and_stable() {
        let decision = EnsembleDecision {
            probabilities: vec![0.2, 0.5, 0.2, 0.1],
            voted: vec![true],
            fallback: false,
        };
        assert_eq!(decision.ranking(), [1, 0, 2, 3]);
    }
}
