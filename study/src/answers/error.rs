//! What is wrong with the rows of a table of answers: all of it, not only the first fault.

use std::fmt;

/// One thing that is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Line of the table, from 1; the header is line 1.
    pub line: u64,
    /// What is wrong and what would be right.
    pub cause: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.cause)
    }
}

/// All bad rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub struct AnswersError {
    /// Every fault, in the order of the lines.
    pub rows: Vec<RowError>,
}

impl AnswersError {
    fn describe(&self) -> String {
        let lines: Vec<String> = self.rows.iter().map(RowError::to_string).collect();
        lines.join("\n")
    }

    /// The value, unless there are faults.
    pub(super) fn unless<T>(mut rows: Vec<RowError>, value: T) -> Result<T, Self> {
        if rows.is_empty() {
            return Ok(value);
        }
        rows.sort_by_key(|row| row.line);
        Err(Self { rows })
    }
}
