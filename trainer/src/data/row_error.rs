//! What is wrong with the rows of a manifest: all of it, not only the first fault.

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Line of the file, from 1.
    pub line: u64,
    /// The column, empty when the whole row is meant.
    pub column: String,
    /// What is wrong and what would be right.
    pub cause: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.column.is_empty() {
            write!(f, "line {}: {}", self.line, self.cause)
        } else {
            write!(
                f,
                "line {}, column {}: {}",
                self.line, self.column, self.cause
            )
        }
    }
}

/// All bad rows of a manifest.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.describe())]
pub struct ManifestError {
    /// The manifest.
    pub path: PathBuf,
    /// Every fault found, in the order of the lines.
    pub rows: Vec<RowError>,
}

impl ManifestError {
    fn describe(&self) -> String {
        let path = self.path.display();
        match self.rows.as_slice() {
            [only] => format!("{path}: {only}"),
            rows => {
                let lines: Vec<String> = rows.iter().map(|row| format!("  {row}")).collect();
                format!("{path}: {} faults\n{}", rows.len(), lines.join("\n"))
            }
        }
    }
}
