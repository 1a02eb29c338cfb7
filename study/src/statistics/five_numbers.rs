//! What a box plot draws: quartiles, whiskers and what lies beyond them.

use serde::Serialize;

use crate::error::{Result, at_least, finite};

const NAME: &str = "a box plot";

/// How many interquartile ranges a whisker reaches at most (Tukey 1977, Exploratory Data Analysis).
const REACH: f64 = 1.5;

/// The numbers of a box plot, all in the unit of the values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FiveNumbers {
    /// The lowest value that is no outlier.
    pub low_whisker: f64,
    /// A quarter of the values lies below.
    pub lower_quartile: f64,
    /// Half of the values lie below.
    pub median: f64,
    /// Three quarters of the values lie below.
    pub upper_quartile: f64,
    /// The highest value that is no outlier.
    pub high_whisker: f64,
    /// Values more than 1.5 interquartile ranges outside of the box, from low to high.
    pub outliers: Vec<f64>,
}

impl FiveNumbers {
    /// The numbers of some values, in any order; one value is all of its numbers.
    ///
    /// Quartiles are interpolated between values (Hyndman and Fan 1996, definition 7, as NumPy does).
    ///
    /// # Errors
    /// No values, values that are not finite.
    pub fn of(values: &[f64]) -> Result<Self> {
        at_least(NAME, "values", 1, values.len())?;
        finite("value", values)?;
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let [lower_quartile, median, upper_quartile] =
            [0.25, 0.5, 0.75].map(|share| quantile(&sorted, share));
        let reach = REACH * (upper_quartile - lower_quartile);
        // Equal quartiles of fractions may differ from a value by rounding, which makes no outlier.
        let rounding = 1e-12 * upper_quartile.abs().max(lower_quartile.abs());
        let inside = lower_quartile - reach - rounding..=upper_quartile + reach + rounding;
        let (within, outliers): (Vec<f64>, Vec<f64>) =
            sorted.into_iter().partition(|value| inside.contains(value));
        // A whisker begins at its quartile, also where no value lies between.
        let end = |value: Option<&f64>, quartile: f64| value.copied().unwrap_or(quartile);
        Ok(Self {
            low_whisker: end(within.first(), lower_quartile).min(lower_quartile),
            lower_quartile,
            median,
            upper_quartile,
            high_whisker: end(within.last(), upper_quartile).max(upper_quartile),
            outliers,
        })
    }
}

/// A quantile of sorted values (at least one), interpolated as NumPy does.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let position = share * (sorted.len() - 1) as f64;
    let below = (position.floor() as usize).min(sorted.len() - 1);
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (position - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_and_whiskers_of_small_cases() {
        // numpy.percentile([1, 2, 4, 8, 30], [25, 50, 75]) is [2, 4, 8]; 30 is beyond 8 + 1.5 * 6.
        let ours = FiveNumbers::of(&[30.0, 8.0, 1.0, 4.0, 2.0]).unwrap();
        assert_eq!(
            [ours.lower_quartile, ours.median, ours.upper_quartile],
            [2.0, 4.0, 8.0]
        );
        assert_eq!((ours.low_whisker, ours.high_whisker), (1.0, 8.0));
        assert_eq!(ours.outliers, [30.0]);
        // numpy.percentile([1, 2, 3, 4], [25, 50, 75]) is [1.75, 2.5, 3.25].
        let ours = FiveNumbers::of(&[4.0, 3.0, 2.0, 1.0]).unwrap();
        assert_eq!(
            [ours.lower_quartile, ours.median, ours.upper_quartile],
            [1.75, 2.5, 3.25]
        );
        assert!(ours.outliers.is_empty());
    }

    #[test]
    fn equal_values_one_value_and_none() {
        let same = FiveNumbers::of(&[0.1 + 0.2; 7]).unwrap();
        assert!(same.outliers.is_empty());
        assert_eq!(same.low_whisker, same.high_whisker);
        assert_eq!(FiveNumbers::of(&[2.5]).unwrap().median, 2.5);
        assert!(FiveNumbers::of(&[]).is_err());
        assert!(FiveNumbers::of(&[1.0, f64::NAN]).is_err());
    }
}
