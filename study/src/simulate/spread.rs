//! How alike the answers of one reader must be for readers to differ by a known standard deviation.

use crate::error::{Error, Result, at_least, inside_unit};
use crate::statistics::distribution::{normal_cdf, normal_quantile};

/// The correlation of a reader's answers that gives accuracies of `questions` answers this standard deviation.
///
/// For [`SimulatedGroup::reader_correlation`](super::SimulatedGroup::reader_correlation). `accuracy` is the
/// mean, above 0 and below 1, and `deviation` that of the readers' accuracies, as a share of 1. Chance alone
/// makes accuracies deviate by `sqrt(accuracy (1 - accuracy) / questions)`: up to that the correlation is 0.
///
/// # Errors
/// Numbers out of their ranges; a deviation that no correlation gives.
pub fn reader_correlation(accuracy: f64, deviation: f64, questions: usize) -> Result<f64> {
    inside_unit("the mean accuracy", accuracy)?;
    at_least("an accuracy", "questions", 1, questions)?;
    let n = questions as f64;
    let chance = accuracy * (1.0 - accuracy);
    let most = chance.sqrt();
    if !(0.0..most).contains(&deviation) {
        return Err(Error::OutOfRange {
            what: "the standard deviation of accuracies",
            range: "at least 0, and below that of readers who are always right or always wrong",
            value: deviation,
        });
    }
    let variance = |correlation| {
        let shared = both_right(accuracy, correlation) - accuracy * accuracy;
        chance / n + (1.0 - 1.0 / n) * shared
    };
    let (mut low, mut high) = (0.0, 1.0);
    if variance(low) >= deviation * deviation {
        return Ok(0.0);
    }
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if variance(middle) < deviation * deviation {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(0.5 * (low + high))
}

/// The probability that two answers of one reader are both right: given the reader, they are independent.
/// Simpson's rule over eight standard deviations to each side.
fn both_right(accuracy: f64, correlation: f64) -> f64 {
    let (steps, reach) = (800, 8.0);
    let limit = normal_quantile(accuracy);
    let rest = (1.0 - correlation).max(1e-12).sqrt();
    let width = 2.0 * reach / f64::from(steps);
    let value = |step: i32| {
        let reader = -reach + width * f64::from(step);
        let right = normal_cdf((limit + correlation.sqrt() * reader) / rest);
        (-0.5 * reader * reader).exp() * right * right
    };
    let sum: f64 = (0..=steps)
        .map(|step| match step {
            0 => value(step),
            _ if step == steps => value(step),
            _ if step % 2 == 1 => 4.0 * value(step),
            _ => 2.0 * value(step),
        })
        .sum();
    sum * width / 3.0 / std::f64::consts::TAU.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sheppard 1899: at a mean of 1/2 both are right with 1/4 + asin(correlation) / (2 pi).
    #[test]
    fn both_right_is_sheppards_formula() {
        for correlation in [0.0_f64, 0.2, 0.5, 0.9] {
            let theirs = 0.25 + correlation.asin() / std::f64::consts::TAU;
            assert!((both_right(0.5, correlation) - theirs).abs() < 1e-9);
        }
    }

    #[test]
    fn correlations_grow_with_the_deviation() {
        let of = |deviation| reader_correlation(0.44, deviation, 28).unwrap();
        assert_eq!(of(0.05), 0.0);
        assert!(of(0.12) > 0.0 && of(0.14) > of(0.12));
        assert!(reader_correlation(0.44, 0.6, 28).is_err());
        assert!(reader_correlation(1.0, 0.1, 28).is_err());
        assert!(reader_correlation(0.5, f64::NAN, 28).is_err());
        assert!(reader_correlation(0.5, 0.1, 0).is_err());
    }
}
