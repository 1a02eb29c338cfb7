//! Student's t test of paired differences: the same surveys, answered by two groups or in two views.

use serde::Serialize;

use super::estimate::{Estimate, TTest};
use crate::error::{Error, Result, at_least, even, finite};

const NAME: &str = "the paired t test";

/// Mean and spread of the differences of pairs.
///
/// All tests of differences start from here, so that published means and standard deviations can be
/// tested as well as values of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Differences {
    /// Number of pairs, at least 2.
    pub pairs: usize,
    /// Mean of first less second, in their unit (accuracies: -1 to 1).
    pub mean: f64,
    /// Standard deviation of the differences (divisor `pairs - 1`), in the same unit; above 0.
    pub deviation: f64,
}

impl Differences {
    /// The differences `first[i] - second[i]`.
    ///
    /// # Errors
    /// Lists of different lengths, fewer than two pairs, values that are not finite, and differences that
    /// are all the same: their spread is then zero, and t has no value.
    pub fn of(first: &[f64], second: &[f64]) -> Result<Self> {
        even("paired values", first.len(), second.len())?;
        at_least(NAME, "pairs", 2, first.len())?;
        finite("value", first)?;
        finite("value", second)?;
        let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
        let pairs = differences.len();
        let mean = differences.iter().sum::<f64>() / pairs as f64;
        let squares: f64 = differences.iter().map(|d| (d - mean).powi(2)).sum();
        let deviation = (squares / (pairs - 1) as f64).sqrt();
        // Equal differences of fractions (1/28 steps) differ by rounding, which is no spread.
        let largest = first
            .iter()
            .chain(second)
            .fold(0.0_f64, |m, v| m.max(v.abs()));
        if deviation <= 1e-13 * largest {
            return Err(Error::NoVariation {
                statistic: NAME,
                what: "all differences are the same",
            });
        }
        Self::summary(pairs, mean, deviation)
    }

    /// From published numbers.
    ///
    /// # Errors
    /// Fewer than two pairs, numbers that are not finite, a standard deviation that is not above 0.
    pub fn summary(pairs: usize, mean: f64, deviation: f64) -> Result<Self> {
        at_least(NAME, "pairs", 2, pairs)?;
        finite("number", &[mean, deviation])?;
        if deviation <= 0.0 {
            return Err(Error::OutOfRange {
                what: "the standard deviation of the differences",
                range: "above 0",
                value: deviation,
            });
        }
        Ok(Self {
            pairs,
            mean,
            deviation,
        })
    }

    /// The mean difference with its standard error and `pairs - 1` degrees of freedom.
    pub fn estimate(&self) -> Estimate {
        Estimate {
            value: self.mean,
            standard_error: self.deviation / (self.pairs as f64).sqrt(),
            df: self.pairs.saturating_sub(1) as f64,
        }
    }
}

/// Tests whether the mean difference is zero, two-sided (Student 1908), with its interval.
///
/// `confidence` is above 0 and below 1, usually 0.95.
///
/// # Errors
/// A level of confidence, or fields, out of their ranges.
pub fn paired_t(differences: Differences, confidence: f64) -> Result<TTest> {
    differences.estimate().test(confidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};

    #[test]
    fn tests_and_intervals_are_scipys() {
        for case in golden().paired_t {
            let differences = Differences::of(&case.first, &case.second).unwrap();
            let test = paired_t(differences, 0.95).unwrap();
            close(test.t, case.t, 1e-9);
            close(test.p, case.p, 1e-9);
            close(test.interval.low, case.interval[0], 1e-9);
            close(test.interval.high, case.interval[1], 1e-9);
            let wide = paired_t(differences, 0.99).unwrap();
            close(wide.interval.low, case.interval_99[0], 1e-9);
            close(wide.interval.high, case.interval_99[1], 1e-9);
        }
    }

    #[test]
    fn what_has_no_t_is_an_error() {
        let same: Vec<f64> = (0..30).map(|i| f64::from(i) / 28.0).collect();
        let shifted: Vec<f64> = same.iter().map(|v| v + 0.1).collect();
        for other in [&same, &shifted] {
            let error = Differences::of(&same, other).unwrap_err();
            assert_eq!(
                error.to_string(),
                "the paired t test is undefined: all differences are the same"
            );
        }
        assert!(matches!(
            Differences::of(&[0.5], &[0.1]),
            Err(Error::TooFew { found: 1, .. })
        ));
        assert!(matches!(
            Differences::of(&[], &[]),
            Err(Error::TooFew { .. })
        ));
        assert!(matches!(
            Differences::of(&[0.1, 0.2], &[0.1]),
            Err(Error::Uneven { .. })
        ));
        assert!(matches!(
            Differences::of(&[0.1, f64::NAN], &[0.1, 0.2]),
            Err(Error::NotFinite { position: 2, .. })
        ));
        assert!(Differences::summary(30, 0.1, 0.0).is_err());
        let fine = Differences::summary(30, 0.0, 0.1).unwrap();
        assert_eq!(paired_t(fine, 0.95).unwrap().p, 1.0);
        assert!(paired_t(fine, 1.0).is_err() && paired_t(fine, f64::NAN).is_err());
    }
}
