//! Whether the first is not worse than the second by more than a margin; a large p of a test of difference
//! says nothing of the kind.

use serde::Serialize;

use super::Interval;
use super::distribution::{t_quantile, t_tail};
use super::estimate::Estimate;
use crate::error::{Error, Result, inside_unit};

/// Tests of a difference against a margin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NonInferiority {
    /// What was tested: first less second.
    pub estimate: Estimate,
    /// How much worse still counts as not worse, in the unit of the values; above 0.
    pub margin: f64,
    /// `(value + margin) / standard error`.
    pub t: f64,
    /// p value of "the first is worse by the margin or more", one-sided; below the level of significance the
    /// first is not inferior.
    pub p: f64,
    /// p value of "both differ by the margin or more" (two one-sided tests); below the level of significance
    /// both are equivalent.
    pub p_equivalence: f64,
    /// The interval of confidence `1 - 2 significance` that belongs to both: above `-margin` means not inferior,
    /// within the margins means equivalent.
    pub interval: Interval,
}

/// Tests non-inferiority and equivalence of a difference, for example a mean of paired ones (two one-sided
/// t tests: Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657).
///
/// `significance` is that of each one-sided test, above 0 and below 0.5, usually 0.025 or 0.05. The margin
/// must be chosen before the study.
///
/// # Errors
/// A margin that is not above 0; a significance, or an estimate, out of its range.
pub fn non_inferiority(
    estimate: Estimate,
    margin: f64,
    significance: f64,
) -> Result<NonInferiority> {
    estimate.check()?;
    checked_margin(margin)?;
    checked_significance(significance)?;
    let Estimate {
        value,
        standard_error,
        df,
    } = estimate;
    let t = (value + margin) / standard_error;
    let p = t_tail(t, df);
    let not_better = t_tail((margin - value) / standard_error, df);
    let half_width = t_quantile(1.0 - significance, df) * standard_error;
    Ok(NonInferiority {
        estimate,
        margin,
        t,
        p,
        p_equivalence: p.max(not_better),
        interval: Interval::around(value, half_width),
    })
}

/// Refuses a margin that is not above 0.
pub(super) fn checked_margin(margin: f64) -> Result<()> {
    if margin > 0.0 && margin.is_finite() {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what: "the margin",
        range: "above 0",
        value: margin,
    })
}

/// Refuses a one-sided level that is not above 0 and below 1/2.
pub(super) fn checked_significance(significance: f64) -> Result<()> {
    inside_unit(
        "twice the one-sided level of significance",
        2.0 * significance,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};
    use crate::statistics::{Differences, paired_t};

    #[test]
    fn tests_are_scipys_and_statsmodels() {
        for case in golden().non_inferiority {
            let differences = Differences::of(&case.first, &case.second).unwrap();
            let ours = non_inferiority(differences.estimate(), case.margin, 0.05).unwrap();
            close(ours.t, case.t, 1e-9);
            close(ours.p, case.p, 1e-9);
            close(ours.interval.low, case.lower, 1e-9);
            close(ours.p_equivalence, case.p_equivalence, 1e-9);
            assert_eq!(ours.p < 0.05, ours.interval.low > -case.margin);
        }
    }

    /// The paper reads p = 1 of equal means as equality. With a spread as its surveys have, equal means of
    /// 30 surveys are equivalent within 10% but not within 3%.
    #[test]
    fn a_difference_of_zero_is_no_proof_of_equality() {
        let same = Differences::summary(30, 0.0, 0.1).unwrap();
        assert_eq!(paired_t(same, 0.95).unwrap().p, 1.0);
        let wide = non_inferiority(same.estimate(), 0.10, 0.025).unwrap();
        let narrow = non_inferiority(same.estimate(), 0.03, 0.025).unwrap();
        assert!(wide.p_equivalence < 0.001 && narrow.p_equivalence > 0.05);
    }

    #[test]
    fn margins_and_levels_out_of_range() {
        let same = Differences::summary(30, 0.0, 0.1).unwrap();
        assert!(non_inferiority(same.estimate(), 0.0, 0.05).is_err());
        assert!(non_inferiority(same.estimate(), f64::NAN, 0.05).is_err());
        assert!(non_inferiority(same.estimate(), 0.1, 0.5).is_err());
    }
}
