//! Split-conformal prediction sets: labels that together hold the true one with a stated probability.
//!
//! Each picture of a calibration set, which no network learnt from, gets a score of how little its true
//! label conforms to the answer. The threshold is the `ceil((n + 1) c)`-th smallest of the `n` scores
//! (Vovk et al. 2005; Angelopoulos & Bates 2021, arXiv:2107.07511). The set of a new picture holds every
//! label whose score is at most the threshold. If calibration pictures and new ones are exchangeable,
//! the true label is in it with a probability of at least `c`, on average over pictures of all labels:
//! it is no promise for a single label, nor for photographs of another kind.

use serde::{Deserialize, Serialize};

use crate::ensemble::ranking;

/// Products such as `0.9 * 110` come out slightly too large; this much is taken for rounding.
const ROUNDING: f64 = 1e-9;

/// How little a label conforms to an answer; larger is worse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConformalScore {
    /// `1 - p(label)` (least ambiguous set-valued classifier, Sadinle et al. 2019): the smallest sets on average.
    #[default]
    Lac,
    /// Sum of the probabilities down to and with the label's own (adaptive prediction sets, Romano et
    /// al. 2020, without their randomisation): larger sets that cover hard pictures more evenly.
    Aps,
}

impl ConformalScore {
    /// The score of every label of an answer, in the order of `probabilities`.
    pub fn all(self, probabilities: &[f32]) -> Vec<f64> {
        match self {
            Self::Lac => probabilities.iter().map(|p| 1.0 - f64::from(*p)).collect(),
            Self::Aps => {
                let mut scores = vec![0.0; probabilities.len()];
                let mut sum = 0.0;
                for label in ranking(probabilities) {
                    sum += f64::from(probabilities[label]);
                    scores[label] = sum;
                }
                scores
            }
        }
    }

    /// The score of one label; `None` when there is no such label.
    pub fn of(self, probabilities: &[f32], label: usize) -> Option<f64> {
        self.all(probabilities).get(label).copied()
    }
}

/// The rule that makes prediction sets.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Conformal {
    /// Which score.
    #[serde(default)]
    pub score: ConformalScore,
    /// The stated probability that the true label is in the set, above 0 and below 1.
    pub coverage: f64,
    /// Labels whose score is at most this are in the set.
    pub threshold: f64,
}

/// The labels that cannot be ruled out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PredictionSet {
    /// The stated coverage.
    pub coverage: f64,
    /// Positions of the labels, the most probable first; never empty.
    pub labels: Vec<usize>,
}

/// Why there is no threshold.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ConformalError {
    /// The coverage is not a share.
    #[error("the coverage {coverage} does not lie above 0 and below 1")]
    BadCoverage {
        /// The offending value.
        coverage: f64,
    },
    /// So few pictures cannot promise so much.
    #[error(
        "a coverage of {coverage} needs at least {needed} calibration pictures, there are {found}"
    )]
    TooFew {
        /// The coverage asked for.
        coverage: f64,
        /// Smallest number of pictures.
        needed: usize,
        /// Number given.
        found: usize,
    },
    /// A score is not a number.
    #[error("a score of the calibration pictures is not a number")]
    NotANumber,
}

impl Conformal {
    /// Finds the threshold from the scores of the true labels of calibration pictures.
    ///
    /// # Errors
    ///
    /// When the coverage is no share, there are too few pictures for it, or a score is not a number.
    pub fn fit(
        score: ConformalScore,
        coverage: f64,
        scores: &[f64],
    ) -> Result<Self, ConformalError> {
        if !(coverage > 0.0 && coverage < 1.0) {
            return Err(ConformalError::BadCoverage { coverage });
        }
        if scores.iter().any(|score| !score.is_finite()) {
            return Err(ConformalError::NotANumber);
        }
        let mut sorted = scores.to_vec();
        sorted.sort_by(f64::total_cmp);
        // With n scores the rank is at most n only if n >= c / (1 - c).
        let rank = ((scores.len() + 1) as f64 * coverage - ROUNDING).ceil() as usize;
        match sorted.get(rank.max(1) - 1) {
            Some(threshold) => Ok(Self {
                score,
                coverage,
                threshold: *threshold,
            }),
            None => Err(ConformalError::TooFew {
                coverage,
                needed: (coverage / (1.0 - coverage) - ROUNDING).ceil() as usize,
                found: scores.len(),
            }),
        }
    }

    /// The set of an answer.
    ///
    /// Where no label conforms, the most probable one stands alone: a set without labels would read as
    /// an error, and a label more never lowers the coverage. That a picture is unlike all others is for
    /// the guard to say.
    pub fn set(&self, probabilities: &[f32]) -> PredictionSet {
        let scores = self.score.all(probabilities);
        let order = ranking(probabilities);
        let mut labels: Vec<usize> = order
            .iter()
            .copied()
            .filter(|label| scores[*label] <= self.threshold)
            .collect();
        if labels.is_empty() {
            labels.extend(order.first());
        }
        PredictionSet {
            coverage: self.coverage,
            labels,
        }
    }

