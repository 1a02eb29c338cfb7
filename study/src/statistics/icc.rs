//! Intraclass correlation: how much of the spread of a table lies between its rows.
//!
//! Forms and intervals after McGraw and Wong 1996 (Psychological Methods 1:30), tables 4 and 7, who
//! follow Shrout and Fleiss 1979. Correlation of accuracies says how far surveys are easy or hard for
//! everyone; it is no agreement on answers, for which there are kappa and alpha.

use serde::Serialize;

use super::Interval;
use super::distribution::{f_tail, f_upper_quantile};
use super::mean_squares::MeanSquares;
use crate::error::{Error, Result, at_least, finite, inside_unit};

const NAME: &str = "the intraclass correlation";

/// Which of the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IccForm {
    /// One-way random effects, ICC(1): each row has other raters.
    OneWay,
    /// Two-way random effects, absolute agreement, ICC(A): differences between columns count.
    Agreement,
    /// Two-way, consistency, ICC(C): differences between columns do not count.
    Consistency,
}

/// A coefficient with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Coefficient {
    /// At most 1; negative where values of one row differ more than those of different rows.
    pub value: f64,
    /// Its interval of confidence.
    pub interval: Interval,
}

/// An intraclass correlation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Icc {
    /// The form that was computed.
    pub form: IccForm,
    /// Of one value of a row; at least -1/(columns - 1) for one-way and consistency.
    pub single: Coefficient,
    /// Of the mean of a row. `None` where it is unbounded below: rows have all the same mean, or its interval
    /// reaches there.
    pub average: Option<Coefficient>,
    /// The test that the coefficient is zero: F of rows, infinite (`None`) without a residual.
    pub f: Option<f64>,
    /// p value of that test, 0 to 1.
    pub p: f64,
}

/// The intraclass correlation of a table, given its mean squares.
///
/// A table whose rows are constant (and, for agreement, equal columns) has the value 1 with the interval
/// from 1 to 1.
///
/// # Errors
/// Mean squares that are negative or not finite; a table in which nothing varies (for agreement also one of two
/// by two whose means do not vary); a level of confidence that is not above 0 and below 1.
pub fn icc(squares: &MeanSquares, form: IccForm, confidence: f64) -> Result<Icc> {
    inside_unit("the level of confidence", confidence)?;
    let squares = &checked(squares)?;
    let tail = (1.0 - confidence) / 2.0;
    let rows = squares.rows as f64;
    let columns = squares.columns as f64;
    let df = match form {
        IccForm::OneWay => rows * (columns - 1.0),
        IccForm::Agreement | IccForm::Consistency => (rows - 1.0) * (columns - 1.0),
    };
    let within = match form {
        IccForm::OneWay => squares.within_rows(),
        IccForm::Agreement | IccForm::Consistency => squares.residual,
    };
    let unexplained = match form {
        IccForm::Agreement => within + squares.between_columns,
        IccForm::OneWay | IccForm::Consistency => within,
    };
    if squares.between_rows + unexplained <= 0.0 {
        return Err(Error::NoVariation {
            statistic: NAME,
            what: "all values are the same",
        });
    }
    let (value, interval) = if unexplained <= 0.0 {
        (
            1.0,
            Interval {
                low: 1.0,
                high: 1.0,
            },
        )
    } else if form == IccForm::Agreement {
        agreement(squares, tail)?
    } else {
        ratio(squares.between_rows, within, columns, rows - 1.0, df, tail)
    };
    let f = (within > 0.0).then(|| squares.between_rows / within);
    Ok(Icc {
        form,
        single: Coefficient { value, interval },
        average: average(value, interval, columns),
        f,
        p: f.map_or(0.0, |f| f_tail(f, rows - 1.0, df)),
    })
}

/// The same mean squares as shares of the largest, so that no product of them overflows.
fn checked(squares: &MeanSquares) -> Result<MeanSquares> {
    at_least(NAME, "rows", 2, squares.rows)?;
    at_least(NAME, "columns", 2, squares.columns)?;
    let all = [
        squares.between_rows,
        squares.between_columns,
        squares.residual,
    ];
    finite("mean square", &all)?;
    if let Some(value) = all.into_iter().find(|square| *square < 0.0) {
        return Err(Error::OutOfRange {
            what: "a mean square",
            range: "at least 0",
            value,
        });
    }
    let largest = all.into_iter().fold(f64::MIN_POSITIVE, f64::max);
    Ok(MeanSquares {
        between_rows: squares.between_rows / largest,
        between_columns: squares.between_columns / largest,
        residual: squares.residual / largest,
        ..*squares
    })
}

