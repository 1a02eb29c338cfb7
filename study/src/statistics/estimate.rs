//! An estimate with its standard error, and Student's t test of it.

use serde::Serialize;

use super::Interval;
use super::distribution::{t_quantile, t_two_sided};
use crate::error::{Error, Result, finite, inside_unit};

/// An estimated difference (or mean) and how far it is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate, in the unit of the values (accuracies: -1 to 1).
    pub value: f64,
    /// Its standard error in the same unit, above 0.
    pub standard_error: f64,
    /// Degrees of freedom of the standard error, at least 1.
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
    /// Refuses fields that are out of their ranges.
    pub(super) fn check(self) -> Result<()> {
        finite("the estimate", &[self.value])?;
        let range = |what, range, value| Error::OutOfRange { what, range, value };
        if !(self.standard_error > 0.0 && self.standard_error.is_finite()) {
            return Err(range("the standard error", "above 0", self.standard_error));
        }
        if !(self.df >= 1.0 && self.df.is_finite()) {
            return Err(range("the degrees of freedom", "at least 1", self.df));
        }
        Ok(())
    }

    /// Tests whether the true value is zero, with its interval.
    ///
    /// # Errors
    /// A level of confidence that is not above 0 and below 1; fields out of their ranges.
    pub fn test(self, confidence: f64) -> Result<TTest> {
        self.check()?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_out_of_their_ranges_are_errors() {
        let fine = Estimate {
            value: 0.2,
            standard_error: 0.1,
            df: 9.0,
        };
        let test = fine.test(0.95).unwrap();
        assert!((test.t - 2.0).abs() < 1e-12 && test.interval.low < 0.0);
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let errors = [
                Estimate { df: bad, ..fine },
                Estimate {
                    standard_error: bad,
                    ..fine
                },
            ];
            assert!(errors.iter().all(|estimate| estimate.test(0.95).is_err()));
        }
        let far = Estimate {
            value: 1e300,
            standard_error: 1e-300,
            ..fine
        };
        assert_eq!(far.test(0.95).unwrap().p, 0.0);
    }
}
