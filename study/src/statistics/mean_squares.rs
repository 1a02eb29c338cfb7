//! The two-way analysis of variance of a table without holes: rows by columns, one value in each cell.

use serde::Serialize;

use crate::error::{Error, Result, at_least, finite};

const NAME: &str = "the analysis of variance";

/// Mean squares of a table, each in the square of the table's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MeanSquares {
    /// Number of rows (surveys, readers), at least 2.
    pub rows: usize,
    /// Number of columns (groups, views), at least 2.
    pub columns: usize,
    /// Between rows, `rows - 1` degrees of freedom; not negative, as all of them.
    pub between_rows: f64,
    /// Between columns, `columns - 1` degrees of freedom.
    pub between_columns: f64,
    /// What rows and columns leave, `(rows - 1) (columns - 1)` degrees of freedom.
    pub residual: f64,
}

impl MeanSquares {
    /// The analysis of a table of equally long rows.
    ///
    /// # Errors
    /// Fewer than two rows or columns, rows of different lengths, values that are not finite.
    pub fn of(table: &[Vec<f64>]) -> Result<Self> {
        at_least(NAME, "rows", 2, table.len())?;
        let (rows, columns) = (table.len(), table[0].len());
        at_least(NAME, "columns", 2, columns)?;
        for (index, row) in table.iter().enumerate() {
            if row.len() != columns {
                return Err(Error::Uneven {
                    what: "rows of the table",
                    position: index + 1,
                    found: row.len(),
                    expected: columns,
                });
            }
            finite("value", row)?;
        }
        let (n, k) = (rows as f64, columns as f64);
        let row_means: Vec<f64> = table
            .iter()
            .map(|row| row.iter().sum::<f64>() / k)
            .collect();
        let column_means: Vec<f64> = (0..columns)
            .map(|column| table.iter().map(|row| row[column]).sum::<f64>() / n)
            .collect();
        let mean = row_means.iter().sum::<f64>() / n;
        let largest = table.iter().flatten().fold(0.0_f64, |m, v| m.max(v.abs()));
        // A sum of squares that is nothing but rounding is zero.
        let cleaned = |squares: f64| {
            if squares.is_finite() && squares <= n * k * (1e-14 * largest).powi(2) {
                0.0
            } else {
                squares
            }
        };
        let spread = |means: &[f64]| means.iter().map(|m| (m - mean).powi(2)).sum::<f64>();
        let residual: f64 = (0..rows)
            .flat_map(|i| (0..columns).map(move |j| (i, j)))
            .map(|(i, j)| (table[i][j] - row_means[i] - column_means[j] + mean).powi(2))
            .sum();
        let squares = [
            cleaned(k * spread(&row_means)) / (n - 1.0),
            cleaned(n * spread(&column_means)) / (k - 1.0),
            cleaned(residual) / ((n - 1.0) * (k - 1.0)),
        ];
        // Values may be too large to be squared.
        finite("mean square", &squares)?;
        Ok(Self {
            rows,
            columns,
            between_rows: squares[0],
            between_columns: squares[1],
            residual: squares[2],
        })
    }

    /// Mean square within rows: columns and residual together, `rows (columns - 1)` degrees of freedom.
    pub fn within_rows(&self) -> f64 {
        let n = self.rows as f64;
        (self.between_columns + (n - 1.0) * self.residual) / n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrout_and_fleiss_mean_squares() {
        let table = [
            [9., 2., 5., 8.],
            [6., 1., 3., 2.],
            [8., 4., 6., 8.],
            [7., 1., 2., 6.],
            [10., 5., 6., 9.],
            [6., 2., 4., 7.],
        ]
        .map(|row| row.to_vec());
        let squares = MeanSquares::of(&table).unwrap();
        // Their table 3: 11.24 between targets, 6.26 within, 32.49 between judges, 1.02 residual.
        assert!((squares.between_rows - 11.24).abs() < 0.005);
        assert!((squares.within_rows() - 6.26).abs() < 0.005);
        assert!((squares.between_columns - 32.49).abs() < 0.005);
        assert!((squares.residual - 1.02).abs() < 0.005);
    }

    #[test]
    fn a_table_without_spread_is_all_zeros_and_a_bad_one_an_error() {
        let flat = vec![vec![0.1 + 0.2; 3]; 5];
        let squares = MeanSquares::of(&flat).unwrap();
        assert_eq!(
            (
                squares.between_rows,
                squares.within_rows(),
                squares.residual
            ),
            (0.0, 0.0, 0.0)
        );
        assert!(MeanSquares::of(&[vec![1e300, 0.0], vec![0.0, -1e300]]).is_err());
        assert!(MeanSquares::of(&[]).is_err());
        assert!(MeanSquares::of(&[vec![1.0, 2.0]]).is_err());
        assert!(MeanSquares::of(&[vec![1.0], vec![2.0]]).is_err());
        let uneven = [vec![1.0, 2.0], vec![2.0]];
        assert!(matches!(
            MeanSquares::of(&uneven),
            Err(Error::Uneven { position: 2, .. })
        ));
        assert!(MeanSquares::of(&[vec![1.0, 2.0], vec![2.0, f64::INFINITY]]).is_err());
    }
}
