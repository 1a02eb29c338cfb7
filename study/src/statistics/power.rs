//! How many pairs of readers a study needs, before it is done.

use super::distribution::{normal_cdf, normal_quantile, t_quantile};
use super::noncentral_t::noncentral_t_cdf;
use crate::error::{Error, Result, at_least, finite, inside_unit};

/// The largest study that is looked for.
const MOST_PAIRS: usize = 1_000_000;

/// What a study of pairs is planned for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairedDesign {
    /// The mean difference to be found, in the unit of the deviation (accuracies: -1 to 1 or percent).
    pub difference: f64,
    /// Standard deviation of the differences; above 0.
    pub deviation: f64,
    /// Two-sided level of significance; above 0 and below 1, usually 0.05.
    pub significance: f64,
}

impl PairedDesign {
    fn checked(&self) -> Result<f64> {
        finite("the difference", &[self.difference])?;
        inside_unit("the level of significance", self.significance)?;
        if !(self.deviation > 0.0 && self.deviation.is_finite()) {
            return Err(Error::OutOfRange {
                what: "the standard deviation of the differences",
                range: "above 0",
                value: self.deviation,
            });
        }
        // Both directions are found equally well.
        Ok((self.difference / self.deviation).abs())
    }

    /// The probability that the two-sided paired t test of `pairs` pairs is significant; 0 to 1.
    ///
    /// By noncentral t (Cohen 1988, chapter 2; the exact power for normal differences).
    ///
    /// # Errors
    /// Fewer than two pairs; numbers out of their ranges.
    pub fn power(&self, pairs: usize) -> Result<f64> {
        let effect = self.checked()?;
        at_least("the power of the paired t test", "pairs", 2, pairs)?;
        let df = (pairs - 1) as f64;
        let shift = effect * (pairs as f64).sqrt();
        let critical = t_quantile(1.0 - self.significance / 2.0, df);
        let missed = noncentral_t_cdf(critical, df, shift) - noncentral_t_cdf(-critical, df, shift);
        Ok((1.0 - missed).clamp(0.0, 1.0))
    }

    /// The same with the normal distribution instead of t, one tail: the formula of the paper,
    /// `1 - Phi(z - difference / (deviation / sqrt(pairs)))`. It is too high for few pairs.
    ///
    /// # Errors
    /// No pairs; numbers out of their ranges.
    pub fn normal_power(&self, pairs: usize) -> Result<f64> {
        let effect = self.checked()?;
        at_least("the power of the paired z test", "pairs", 1, pairs)?;
        let critical = normal_quantile(1.0 - self.significance / 2.0);
        Ok(normal_cdf(effect * (pairs as f64).sqrt() - critical))
    }

    /// The fewest pairs, at least 2, whose [`power`](Self::power) is at least the given one (above 0, below 1).
    ///
    /// # Errors
    /// Numbers out of their ranges; a difference that is so small that a million pairs do not suffice.
    pub fn pairs_for(&self, power: f64) -> Result<usize> {
        inside_unit("the power", power)?;
        let mut enough = 2;
        while self.power(enough)? < power {
            if enough >= MOST_PAIRS {
                return Err(Error::OutOfRange {
                    what: "the difference to be found, in standard deviations,",
                    range: "large enough for a million pairs",
                    value: self.checked()?,
                });
            }
            enough = (2 * enough).min(MOST_PAIRS);
        }
        let mut too_few = enough / 2;
        while enough - too_few > 1 {
            let middle = too_few + (enough - too_few) / 2;
            if middle >= 2 && self.power(middle)? < power {
                too_few = middle;
            } else {
                enough = middle;
            }
        }
        Ok(enough.max(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::golden;

    fn design(effect: f64, significance: f64) -> PairedDesign {
        PairedDesign {
            difference: effect,
            deviation: 1.0,
            significance,
        }
    }

    #[test]
    fn powers_and_sizes_are_statsmodels() {
        for case in golden().power.powers {
            let ours = design(case.effect, case.alpha).power(case.pairs).unwrap();
            assert!((ours - case.power).abs() < 1e-9, "{case:?}: {ours}");
        }
        for case in golden().power.sizes {
            let ours = design(case.effect, 0.05).pairs_for(case.power).unwrap();
            assert_eq!(ours, case.pairs, "{case:?}");
        }
    }

    #[test]
    fn more_pairs_never_have_less_power_and_bad_plans_are_errors() {
        let plan = design(0.4, 0.05);
        let powers: Vec<f64> = (2..200).map(|pairs| plan.power(pairs).unwrap()).collect();
        assert!(powers.is_sorted());
        assert_eq!(design(0.0, 0.05).pairs_for(0.04).unwrap(), 2);
        assert_eq!(design(50.0, 0.05).pairs_for(0.9).unwrap(), 2);
        assert!(design(0.0, 0.05).pairs_for(0.8).is_err());
        assert!(design(1e-9, 0.05).pairs_for(0.8).is_err());
        assert!(plan.power(1).is_err() && plan.pairs_for(1.0).is_err());
        assert!(design(f64::NAN, 0.05).power(9).is_err());
        assert!(design(0.5, 0.0).power(9).is_err());
        let no_spread = PairedDesign {
            deviation: 0.0,
            ..plan
        };
        assert!(no_spread.power(9).is_err());
    }
}