    /// What is wrong with the values, if anything: the field and the rest of a sentence.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        if !(self.coverage > 0.0 && self.coverage < 1.0) {
            Some(("coverage", "must be above 0 and below 1"))
        } else if !(self.threshold.is_finite() && self.threshold >= 0.0) {
            Some(("threshold", "must be 0 or more"))
        } else {
            None
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// SplitMix64: numbers between 0 and 1.
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
        }

        /// Probabilities of four labels, overconfident ones, and a true label drawn from flatter ones.
        fn picture(&mut self) -> (Vec<f32>, usize) {
            let logits: Vec<f32> = (0..4).map(|_| (4.0 * self.next() - 2.0) as f32).collect();
            let truth = crate::ensemble::softmax(&logits);
            let mut left = self.next();
            let mut label = 3;
            for (index, p) in truth.iter().enumerate() {
                left -= f64::from(*p);
                if left < 0.0 {
                    label = index;
                    break;
                }
            }
            (crate::ensemble::softmax_at_temperature(&logits, 0.3), label)
        }
    }

    /// Over many calibrations with n pictures, the share of new pictures whose label is covered is
    /// ceil((n + 1) c) / (n + 1): between c and c + 1 / (n + 1). Four standard deviations are allowed.
    #[test]
    fn coverage_is_as_stated_however_wrong_the_probabilities_are() {
        const TRIALS: usize = 4000;
        for score in [ConformalScore::Lac, ConformalScore::Aps] {
            for (n, coverage) in [(19, 0.9), (40, 0.8)] {
                let mut random = Random(7 + n as u64);
                let (mut conforming, mut covered) = (0usize, 0usize);
                for _ in 0..TRIALS {
                    let scores: Vec<f64> = (0..n)
                        .map(|_| {
                            let (probabilities, label) = random.picture();
                            score.of(&probabilities, label).unwrap()
                        })
                        .collect();
                    let rule = Conformal::fit(score, coverage, &scores).unwrap();
                    let (probabilities, label) = random.picture();
                    let own = score.of(&probabilities, label).unwrap();
                    conforming += usize::from(own <= rule.threshold);
                    covered += usize::from(rule.set(&probabilities).labels.contains(&label));
                }
                let exact = ((n + 1) as f64 * coverage - 1e-9).ceil() / (n + 1) as f64;
                let deviation = (exact * (1.0 - exact) / TRIALS as f64).sqrt();
                let share = conforming as f64 / TRIALS as f64;
                assert!(
                    (share - exact).abs() < 4.0 * deviation,
                    "{score:?} {n}: {share} instead of {exact}"
                );
                // The label that is always in the set can only add.
                assert!(covered >= conforming);
            }
        }
    }

    #[test]
    fn the_threshold_is_the_corrected_quantile() {
        let scores: Vec<f64> = (1..=10).rev().map(f64::from).collect();
        let threshold = |coverage| {
            let rule = Conformal::fit(ConformalScore::Lac, coverage, &scores);
            rule.map(|rule| rule.threshold)
        };
        // ceil(11 * 0.5) = 6, ceil(11 * 0.9) = 10, ceil(11 * 0.95) = 11 of 10.
        assert_eq!(threshold(0.5), Ok(6.0));
        assert_eq!(threshold(0.9), Ok(10.0));
        assert_eq!(
            threshold(0.95),
            Err(ConformalError::TooFew {
                coverage: 0.95,
                needed: 19,
                found: 10
            })
        );
        assert!(Conformal::fit(ConformalScore::Lac, 0.95, &[0.5; 19]).is_ok());
        for bad in [0.0, 1.0, -0.5, f64::NAN] {
            assert!(matches!(
                threshold(bad),
                Err(ConformalError::BadCoverage { .. })
            ));
        }
        assert_eq!(
            Conformal::fit(ConformalScore::Lac, 0.5, &[f64::NAN, 0.1]),
            Err(ConformalError::NotANumber)
        );
    }

    #[test]
    fn sets_hold_what_conforms_and_are_never_empty() {
        let rule = |score, threshold| Conformal {
            score,
            coverage: 0.9,
            threshold,
        };
        let probabilities = [0.1, 0.6, 0.3];
        let lac = |threshold| {
            rule(ConformalScore::Lac, threshold)
                .set(&probabilities)
                .labels
        };
        assert_eq!(lac(0.75), [1, 2]);
        assert_eq!(lac(0.95), [1, 2, 0]);
        assert_eq!(lac(0.2), [1], "the most probable stands in for none");
        // Cumulative sums: 0.6, 0.9, 1.0.
        let aps = |threshold| {
            rule(ConformalScore::Aps, threshold)
                .set(&probabilities)
                .labels
        };
        assert_eq!(aps(0.65), [1]);
        assert_eq!(aps(0.95), [1, 2]);
        assert_eq!(aps(0.5), [1]);
    }
}
