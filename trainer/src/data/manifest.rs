//! A folder's `manifest.csv`, read and checked as a whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::data::table::parse;
use crate::data::{ManifestError, Row, RowError};
use crate::error::{Error, Result};
use crate::files;

/// A manifest whose rows are all well-formed.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The manifest's file.
    pub path: PathBuf,
    /// The rows, in the order of the file.
    pub rows: Vec<Row>,
    /// SHA-256 of the file, to tell whether two runs saw the same data.
    pub sha256: String,
}

impl Manifest {
    /// Reads `folder/manifest.csv`.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when there is no such file, [`Error::Manifest`] with every bad row.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("manifest.csv");
        let bytes = files::read(&path)?;
        let rows = parse(&bytes).map_err(|rows| ManifestError {
            path: path.clone(),
            rows,
        })?;
        if rows.is_empty() {
            return Err(Error::Content {
                path,
                cause: "the table has no rows".into(),
            });
        }
        let sha256 = files::sha256(&bytes);
        Ok(Self { path, rows, sha256 })
    }

    /// The file that a row names.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(name)
    }

    /// Sources that would let the test photographs, or a fold's, be learnt from.
    ///
    /// Returns one fault for each source that is in both splits, or in two folds.
    pub fn leaks(&self) -> Vec<RowError> {
        let mut first: BTreeMap<&str, &Row> = BTreeMap::new();
        let mut reported: BTreeMap<&str, RowError> = BTreeMap::new();
        for row in &self.rows {
            let earlier = *first.entry(&row.source).or_insert(row);
            let cause = if earlier.split != row.split {
                "both training and test"
            } else if earlier.fold != row.fold {
                "two folds"
            } else {
                continue;
            };
            reported.entry(&row.source).or_insert_with(|| RowError {
                line: row.line,
                column: "source".into(),
                cause: format!(
                    "`{}` is in {cause} (see line {}): every picture of a source belongs to one",
                    row.source, earlier.line
                ),
            });
        }
        let mut faults: Vec<RowError> = reported.into_values().collect();
        faults.sort_by_key(|fault| fault.line);
        faults
    }

    /// Fails with the given faults, if there are any.
    pub fn refuse(&self, rows: Vec<RowError>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let path = self.path.clone();
        Err(ManifestError { path, rows }.into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HEADER: &str = "image,set,label,source,split,fold,mask,tone\n";

    fn manifest(rows: &str) -> Manifest {
        Manifest {
            path: "data/manifest.csv".into(),
            rows: parse(format!("{HEADER}{rows}").as_bytes()).unwrap(),
            sha256: String::new(),
        }
    }

    #[test]
    fn a_source_in_both_splits_or_two_folds_leaks() {
        let leaks = manifest(
            "a.jpg,focused,NF1,p1,train,0,,\n\
             b.jpg,panoramic,NF1,p1,test,,,\n\
             c.jpg,focused,NF1,p2,train,0,,\n\
             d.jpg,panoramic,NF1,p2,train,1,,\n\
             e.jpg,panoramic,NF1,p2,train,2,,\n",
        )
        .leaks();
        let lines: Vec<u64> = leaks.iter().map(|leak| leak.line).collect();
        assert_eq!(lines, [3, 5]);
        assert!(leaks[0].cause.contains("both training and test"));
        assert!(leaks[1].cause.contains("two folds"));
    }
}
