//! An estimate with its standard error, and Student's t test of it.

use serde::Serialize;

use super::Interval;
use super::distribution::{t_quantile, t_two_sided};
use crate::error::{Result, inside_unit};

/// An estimated difference (or mean) and how far it is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate, in the unit of the values (accuracies: -1 to 1).
    pub value: f64,
    /// Its standard error in the same unit, above 0.
    pub standard_error: f64,
    /// Degrees of freedom of the standard error, above 0.
    pub df: f64,
}

/// A two-sided t test of an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TTest {
    /// What was tested.
    pub estimate: Estimate,
    /// The estimate over its standard error.
    pub t: f64,
    /// `P(|T| >= |t|)` if the true value is 0; 0 to 1.
    pub p: f64,
    /// Interval of confidence of the true value, in its unit.
    pub interval: Interval,
}

impl Estimate {
    /// Tests whether the true value is zero, with its interval.
    ///
    /// # Errors
    /// A level of confidence that is not above 0 and below 1.
    pub fn test(self, confidence: f64) -> Result<TTest> {
        inside_unit("the level of confidence", confidence)?;
        let t = self.value / self.standard_error;
        let half_width = t_quantile(0.5 + confidence / 2.0, self.df) * self.standard_error;
        Ok(TTest {
            estimate: self,
            t,
            p: t_two_sided(t, self.df),
            interval: Interval::around(self.value, half_width),
        })
    }
}
