//! A share of right answers with Wilson's interval.

use serde::Serialize;

use super::Interval;
use super::distribution::normal_quantile;
use crate::error::{Error, Result, at_least, inside_unit};

/// A share with its interval, both 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// How many were right.
    pub right: usize,
    /// Of how many.
    pub total: usize,
    /// `right / total`.
    pub value: f64,
    /// Wilson's score interval.
    pub interval: Interval,
}

/// The share `right / total` with Wilson's score interval (Wilson 1927, JASA 22:209).
///
/// It holds for answers that are independent of each other: one reader's to different photographs, not
/// several readers' to the same ones (see [`difference_for_others`](super::difference_for_others) for those).
/// `confidence` is above 0 and below 1.
///
/// # Errors
/// No answers, more right ones than there are, a level of confidence out of its range.
pub fn wilson(right: usize, total: usize, confidence: f64) -> Result<Share> {
    at_least("a share of right answers", "answers", 1, total)?;
    inside_unit("the level of confidence", confidence)?;
    if right > total {
        return Err(Error::OutOfRange {
            what: "the number of right answers",
            range: "at most the number of answers",
            value: right as f64,
        });
    }
    let n = total as f64;
    let value = right as f64 / n;
    let square = normal_quantile(0.5 + confidence / 2.0).powi(2);
    let centre = (value + square / (2.0 * n)) / (1.0 + square / n);
    let half =
        (square * (value * (1.0 - value) / n + square / (4.0 * n * n))).sqrt() / (1.0 + square / n);
    Ok(Share {
        right,
        total,
        value,
        interval: Interval {
            // Exact at the ends, where rounding would leave a trace.
            low: if right == 0 { 0.0 } else { centre - half },
            high: if right == total { 1.0 } else { centre + half },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};

    #[test]
    fn intervals_are_statsmodels() {
        for case in golden().wilson {
            let ours = wilson(case.right, case.total, case.level).unwrap().interval;
            close(ours.low, case.interval[0], 1e-9);
            close(ours.high, case.interval[1], 1e-9);
        }
    }

    #[test]
    fn ends_and_impossible_counts() {
        assert_eq!(wilson(0, 5, 0.95).unwrap().interval.low, 0.0);
        assert_eq!(wilson(5, 5, 0.95).unwrap().interval.high, 1.0);
        assert!(wilson(0, 0, 0.95).is_err());
        assert!(wilson(3, 2, 0.95).is_err());
        assert!(wilson(1, 2, 1.0).is_err());
    }
}
