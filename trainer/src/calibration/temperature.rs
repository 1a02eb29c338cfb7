//! Temperature scaling (Guo et al. 2017, arXiv:1706.04599): one number that logits are divided by.

/// The temperatures that a fit may give. At its ends the pictures say no more than "surer" or "less
/// sure": all answers right, or no better than chance.
pub const TEMPERATURES: std::ops::RangeInclusive<f64> = 0.05..=20.0;

/// Halvings of the interval: its width is then below the resolution of `f64`.
const HALVINGS: usize = 64;

/// The temperature with the smallest mean negative log-likelihood of the true labels.
///
/// The likelihood is concave in the inverse temperature `b`: the derivative of its negative logarithm,
/// the sum of `E[logit] - logit of the true label` with the expectation at `b`, only grows, and the
/// minimum is found by bisection.
///
/// `logits` holds one row a picture, which may be shifted by any constant (logarithms of
/// probabilities); `targets` the position of its true label. 1 without pictures.
pub fn fit_temperature(logits: &[&[f32]], targets: &[usize]) -> f64 {
    if logits.is_empty() {
        return 1.0;
    }
    let slope = |log_inverse: f64| -> f64 {
        let inverse = log_inverse.exp();
        let rows = logits.iter().zip(targets);
        rows.map(|(row, target)| expected_logit(row, inverse) - f64::from(row[*target]))
            .sum()
    };
    let mut low = -TEMPERATURES.end().ln();
    let mut high = -TEMPERATURES.start().ln();
    if slope(low) >= 0.0 {
        return *TEMPERATURES.end();
    }
    if slope(high) <= 0.0 {
        return *TEMPERATURES.start();
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if slope(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (-0.5 * (low + high)).exp()
}

/// Mean of the logits under their own softmax at an inverse temperature.
fn expected_logit(row: &[f32], inverse: f64) -> f64 {
    let largest = f64::from(row.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let (mut sum, mut total) = (0.0, 0.0);
    for logit in row {
        let logit = f64::from(*logit);
        let weight = ((logit - largest) * inverse).exp();
        sum += weight * logit;
        total += weight;
    }
    sum / total
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::seed;
    use genoderm_model::ensemble::{softmax, softmax_at_temperature};
    use rand::Rng;

    /// Logits whose labels were drawn from them at a known temperature.
    fn simulated(temperature: f32, pictures: usize) -> (Vec<Vec<f32>>, Vec<usize>) {
        let mut random = seed::generator(&[5, pictures as u64]);
        let mut logits = Vec::new();
        let mut targets = Vec::new();
        for _ in 0..pictures {
            let row: Vec<f32> = (0..7).map(|_| 8.0 * random.random::<f32>()).collect();
            let mut left = random.random::<f32>();
            let truth = softmax_at_temperature(&row, temperature);
            let drawn = truth.iter().position(|p| {
                left -= p;
                left < 0.0
            });
            targets.push(drawn.unwrap_or(6));
            logits.push(row);
        }
        (logits, targets)
    }

    #[test]
    fn a_known_temperature_is_found_again() {
        for known in [0.5_f32, 1.0, 2.5] {
            let (logits, targets) = simulated(known, 20_000);
            let rows: Vec<&[f32]> = logits.iter().map(Vec::as_slice).collect();
            let found = fit_temperature(&rows, &targets);
            assert!(
                (found / f64::from(known) - 1.0).abs() < 0.03,
                "{known}: {found}"
            );
            // Logarithms of the probabilities say the same as the logits.
            let logs: Vec<Vec<f32>> = logits
                .iter()
                .map(|row| softmax(row).into_iter().map(f32::ln).collect())
                .collect();
            let rows: Vec<&[f32]> = logs.iter().map(Vec::as_slice).collect();
            let again = fit_temperature(&rows, &targets);
            assert!((again / found - 1.0).abs() < 1e-5, "{again} {found}");
        }
    }

    #[test]
    fn hopeless_and_perfect_answers_end_at_the_bounds() {
        let row: &[f32] = &[3.0, 0.0];
        assert_eq!(fit_temperature(&[row], &[0]), *TEMPERATURES.start());
        assert_eq!(fit_temperature(&[row], &[1]), *TEMPERATURES.end());
        assert_eq!(fit_temperature(&[], &[]), 1.0);
    }

    #[derive(serde::Deserialize)]
    struct Golden {
        labels: usize,
        logits: Vec<f32>,
        targets: Vec<usize>,
        temperature: f64,
    }

    /// scipy's minimiser finds the same temperature; see `tests/reference/calibration.py`.
    #[test]
    fn the_temperature_is_scipys() {
        let golden: Golden = serde_json::from_str(include_str!(
            "../../../tests/reference/goldens/temperature.json"
        ))
        .unwrap();
        let rows: Vec<&[f32]> = golden.logits.chunks(golden.labels).collect();
        let found = fit_temperature(&rows, &golden.targets);
        assert!(
            (found / golden.temperature - 1.0).abs() < 1e-6,
            "{found} {}",
            golden.temperature
        );
    }
}
