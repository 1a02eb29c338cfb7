//! Whether probabilities mean what they say.

/// Bins of equal width between 0 and 1.
const BINS: usize = 15;

/// Expected calibration error (Guo et al. 2017, arXiv:1706.04599) with 15 bins of equal width.
///
/// `answers` holds, for each picture, the probability of the label that was answered and whether it
/// was right. The result is the mean over all pictures of the difference between the share of right
/// answers and the mean probability in the picture's bin: 0 is perfect, 1 the worst.
pub fn expected_calibration_error(answers: &[(f32, bool)]) -> f64 {
    let mut bins = [(0usize, 0usize, 0.0f64); BINS];
    for (probability, right) in answers {
        // Bins are open on the left, so that 1 belongs to the last one.
        let index = (f64::from(*probability) * BINS as f64).ceil() as usize;
        let (count, hits, sum) = &mut bins[index.clamp(1, BINS) - 1];
        *count += 1;
        *hits += usize::from(*right);
        *sum += f64::from(*probability);
    }
    let total = answers.len().max(1) as f64;
    bins.iter()
        .map(|(_, hits, sum)| (*hits as f64 - sum).abs() / total)
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
}
