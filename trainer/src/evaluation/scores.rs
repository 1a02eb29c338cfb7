//! Small numbers about answers.

use genoderm_study::statistics::wilson;

/// Position of the largest value; the first of equal ones, 0 for none.
pub fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best
}

/// Mean cross-entropy of logits, weighted by the true label's weight; in `f64`.
pub fn cross_entropy(logits: &[Vec<f32>], targets: &[usize], weights: &[f32]) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for (row, target) in logits.iter().zip(targets) {
        let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let shifted = |value: f32| f64::from(value) - f64::from(largest);
        let log_sum: f64 = row
            .iter()
            .map(|value| shifted(*value).exp())
            .sum::<f64>()
            .ln();
        let weight = f64::from(weights[*target]);
        sum += weight * (log_sum - shifted(row[*target]));
        total += weight;
    }
    sum / total
}

/// The 95% interval of a share of `right` in `count` trials (Wilson 1927); from 0 to 1 without trials.
pub fn wilson_interval(right: usize, count: usize) -> [f64; 2] {
    match wilson(right, count, 0.95) {
        Ok(share) => [share.interval.low, share.interval.high],
        Err(_) => [0.0, 1.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_values_wins() {
        assert_eq!(argmax(&[0.1, 0.7, 0.7, 0.2]), 1);
        assert_eq!(argmax(&[-3.0, -1.0]), 1);
        assert_eq!(argmax(&[]), 0);
    }

    #[test]
    fn cross_entropy_of_equal_logits_is_the_log_of_their_number() {
        let logits = vec![vec![2.0; 4], vec![-1.0; 4]];
        let loss = cross_entropy(&logits, &[0, 3], &[1.0; 4]);
        assert!((loss - 4f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn cross_entropy_counts_pictures_by_their_labels_weight() {
        // Logit differences of ln 3: the right class has probability 3/4, then 1/4.
        let a = 3f32.ln();
        let logits = vec![vec![a, 0.0], vec![a, 0.0]];
        let loss = cross_entropy(&logits, &[0, 1], &[3.0, 1.0]);
        let expected = (3.0 * (4.0f64 / 3.0).ln() + 4f64.ln()) / 4.0;
        assert!((loss - expected).abs() < 1e-7);
    }

    #[test]
    fn wilson_matches_published_values() {
        // Newcombe 1998, table I: 81/263 and 15/148, method 3; and 0/20.
        for (right, count, expected) in [
            (81, 263, [0.2553, 0.3662]),
            (15, 148, [0.0624, 0.1605]),
            (0, 20, [0.0, 0.1611]),
        ] {
            let found = wilson_interval(right, count);
            assert!((found[0] - expected[0]).abs() < 5e-5, "{found:?}");
            assert!((found[1] - expected[1]).abs() < 5e-5, "{found:?}");
        }
    }
}
