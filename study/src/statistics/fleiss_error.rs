//! How far Fleiss' kappa is known: its standard error over photographs.

use super::estimate::Estimate;
use super::fleiss::{fleiss_kappa, total};
use crate::error::{Error, Result, at_least};

const NAME: &str = "the standard error of Fleiss' kappa";

/// Fleiss' kappa with the standard error that it has with other photographs, and `photographs - 1` degrees
/// of freedom; `counts` as for [`fleiss_kappa`].
///
/// The variance is that of the linearised coefficient (Gwet 2021, Educational and Psychological Measurement
/// 81:781), which also holds where readers agree more than by chance; that of Fleiss, Nee and Landis
/// (1979) does not.
///
/// # Errors
/// Those of [`fleiss_kappa`]; fewer than two photographs; photographs that all count the same, as with
/// perfect agreement on equally many of each label.
pub fn fleiss_estimate(counts: &[Vec<usize>]) -> Result<Estimate> {
    let whole = fleiss_kappa(counts)?;
    at_least(NAME, "photographs", 2, counts.len())?;
    let photographs = counts.len() as f64;
    let readers = total(&counts[0]) as f64;
    let labels = counts[0].len();
    let shares: Vec<f64> = (0..labels)
        .map(|label| {
            counts.iter().map(|row| row[label] as f64).sum::<f64>() / (photographs * readers)
        })
        .collect();
    let beyond_chance = 1.0 - whole.expected;
    let squares: f64 = counts
        .iter()
        .map(|row| {
            let agreeing: f64 = row
                .iter()
                .map(|count| *count as f64 * (*count as f64 - 1.0))
                .sum();
            let observed = agreeing / (readers * (readers - 1.0));
            let expected: f64 = row
                .iter()
                .zip(&shares)
                .map(|(count, share)| share * *count as f64 / readers)
                .sum();
            let own = (observed - whole.expected) / beyond_chance
                - 2.0 * (1.0 - whole.kappa) * (expected - whole.expected) / beyond_chance;
            (own - whole.kappa).powi(2)
        })
        .sum();
    let standard_error = (squares / (photographs * (photographs - 1.0))).sqrt();
    // Rounding is no spread.
    if standard_error <= 1e-14 {
        return Err(Error::NoVariation {
            statistic: NAME,
            what: "all photographs say the same",
        });
    }
    Ok(Estimate {
        value: whole.kappa,
        standard_error,
        df: photographs - 1.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};

    fn counts() -> Vec<Vec<usize>> {
        let raters = golden().raters;
        let mut counts = vec![vec![0; 7]; raters.answers.len()];
        for (row, answers) in counts.iter_mut().zip(&raters.answers) {
            answers.iter().for_each(|answer| row[*answer] += 1);
        }
        counts
    }

    #[test]
    fn standard_error_and_interval_are_irrcacs() {
        let raters = golden().raters;
        let ours = fleiss_estimate(&counts()).unwrap();
        // The package rounds to five decimals.
        assert!((ours.standard_error - raters.fleiss_standard_error).abs() < 6e-6);
        let interval = ours.test(0.95).unwrap().interval;
        assert!((interval.low - raters.fleiss_interval[0]).abs() < 6e-4);
        assert!((interval.high - raters.fleiss_interval[1]).abs() < 6e-4);
        close(ours.value, raters.fleiss, 1e-9);
    }

    /// The error of a mean of values that each leave one photograph out (Tukey's jackknife) is the same in
    /// the limit of many photographs.
    #[test]
    fn it_is_near_the_jackknifes() {
        let counts = counts();
        let n = counts.len() as f64;
        let without: Vec<f64> = (0..counts.len())
            .map(|left_out| {
                let mut rest = counts.clone();
                rest.remove(left_out);
                fleiss_kappa(&rest).unwrap().kappa
            })
            .collect();
        let mean = without.iter().sum::<f64>() / n;
        let squares: f64 = without.iter().map(|kappa| (kappa - mean).powi(2)).sum();
        let jackknife = ((n - 1.0) / n * squares).sqrt();
        let ours = fleiss_estimate(&counts).unwrap().standard_error;
        assert!((ours / jackknife - 1.0).abs() < 0.05, "{ours} {jackknife}");
    }

    #[test]
    fn what_has_no_standard_error() {
        assert!(fleiss_estimate(&[vec![1, 1]]).is_err());
        let perfect = [vec![3, 0], vec![0, 3]];
        assert!(matches!(
            fleiss_estimate(&perfect),
            Err(Error::NoVariation { .. })
        ));
        assert!(fleiss_estimate(&[]).is_err());
    }
}