/// One-way and consistency: both are `(F - 1) / (F + k - 1)`, and so are the ends of their intervals.
fn ratio(
    between: f64,
    within: f64,
    columns: f64,
    df_rows: f64,
    df: f64,
    tail: f64,
) -> (f64, Interval) {
    // Multiplied out, so that a residual of zero is no division by zero.
    let of = |between: f64, within: f64| (between - within) / (between + (columns - 1.0) * within);
    let low = of(between, within * f_upper_quantile(tail, df_rows, df));
    let high = of(between * f_upper_quantile(tail, df, df_rows), within);
    let value = of(between, within);
    let interval = Interval {
        low: low.min(value),
        high: high.max(value),
    };
    (value, interval)
}

/// Agreement: Satterthwaite's approximation gives the degrees of freedom of columns and residual together.
fn agreement(squares: &MeanSquares, tail: f64) -> Result<(f64, Interval)> {
    let (n, k) = (squares.rows as f64, squares.columns as f64);
    let MeanSquares {
        between_rows,
        between_columns,
        residual,
        ..
    } = *squares;
    let whole = between_rows + (k - 1.0 - k / n) * residual + k * between_columns / n;
    if whole <= 1e-12 {
        // Only two rows and two columns with one mean, but for rounding, can come here.
        return Err(Error::NoVariation {
            statistic: NAME,
            what: "neither rows nor columns vary in their means",
        });
    }
    let value = (between_rows - residual) / whole;
    // McGraw and Wong's a and b, both multiplied with n (1 - value).
    let of_columns = k * value * between_columns;
    let of_residual = (n + value * (k * n - k - n)) * residual;
    let df = (of_columns + of_residual).powi(2)
        / (of_columns.powi(2) / (k - 1.0) + of_residual.powi(2) / ((n - 1.0) * (k - 1.0)));
    // The two parts can cancel out where the value is negative. The fewest degrees of freedom that
    // still give a number are then as good as none: the interval is the widest.
    let df = if df.is_finite() { df.max(0.05) } else { 0.05 };
    let noise = k * between_columns + (k * n - k - n) * residual;
    let lower = f_upper_quantile(tail, n - 1.0, df);
    let upper = f_upper_quantile(tail, df, n - 1.0);
    // Divided by the quantile, which may be near the largest number.
    let low = n * (between_rows / lower - residual) / (noise + n * between_rows / lower);
    let high = n * (between_rows - residual / upper) / (noise / upper + n * between_rows);
    // Rounding, or a tail near 1/2, must not put the value outside.
    let interval = Interval {
        low: low.min(value),
        high: high.max(value),
    };
    Ok((value, interval))
}

