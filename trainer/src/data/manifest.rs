//! A folder's `manifest.csv`, read and checked as a whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::data::table::{extend, format, parse};
use crate::data::{ManifestError, PictureSet, Row, RowError};
use crate::error::{Error, Result};
use crate::files;
use genoderm_model::bundle::sha256_hex;

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
        let manifest = require_readable(&path, &files::read(&path)?)?;
        if manifest.rows.is_empty() {
            return Err(Error::Content {
                path,
                cause: "the table has no rows".into(),
            });
        }
        Ok(manifest)
    }

    /// The file that a row names.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(name)
    }

    /// Writes `folder/manifest.csv`, creating the folder; a manifest that is there is not replaced.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when there is one already, [`Error::Manifest`] when the rows would not be
    /// read again.
    pub fn create(folder: &Path, rows: &[Row]) -> Result<PathBuf> {
        let path = folder.join("manifest.csv");
        files::refuse_existing(&path)?;
        let bytes = format(rows)?;
        require_readable(&path, &bytes)?;
        files::create_folder(folder)?;
        files::write(&path, &bytes)?;
        Ok(path)
    }

    /// Adds rows to `folder/manifest.csv` at once or not at all; what is there stays as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Manifest`] when the whole could not be read or would leak.
    pub fn append(folder: &Path, rows: &[Row]) -> Result<PathBuf> {
        let path = folder.join("manifest.csv");
        let faulty = |rows| ManifestError {
            path: path.clone(),
            rows,
        };
        let bytes = extend(&files::read(&path)?, rows).map_err(faulty)?;
        let whole = require_readable(&path, &bytes)?;
        whole.refuse(whole.leaks())?;
        files::write(&path, &bytes)?;
        Ok(path)
    }

    /// Sources that would let the test photographs, or a fold's, be learnt from.
    ///
    /// Returns one fault for each source that is in both splits, or in two folds of one set. A
    /// network learns from one set, so the folds of the two sets need not agree.
    pub fn leaks(&self) -> Vec<RowError> {
        let mut first: BTreeMap<&str, &Row> = BTreeMap::new();
        let mut first_of_set: BTreeMap<(&str, PictureSet), &Row> = BTreeMap::new();
        let mut reported: BTreeMap<&str, RowError> = BTreeMap::new();
        for row in &self.rows {
            let any = *first.entry(&row.source).or_insert(row);
            let like = *first_of_set.entry((&row.source, row.set)).or_insert(row);
            let (earlier, cause) = if any.split != row.split {
                (any, "both training and test")
            } else if like.fold != row.fold {
                (like, "two folds")
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

/// The manifest that a text is, if it is one.
fn require_readable(path: &Path, bytes: &[u8]) -> Result<Manifest> {
    let rows = parse(bytes).map_err(|rows| ManifestError {
        path: path.to_path_buf(),
        rows,
    })?;
    Ok(Manifest {
        path: path.to_path_buf(),
        rows,
        sha256: sha256_hex(bytes),
    })
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
             c.jpg,panoramic,NF1,p2,train,0,,\n\
             d.jpg,panoramic,NF1,p2,train,1,,\n\
             e.jpg,panoramic,NF1,p2,train,2,,\n",
        )
        .leaks();
        let lines: Vec<u64> = leaks.iter().map(|leak| leak.line).collect();
        assert_eq!(lines, [3, 5]);
        assert!(leaks[0].cause.contains("both training and test"));
        assert!(leaks[1].cause.contains("two folds"));
    }

    #[test]
    fn the_folds_of_the_two_sets_need_not_agree() {
        let leaks = manifest(
            "a.jpg,focused,NF1,p1,train,0,,\n\
             b.jpg,panoramic,NF1,p1,train,1,,\n\
             c.jpg,focused,NF1,p1,train,1,,\n",
        )
        .leaks();
        assert_eq!(leaks.len(), 1);
        assert_eq!(leaks[0].line, 4);
        assert!(leaks[0].cause.contains("see line 2"), "{}", leaks[0].cause);
    }
}
