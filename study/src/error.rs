//! What can be wrong with the numbers that a statistic is asked for.

/// Why a statistic has no value.
///
/// Every statistic of this crate either has a finite value or gives one of these; none is NaN.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// There are too few values.
    #[error("{statistic} needs at least {needed} {what}, and there are {found}")]
    TooFew {
        /// The statistic that was asked for.
        statistic: &'static str,
        /// What there is too little of, in the plural.
        what: &'static str,
        /// The smallest number that will do.
        needed: usize,
        /// The number that there is.
        found: usize,
    },
    /// All values are the same where the statistic compares with their spread.
    #[error("{statistic} is undefined: {what}")]
    NoVariation {
        /// The statistic that was asked for.
        statistic: &'static str,
        /// What does not vary.
        what: &'static str,
    },
    /// A value is infinite or not a number.
    #[error("{what} {position} is {value}, which is no finite number")]
    NotFinite {
        /// What the values are, in the singular.
        what: &'static str,
        /// Which of them, from 1.
        position: usize,
        /// The value.
        value: f64,
    },
    /// A setting or value lies outside of its range.
    #[error("{what} must be {range}, and is {value}")]
    OutOfRange {
        /// The setting.
        what: &'static str,
        /// The range in words.
        range: &'static str,
        /// The value.
        value: f64,
    },
    /// Rows or lists that belong together have different lengths.
    #[error("{what}: number {position} has {found} where {expected} belong")]
    Uneven {
        /// What the rows are.
        what: &'static str,
        /// Which row, from 1.
        position: usize,
        /// Its length.
        found: usize,
        /// The length of the others.
        expected: usize,
    },
}

/// The result of a statistic.
pub type Result<T> = std::result::Result<T, Error>;

/// Refuses fewer than `needed` of something.
pub(crate) fn at_least(
    statistic: &'static str,
    what: &'static str,
    needed: usize,
    found: usize,
) -> Result<()> {
    if found >= needed {
        Ok(())
    } else {
        Err(Error::TooFew {
            statistic,
            what,
            needed,
            found,
        })
    }
}

/// Refuses infinite values and NaN.
pub(crate) fn finite(what: &'static str, values: &[f64]) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(Error::NotFinite {
            what,
            position: index + 1,
            value: values[index],
        }),
    }
}

/// Refuses a probability that is not above 0 and below 1 (a level of confidence, of significance, of power).
pub(crate) fn inside_unit(what: &'static str, value: f64) -> Result<()> {
    if value > 0.0 && value < 1.0 {
        Ok(())
    } else {
        Err(Error::OutOfRange {
            what,
            range: "above 0 and below 1",
            value,
        })
    }
}

/// Refuses lists of different lengths.
pub(crate) fn even(what: &'static str, first: usize, second: usize) -> Result<()> {
    if first == second {
        Ok(())
    } else {
        Err(Error::Uneven {
            what,
            position: 2,
            found: second,
            expected: first,
        })
    }
}