/// The coefficient of the mean of a row from that of one value (Spearman and Brown), ends included.
fn average(value: f64, interval: Interval, columns: f64) -> Option<Coefficient> {
    let stepped = |single: f64| {
        let denominator = 1.0 + (columns - 1.0) * single;
        (denominator > 1e-12).then(|| columns * single / denominator)
    };
    Some(Coefficient {
        value: stepped(value)?,
        interval: Interval {
            low: stepped(interval.low)?,
            high: stepped(interval.high)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};

    #[test]
    fn coefficients_intervals_and_tests_are_pingouins() {
        for case in golden().icc {
            let squares = MeanSquares::of(&case.table).unwrap();
            for (form, theirs) in [
                (IccForm::OneWay, &case.one_way),
                (IccForm::Agreement, &case.agreement),
                (IccForm::Consistency, &case.consistency),
            ] {
                let ours = icc(&squares, form, 0.95).unwrap();
                let average = ours.average.unwrap();
                close(ours.single.value, theirs.single, 1e-9);
                close(ours.single.interval.low, theirs.single_interval[0], 1e-8);
                close(ours.single.interval.high, theirs.single_interval[1], 1e-8);
                close(average.value, theirs.average, 1e-8);
                close(average.interval.low, theirs.average_interval[0], 1e-7);
                close(average.interval.high, theirs.average_interval[1], 1e-7);
                close(ours.f.unwrap(), theirs.f, 1e-9);
                close(ours.p, theirs.p, 1e-8);
            }
        }
    }

    fn rounded(ours: f64, printed: f64, places: i32) {
        let half = 0.5 * 10_f64.powi(-places) + 1e-9;
        assert!((ours - printed).abs() <= half, "{ours} is not {printed}");
    }

    /// Shrout and Fleiss 1979, table 2, with McGraw and Wong's intervals.
    #[test]
    fn the_shrout_and_fleiss_table() {
        let squares = MeanSquares::of(&golden().icc[0].table).unwrap();
        for (form, value, low, high) in [
            (IccForm::OneWay, 0.166, -0.133, 0.723),
            (IccForm::Agreement, 0.290, 0.019, 0.761),
            (IccForm::Consistency, 0.715, 0.342, 0.946),
        ] {
            let ours = icc(&squares, form, 0.95).unwrap().single;
            rounded(ours.value, value, 3);
            rounded(ours.interval.low, low, 3);
            rounded(ours.interval.high, high, 3);
        }
    }

    #[test]
    fn tables_without_residual_or_spread() {
        let forms = [IccForm::OneWay, IccForm::Agreement, IccForm::Consistency];
        let same_columns = [vec![1.0, 1.0], vec![2.0, 2.0], vec![4.0, 4.0]];
        let squares = MeanSquares::of(&same_columns).unwrap();
        for form in forms {
            let ours = icc(&squares, form, 0.95).unwrap();
            assert_eq!((ours.single.value, ours.p, ours.f), (1.0, 0.0, None));
            assert_eq!(
                (ours.single.interval.low, ours.single.interval.high),
                (1.0, 1.0)
            );
        }
        let shifted = [vec![1.0, 2.0], vec![2.0, 3.0], vec![4.0, 5.0]];
        let squares = MeanSquares::of(&shifted).unwrap();
        let ours = icc(&squares, IccForm::Consistency, 0.95).unwrap().single;
        assert_eq!((ours.value, ours.interval.low), (1.0, 1.0));
        let ours = icc(&squares, IccForm::Agreement, 0.95).unwrap().single;
        assert!(
            ours.value < 1.0 && ours.interval.holds(ours.value),
            "{ours:?}"
        );

        let flat = MeanSquares::of(&vec![vec![0.5; 2]; 4]).unwrap();
        for form in forms {
            assert!(matches!(
                icc(&flat, form, 0.95),
                Err(Error::NoVariation { .. })
            ));
        }
        // Rows with one mean: the least possible value, and no coefficient of means.
        let least = [vec![0.0, 1.0], vec![1.0, 0.0], vec![0.5, 0.5]];
        let squares = MeanSquares::of(&least).unwrap();
        for form in forms {
            let ours = icc(&squares, form, 0.95).unwrap();
            assert!(
                ours.single.value < 0.0 && ours.average.is_none(),
                "{ours:?}"
            );
            assert!(ours.single.interval.low.is_finite() && ours.single.interval.high.is_finite());
            assert_eq!(ours.p, 1.0);
        }
        assert!(icc(&squares, IccForm::OneWay, 0.0).is_err());
    }

    /// Degrees of freedom that cancel out give wide intervals, never NaN.
    #[test]
    fn no_mean_squares_give_nan() {
        let values = [0.0, 1e-12, 0.3, 1.0, 7.0, 1e9, 1e300];
        for (rows, columns) in [(2, 2), (30, 3), (5, 40)] {
            for between_rows in values {
                for between_columns in values {
                    for residual in values {
                        let squares = MeanSquares {
                            rows,
                            columns,
                            between_rows,
                            between_columns,
                            residual,
                        };
                        let Ok(ours) = icc(&squares, IccForm::Agreement, 0.95) else {
                            continue;
                        };
                        let Interval { low, high } = ours.single.interval;
                        assert!(
                            low <= high && ours.single.value.is_finite(),
                            "{squares:?} {ours:?}"
                        );
                        assert!(
                            low.is_finite() && high <= 1.0 + 1e-12,
                            "{squares:?} {ours:?}"
                        );
                    }
                }
            }
        }
    }
}
