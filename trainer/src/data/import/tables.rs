//! Several CSV files read as one, with every fault of all of them.

use std::path::{Path, PathBuf};

use crate::data::csv_table::{CsvCells, CsvTable};
use crate::data::{ManifestError, RowError};
use crate::error::{Error, Result};
use crate::files;

/// Reads all rows of all files.
///
/// `row` is given the number of the file and the cells; `Ok(None)` leaves the row out.
///
/// # Errors
///
/// Every fault of every file, under the file's name; a file that cannot be read is one of them.
pub(super) fn read_all<T>(
    paths: &[PathBuf],
    required: &[&str],
    mut row: impl FnMut(usize, &CsvCells<'_>) -> std::result::Result<Option<T>, Vec<RowError>>,
) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    let mut faulty: Vec<Error> = Vec::new();
    for (number, path) in paths.iter().enumerate() {
        let bytes = match files::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                faulty.push(error);
                continue;
            }
        };
        let faults = match CsvTable::read(&bytes, required) {
            Ok(mut table) => {
                let mut faults = std::mem::take(&mut table.faults);
                for cells in table.rows() {
                    match row(number, &cells) {
                        Ok(found) => rows.extend(found),
                        Err(mut more) => faults.append(&mut more),
                    }
                }
                faults.sort_by_key(|fault| fault.line);
                faults
            }
            Err(faults) => faults,
        };
        if !faults.is_empty() {
            let path = path.clone();
            faulty.push(ManifestError { path, rows: faults }.into());
        }
    }
    if faulty.len() > 1 {
        let texts: Vec<String> = faulty.iter().map(ToString::to_string).collect();
        return Err(Error::input(texts.join("\n")));
    }
    match faulty.pop() {
        Some(error) => Err(error),
        None if rows.is_empty() => Err(Error::input(format!(
            "{}: no row is a picture",
            paths
                .iter()
                .map(|path| name(path))
                .collect::<Vec<_>>()
                .join(", ")
        ))),
        None => Ok(rows),
    }
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

/// A whole number from `least` to `most`; pandas writes one as `7.0` in a column with empty cells.
pub(super) fn whole_number(
    cells: &CsvCells<'_>,
    column: &str,
    least: i64,
    most: i64,
) -> std::result::Result<i64, RowError> {
    let text = cells.get(column);
    let digits = text.strip_suffix(".0").unwrap_or(text);
    match digits.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        Ok(number) if number < least => {
            Err(cells.fault(column, format!("`{text}` is less than {least}")))
        }
        Ok(_) => Err(cells.fault(column, format!("`{text}` is more than {most}"))),
        Err(_) => Err(cells.fault(column, format!("`{text}` is not a whole number"))),
    }
}
