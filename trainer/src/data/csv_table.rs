//! A CSV file with a header line: every fault is kept, none stops the reading.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::data::RowError;

/// The well-formed records of a CSV file, and the faults of the others.
pub(super) struct CsvTable {
    /// Names of the columns in the order of the file.
    pub header: Vec<String>,
    /// Records that are no records: wrong number of cells, not UTF-8.
    pub faults: Vec<RowError>,
    columns: BTreeMap<String, usize>,
    records: Vec<StringRecord>,
}

/// One record with the names of its columns.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    /// Line of the file, from 1 (the header is line 1).
    pub line: u64,
    table: &'a CsvTable,
    record: &'a StringRecord,
}

impl CsvTable {
    /// Reads all records; the header must have the `required` columns.
    pub fn read(bytes: &[u8], required: &[&str]) -> Result<Self, Vec<RowError>> {
        let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
        let header: Vec<String> = match reader.headers() {
            // Spreadsheet programs begin a UTF-8 file with a byte-order mark.
            Ok(header) => header
                .iter()
                .map(|name| name.trim_start_matches('\u{feff}').trim().to_string())
                .collect(),
            Err(error) => return Err(vec![unreadable(&error)]),
        };
        let columns = columns(&header, required)?;
        let mut table = Self {
            header,
            faults: Vec::new(),
            columns,
            records: Vec::new(),
        };
        for record in reader.records() {
            match record {
                Ok(record) => table.records.push(record),
                Err(error) => table.faults.push(unreadable(&error)),
            }
        }
        Ok(table)
    }

    /// The records in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = Cells<'_>> {
        self.records.iter().map(|record| Cells {
            line: record.position().map_or(0, csv::Position::line),
            table: self,
            record,
        })
    }
}

impl<'a> Cells<'a> {
    /// The trimmed cell, empty when the column is absent.
    pub fn get(&self, name: &str) -> &'a str {
        self.table
            .columns
            .get(name)
            .and_then(|position| self.record.get(*position))
            .unwrap_or("")
            .trim()
    }

    /// The trimmed cell, `None` when it is empty or the column is absent.
    pub fn optional(&self, name: &str) -> Option<&'a str> {
        Some(self.get(name)).filter(|cell| !cell.is_empty())
    }

    /// A fault of this record.
    pub fn fault(&self, column: &str, cause: impl Into<String>) -> RowError {
        RowError {
            line: self.line,
            column: column.into(),
            cause: cause.into(),
        }
    }
}

fn columns(header: &[String], required: &[&str]) -> Result<BTreeMap<String, usize>, Vec<RowError>> {
    let fault = |column: &str, cause: &str| RowError {
        line: 1,
        column: column.into(),
        cause: cause.into(),
    };
    let mut faults = Vec::new();
    let mut columns = BTreeMap::new();
    for (position, name) in header.iter().enumerate() {
        if columns.insert(name.clone(), position).is_some() {
            faults.push(fault(name, "appears twice in the header"));
        }
    }
    for name in required {
        if !columns.contains_key(*name) {
            faults.push(fault(name, "is missing from the header"));
        }
    }
    if faults.is_empty() {
        Ok(columns)
    } else {
        Err(faults)
    }
}

fn unreadable(error: &csv::Error) -> RowError {
    RowError {
        line: error.position().map_or(1, csv::Position::line),
        column: String::new(),
        cause: match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => format!("has {len} cells where the header has {expected_len}"),
            csv::ErrorKind::Utf8 { .. } => "is not UTF-8 text".into(),
            _ => error.to_string(),
        },
    }
}
