//! A CSV file with a header line: every fault is kept, none stops the reading.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::data::RowError;

/// The well-formed records of a CSV file, and the faults of the others.
pub(crate) struct CsvTable {
    /// Names of the columns in the order of the file.
    pub header: Vec<String>,
    /// Records that are no records: wrong number of cells, not UTF-8.
    pub faults: Vec<RowError>,
    columns: BTreeMap<String, usize>,
    records: Vec<(u64, StringRecord)>,
}

/// One record with the names of its columns.
#[derive(Clone, Copy)]
pub(crate) struct CsvCells<'a> {
    /// Line of the file, from 1 (the header is line 1).
    pub line: u64,
    table: &'a CsvTable,
    record: &'a StringRecord,
}

impl CsvTable {
    /// Reads all records; the header must have the `required` columns.
    pub fn read(bytes: &[u8], required: &[&str]) -> Result<Self, Vec<RowError>> {
        let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
        let mut lines = Lines::of(bytes);
        let header: Vec<String> = match reader.headers() {
            // Spreadsheet programs begin a UTF-8 file with a byte-order mark.
            Ok(header) => header
                .iter()
                .map(|name| name.trim_start_matches('\u{feff}').trim().to_string())
                .collect(),
            Err(error) => return Err(vec![unreadable(&error, &mut lines)]),
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
                Ok(record) => table.records.push((lines.at(record.position()), record)),
                Err(error) => table.faults.push(unreadable(&error, &mut lines)),
            }
        }
        Ok(table)
    }

    /// The records in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = CsvCells<'_>> {
        self.records.iter().map(|(line, record)| CsvCells {
            line: *line,
            table: self,
            record,
        })
    }
}

/// Tells the lines of records, which are asked for in the order of the file.
///
/// The reader's own count is that of where it stopped before a record: it knows nothing of the line
/// feed after a carriage return, nor of empty lines.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            counted: 0,
            line: 1,
        }
    }

    /// The line, from 1, of the record that is read from here on; 1 when the place is unknown.
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let place = position.and_then(|position| usize::try_from(position.byte()).ok());
        let start = place.unwrap_or(0).min(self.bytes.len());
        let ends = self.bytes[start..].iter();
        let ends = ends.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let start = start + ends.count();
        let passed = self.bytes.get(self.counted..start).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = self.counted.max(start);
        self.line
    }
}

impl<'a> CsvCells<'a> {
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

fn unreadable(error: &csv::Error, lines: &mut Lines<'_>) -> RowError {
    RowError {
        line: lines.at(error.position()),
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The lines of the rows and of the faults.
    fn lines(text: &[u8]) -> (Vec<u64>, Vec<u64>) {
        let table = CsvTable::read(text, &["a"]).unwrap();
        let faults = table.faults.iter().map(|fault| fault.line);
        (
            table.rows().map(|cells| cells.line).collect(),
            faults.collect(),
        )
    }

    #[test]
    fn rows_are_on_the_lines_that_an_editor_shows() {
        let text = "a,b\n1,2\n\n3,4\n\n\n5\n\"6\n7\",8\n9,10";
        assert_eq!(lines(text.as_bytes()), (vec![2, 4, 8, 10], vec![7]));
        let text = text.replace('\n', "\r\n");
        assert_eq!(lines(text.as_bytes()), (vec![2, 4, 8, 10], vec![7]));
        let text = format!("\u{feff}{text}");
        assert_eq!(lines(text.as_bytes()), (vec![2, 4, 8, 10], vec![7]));
    }

    #[test]
    fn text_that_is_no_utf_8_is_on_its_line_too() {
        assert_eq!(
            lines(b"a,b\r\n1,2\r\n\xff,4\r\n5,6\r\n"),
            (vec![2, 4], vec![3])
        );
    }
}
