//! The difference of two shares of right answers on the same photographs, and its non-inferiority.

use serde::Serialize;

use super::Interval;
use super::distribution::{normal_quantile, normal_tail};
use super::non_inferiority::{checked_margin, checked_significance};
use crate::error::{Error, Result, at_least};

/// Photographs that two have answered, sorted by who was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PairedCounts {
    /// Only the first was right.
    pub only_first: usize,
    /// Only the second was right.
    pub only_second: usize,
    /// All photographs, those included on which both were right or both wrong; at least 1.
    pub pairs: usize,
}

/// A score test of the difference of two paired shares.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PairedProportions {
    /// What was tested.
    pub counts: PairedCounts,
    /// Share of the first less that of the second, -1 to 1.
    pub difference: f64,
    /// How much worse still counts as not worse; above 0 and below 1.
    pub margin: f64,
    /// Score against "worse by the margin", standard normal at the margin.
    pub z: f64,
    /// p value of "the first is worse by the margin or more", one-sided, 0 to 1.
    pub p: f64,
    /// Score interval of the difference with confidence `1 - 2 significance`.
    pub interval: Interval,
}

impl PairedCounts {
    /// Tests whether the first is not worse than the second by the margin or more, with the interval of the
    /// difference (Tango 1998, Statistics in Medicine 17:891).
    ///
    /// Both have values for every count, also without discordant pairs. `significance` is one-sided, above 0
    /// and below 0.5.
    ///
    /// # Errors
    /// No pairs, more discordant pairs than pairs, a margin or significance out of its range.
    pub fn non_inferiority(self, margin: f64, significance: f64) -> Result<PairedProportions> {
        at_least("a difference of shares", "pairs", 1, self.pairs)?;
        let discordant = self.only_first.saturating_add(self.only_second);
        if discordant > self.pairs {
            return Err(Error::OutOfRange {
                what: "the number of discordant pairs",
                range: "at most the number of pairs",
                value: discordant as f64,
            });
        }
        checked_margin(margin)?;
        if margin >= 1.0 {
            return Err(Error::OutOfRange {
                what: "the margin",
                range: "above 0 and below 1",
                value: margin,
            });
        }
        checked_significance(significance)?;
        let z = self.score(-margin);
        let limit = normal_quantile(1.0 - significance);
        Ok(PairedProportions {
            counts: self,
            difference: self.difference(),
            margin,
            z,
            p: normal_tail(z),
            interval: Interval {
                low: self.crossing(limit, -1.0),
                high: self.crossing(-limit, 1.0),
            },
        })
    }

    /// Share of the first less that of the second.
    fn difference(self) -> f64 {
        (self.only_first as f64 - self.only_second as f64) / self.pairs as f64
    }

    /// Tango's score for the hypothesis that the true difference is `difference` (inside -1 to 1).
    fn score(self, difference: f64) -> f64 {
        let (first, second) = (self.only_first as f64, self.only_second as f64);
        let pairs = self.pairs as f64;
        // The likeliest share of "only the second" under the hypothesis solves a quadratic equation.
        let linear = -first - second + (2.0 * pairs - first + second) * difference;
        let constant = -second * difference * (1.0 - difference);
        let root = (linear * linear - 8.0 * pairs * constant).max(0.0).sqrt();
        let likeliest = ((root - linear) / (4.0 * pairs)).max(0.0).max(-difference);
        let variance = pairs * (2.0 * likeliest + difference * (1.0 - difference));
        let distance = first - second - pairs * difference;
        if variance <= 0.0 {
            // Only where nothing was seen and nothing is supposed: at 0 the two agree.
            return if distance == 0.0 {
                0.0
            } else {
                f64::INFINITY.copysign(distance)
            };
        }
        distance / variance.sqrt()
    }

    /// The difference between the estimate and `end` (-1 or 1) whose score is `limit`. Scores fall as the
    /// difference grows.
    fn crossing(self, limit: f64, end: f64) -> f64 {
        let (mut inside, mut outside) = (self.difference(), end);
        for _ in 0..60 {
            let middle = 0.5 * (inside + outside);
            let reached = if end < 0.0 {
                self.score(middle) >= limit
            } else {
                self.score(middle) <= limit
            };
            if reached {
                outside = middle;
            } else {
                inside = middle;
            }
        }
        0.5 * (inside + outside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};

    #[test]
    fn scores_and_intervals_maximise_the_likelihood() {
        for case in golden().paired_proportions {
            let counts = PairedCounts {
                only_first: case.only_first,
                only_second: case.only_second,
                pairs: case.pairs,
            };
            let ours = counts.non_inferiority(case.margin, 0.025).unwrap();
            close(ours.z, case.z, 1e-8);
            close(ours.p, case.p, 1e-8);
            close(ours.interval.low, case.interval[0], 1e-8);
            close(ours.interval.high, case.interval[1], 1e-8);
        }
    }

    #[test]
    fn every_count_has_finite_values() {
        for pairs in [1, 2, 9] {
            for only_first in 0..=pairs {
                for only_second in 0..=pairs - only_first {
                    let counts = PairedCounts {
                        only_first,
                        only_second,
                        pairs,
                    };
                    let ours = counts.non_inferiority(0.1, 0.025).unwrap();
                    assert!(
                        ours.z.is_finite() && (0.0..=1.0).contains(&ours.p),
                        "{ours:?}"
                    );
                    assert!(ours.interval.holds(ours.difference), "{ours:?}");
                    assert!(ours.interval.low >= -1.0 && ours.interval.high <= 1.0);
                }
            }
        }
    }

    #[test]
    fn impossible_counts_and_margins() {
        let counts = |only_first, only_second, pairs| PairedCounts {
            only_first,
            only_second,
            pairs,
        };
        assert!(counts(0, 0, 0).non_inferiority(0.1, 0.025).is_err());
        assert!(counts(2, 2, 3).non_inferiority(0.1, 0.025).is_err());
        assert!(counts(1, 1, 3).non_inferiority(1.0, 0.025).is_err());
        assert!(counts(1, 1, 3).non_inferiority(0.1, 0.6).is_err());
    }
}
