//! Several tests of one study: Holm's correction.

use crate::error::{Error, Result};

/// The p values of a family of tests, adjusted by Holm's step-down method (Holm 1979, Scand. J. Stat. 6:65).
///
/// In the order given, each 0 to 1 and none below what it was. A test is significant at level a, with at
/// most probability a of any false one in the family, where its adjusted p is at most a. No tests have
/// no adjusted values.
///
/// # Errors
/// A value that is not a probability.
pub fn holm(p: &[f64]) -> Result<Vec<f64>> {
    if let Some(value) = p.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Error::OutOfRange {
            what: "a p value",
            range: "from 0 to 1",
            value: *value,
        });
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut least = 0.0_f64;
    for (rank, index) in order.into_iter().enumerate() {
        least = least.max((p.len() - rank) as f64 * p[index]).min(1.0);
        adjusted[index] = least;
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};

    #[test]
    fn adjusted_values_are_statsmodels() {
        for case in golden().holm {
            let ours = holm(&case.p).unwrap();
            for (ours, theirs) in ours.iter().zip(&case.adjusted) {
                close(*ours, *theirs, 1e-12);
            }
        }
    }

    #[test]
    fn no_tests_and_no_probabilities() {
        assert_eq!(holm(&[]), Ok(vec![]));
        assert!(holm(&[0.5, f64::NAN]).is_err());
        assert!(holm(&[1.5]).is_err());
    }
}
