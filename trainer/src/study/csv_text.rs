//! Tables as CSV text.

use crate::error::{Error, Result};

/// A table with a header, for a file or a folder of them.
pub(super) struct Table {
    writer: csv::Writer<Vec<u8>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: &[&str]) -> Result<Self> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(columns).map_err(Error::internal)?;
        Ok(Self { writer })
    }

    /// Adds a row with as many cells as there are columns.
    pub fn row<C: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = C>) -> Result<()> {
        self.writer.write_record(cells).map_err(Error::internal)
    }

    /// The whole text.
    pub fn bytes(self) -> Result<Vec<u8>> {
        self.writer.into_inner().map_err(Error::internal)
    }
}

/// A number that may be missing: empty then.
pub(super) fn cell(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
