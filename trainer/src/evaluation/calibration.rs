//! Whether probabilities mean what they say.

use serde::Serialize;

/// Bins of equal width between 0 and 1.
const BINS: usize = 15;

/// The answers whose probability lies in one bin: a point of the reliability diagram.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// The bin holds probabilities above this,
    pub above: f64,
    /// up to this.
    pub up_to: f64,
    /// How many answers, at least 1.
    pub pictures: usize,
    /// Mean probability of the answers.
    pub probability: f64,
    /// Share of them that were right.
    pub accuracy: f64,
}

/// The reliability diagram with 15 bins of equal width; empty bins are left out.
///
/// `answers` holds, for each picture, the probability of the label that was answered and whether it
/// was right.
pub fn reliability(answers: &[(f32, bool)]) -> Vec<ReliabilityBin> {
    let mut bins = [(0usize, 0usize, 0.0f64); BINS];
    for (probability, right) in answers {
        // Bins are open on the left, so that 1 belongs to the last one.
        let index = (f64::from(*probability) * BINS as f64).ceil() as usize;
        let (count, hits, sum) = &mut bins[index.clamp(1, BINS) - 1];
        *count += 1;
        *hits += usize::from(*right);
        *sum += f64::from(*probability);
    }
    let filled = bins.iter().enumerate().filter(|(_, bin)| bin.0 > 0);
    filled
        .map(|(index, (count, hits, sum))| ReliabilityBin {
            above: index as f64 / BINS as f64,
            up_to: (index + 1) as f64 / BINS as f64,
            pictures: *count,
            probability: sum / *count as f64,
            accuracy: *hits as f64 / *count as f64,
        })
        .collect()
}

/// Expected calibration error (Guo et al. 2017, arXiv:1706.04599) with 15 bins of equal width.
///
/// The mean over all pictures of the difference between the share of right answers and the mean
/// probability in the picture's bin: 0 is perfect, 1 the worst. See [`reliability`] for `answers`.
pub fn expected_calibration_error(answers: &[(f32, bool)]) -> f64 {
    let total = answers.len().max(1) as f64;
    reliability(answers)
        .iter()
        .map(|bin| bin.pictures as f64 * (bin.accuracy - bin.probability).abs() / total)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sure_and_right_is_perfect_and_sure_and_wrong_the_worst() {
        assert_eq!(expected_calibration_error(&[(1.0, true); 4]), 0.0);
        assert_eq!(expected_calibration_error(&[(1.0, false); 4]), 1.0);
        assert_eq!(expected_calibration_error(&[]), 0.0);
    }

    #[test]
    fn the_difference_is_taken_in_each_bin() {
        // 0.9 twice with one right: |1/2 - 0.9| = 0.4; 0.3 twice, none right: 0.3. Mean: 0.35.
        let answers = [(0.9, true), (0.9, false), (0.3, false), (0.3, false)];
        assert!((expected_calibration_error(&answers) - 0.35).abs() < 1e-6);
    }

    #[test]
    fn the_diagram_has_one_point_for_each_bin_in_use() {
        let answers = [
            (0.9, true),
            (0.9, false),
            (0.3, false),
            (1.0, true),
            (0.0, false),
        ];
        let bins = reliability(&answers);
        let counts: Vec<usize> = bins.iter().map(|bin| bin.pictures).collect();
        assert_eq!(counts, [1, 1, 2, 1]);
        for bin in &bins[1..] {
            assert!(bin.above < bin.probability && bin.probability <= bin.up_to + 1e-6);
        }
        assert_eq!((bins[2].accuracy, bins[3].up_to), (0.5, 1.0));
    }
}
