//! How far probabilities and prediction sets keep what they promise.

use serde::{Deserialize, Serialize};

use crate::evaluation::{argmax, expected_calibration_error, wilson_interval};

/// Whether probabilities mean what they say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// How many pictures.
    pub pictures: usize,
    /// Share of right answers, 0 to 1.
    pub accuracy: f64,
    /// Mean negative log-likelihood of the true labels, in nats.
    pub nll: f64,
    /// Expected calibration error, 15 bins.
    pub calibration_error: f64,
}

impl Reliability {
    /// Measures probabilities, one row a picture, against true labels.
    pub fn of(probabilities: &[Vec<f32>], targets: &[usize]) -> Self {
        let pairs = || probabilities.iter().zip(targets);
        let answers: Vec<(f32, bool)> = pairs()
            .map(|(row, target)| {
                let answer = argmax(row);
                (row.get(answer).copied().unwrap_or(0.0), answer == *target)
            })
            .collect();
        let right = answers.iter().filter(|(_, right)| *right).count();
        // A probability of nothing would make the mean infinite: the smallest number stands in.
        let loss: f64 = pairs()
            .map(|(row, target)| -f64::from(row[*target].max(f32::MIN_POSITIVE)).ln())
            .sum();
        let count = targets.len().max(1) as f64;
        Self {
            pictures: targets.len(),
            accuracy: right as f64 / count,
            nll: loss / count,
            calibration_error: expected_calibration_error(&answers),
        }
    }
}

/// How often prediction sets hold the true label, and how large they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetFigures {
    /// How many pictures.
    pub pictures: usize,
    /// The stated coverage.
    pub stated: f64,
    /// Share of pictures whose set holds the true label.
    pub coverage: f64,
    /// Its 95% interval (Wilson).
    pub coverage_interval: [f64; 2],
    /// Mean number of labels in a set.
    pub mean_size: f64,
    /// Share of sets with a single label.
    pub singletons: f64,
}

impl SetFigures {
    /// Measures sets against true labels.
    pub fn of(stated: f64, sets: &[&[usize]], targets: &[usize]) -> Self {
        let hits = sets
            .iter()
            .zip(targets)
            .filter(|(set, target)| set.contains(target))
            .count();
        let labels: usize = sets.iter().map(|set| set.len()).sum();
        let single = sets.iter().filter(|set| set.len() == 1).count();
        let count = sets.len().max(1) as f64;
        Self {
            pictures: sets.len(),
            stated,
            coverage: hits as f64 / count,
            coverage_interval: wilson_interval(hits, sets.len()),
            mean_size: labels as f64 / count,
            singletons: single as f64 / count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_of_two_pictures() {
        let rows = [vec![0.5, 0.25, 0.25], vec![0.0, 1.0, 0.0]];
        let found = Reliability::of(&rows, &[0, 1]);
        assert_eq!(found.accuracy, 1.0);
        assert!((found.nll - 0.5 * 2.0_f64.ln()).abs() < 1e-12);
        assert!((found.calibration_error - 0.25).abs() < 1e-12);
        // A true label with probability 0 costs much, but a finite number.
        assert!(Reliability::of(&rows, &[0, 2]).nll.is_finite());
    }

    #[test]
    fn sets_are_counted() {
        let found = SetFigures::of(0.9, &[&[1], &[0, 2], &[2, 1, 0], &[0]], &[1, 2, 0, 2]);
        assert_eq!(found.coverage, 0.75);
        assert_eq!(found.mean_size, 1.75);
        assert_eq!(found.singletons, 0.5);
    }
}
