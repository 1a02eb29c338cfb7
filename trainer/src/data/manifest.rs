//! `manifest.csv`: one row a picture.
//!
//! | column | meaning |
//! |---|---|
//! | `image` | picture file, relative to the folder of the manifest |
//! | `set` | `panoramic` (the whole photograph) or `focused` (the lesion) |
//! | `label` | key of the condition |
//! | `source` | the photograph or person it comes from; never in two splits or folds |
//! | `split` | `train` or `test` |
//! | `fold` | fold of a training row, from 0; may be empty or absent |
//! | `mask` | lesion mask, relative; may be empty or absent |
//! | `tone` | Fitzpatrick skin type 1-6; may be empty or absent |

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use csv::StringRecord;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::files;

/// Which of a photograph's two views a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum PictureSet {
    /// The whole photograph.
    Panoramic,
    /// The lesion only.
    Focused,
}

impl fmt::Display for PictureSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PictureSet::Panoramic => "panoramic",
            PictureSet::Focused => "focused",
        })
    }
}

impl FromStr for PictureSet {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "panoramic" => Ok(PictureSet::Panoramic),
            "focused" => Ok(PictureSet::Focused),
            other => Err(format!("`{other}` is neither panoramic nor focused")),
        }
    }
}

/// Whether a picture may be learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Split {
    /// Learnt from, in cross-validation.
    Train,
    /// Only measured on.
    Test,
}

/// One picture of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Line of `manifest.csv`, from 1 (the header is line 1).
    pub line: u64,
    /// The file as written in the manifest.
    pub image: String,
    /// Panoramic or focused.
    pub set: PictureSet,
    /// Key of the condition.
    pub label: String,
    /// The photograph or person it comes from.
    pub source: String,
    /// Training or test.
    pub split: Split,
    /// Fold, from 0, of a training row; `None` when the folds are still to be dealt.
    pub fold: Option<usize>,
    /// Lesion mask, as written in the manifest.
    pub mask: Option<String>,
    /// Fitzpatrick skin type, 1 to 6.
    pub tone: Option<u8>,
}

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

/// Positions of the columns in this file.
struct Columns {
    names: BTreeMap<String, usize>,
}

impl Columns {
    const REQUIRED: [&str; 5] = ["image", "set", "label", "source", "split"];

    fn of(header: &StringRecord) -> std::result::Result<Self, Vec<RowError>> {
        let fault = |column: &str, cause: String| RowError {
            line: 1,
            column: column.into(),
            cause,
        };
        let mut faults = Vec::new();
        let mut names = BTreeMap::new();
        for (position, name) in header.iter().enumerate() {
            // Spreadsheet programs begin a UTF-8 file with a byte-order mark.
            let name = name.trim_start_matches('\u{feff}').trim();
            if names.insert(name.to_string(), position).is_some() {
                faults.push(fault(name, "appears twice in the header".into()));
            }
        }
        for name in Self::REQUIRED {
            if !names.contains_key(name) {
                faults.push(fault(name, "is missing from the header".into()));
            }
        }
        if faults.is_empty() {
            Ok(Self { names })
        } else {
            Err(faults)
        }
    }

    /// The trimmed cell, empty when the column is absent.
    fn cell<'a>(&self, record: &'a StringRecord, name: &str) -> &'a str {
        self.names
            .get(name)
            .and_then(|position| record.get(*position))
            .unwrap_or("")
            .trim()
    }
}

fn parse(bytes: &[u8]) -> std::result::Result<Vec<Row>, Vec<RowError>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
    let unreadable = |error: csv::Error| RowError {
        line: error.position().map_or(1, csv::Position::line),
        column: String::new(),
        cause: match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => format!("has {len} cells where the header has {expected_len}"),
            csv::ErrorKind::Utf8 { .. } => "is not UTF-8 text".into(),
            _ => error.to_string(),
        },
    };
    let columns = match reader.headers() {
        Ok(header) => Columns::of(header)?,
        Err(error) => return Err(vec![unreadable(error)]),
    };
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(unreadable(error));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        match parse_row(line, &record, &columns) {
            Ok(row) => {
                if let Some(earlier) = seen.insert(row.image.clone(), line) {
                    faults.push(RowError {
                        line,
                        column: "image".into(),
                        cause: format!("`{}` is already on line {earlier}", row.image),
                    });
                }
                rows.push(row);
            }
            Err(mut more) => faults.append(&mut more),
        }
    }
    if faults.is_empty() {
        Ok(rows)
    } else {
        faults.sort_by_key(|fault| fault.line);
        Err(faults)
    }
}

fn parse_row(
    line: u64,
    record: &StringRecord,
    columns: &Columns,
) -> std::result::Result<Row, Vec<RowError>> {
    let mut faults = Vec::new();
    let mut fault = |column: &str, cause: String| {
        faults.push(RowError {
            line,
            column: column.into(),
            cause,
        });
    };
    let cell = |name: &str| columns.cell(record, name);
    for name in ["image", "label", "source"] {
        if cell(name).is_empty() {
            fault(name, "is empty".into());
        }
    }
    let set = cell("set").parse::<PictureSet>();
    if let Err(cause) = &set {
        fault("set", cause.clone());
    }
    let split = match cell("split") {
        "train" => Some(Split::Train),
        "test" => Some(Split::Test),
        other => {
            fault("split", format!("`{other}` is neither train nor test"));
            None
        }
    };
    let fold = match cell("fold") {
        "" => None,
        text => match text.parse::<usize>() {
            Ok(fold) if fold < 100 => Some(fold),
            _ => {
                let cause = format!("`{text}` is not a whole number from 0 to 99");
                fault("fold", cause);
                None
            }
        },
    };
    if split == Some(Split::Test) && fold.is_some() {
        fault(
            "fold",
            "a test row belongs to no fold: leave it empty".into(),
        );
    }
    let tone = match cell("tone") {
        "" => None,
        text => match text.parse::<u8>() {
            Ok(tone) if (1..=6).contains(&tone) => Some(tone),
            _ => {
                let cause = format!("`{text}` is not a Fitzpatrick type from 1 to 6");
                fault("tone", cause);
                None
            }
        },
    };
    let mask = Some(cell("mask"))
        .filter(|mask| !mask.is_empty())
        .map(String::from);
    match (set, split) {
        (Ok(set), Some(split)) if faults.is_empty() => Ok(Row {
            line,
            image: cell("image").into(),
            set,
            label: cell("label").into(),
            source: cell("source").into(),
            split,
            fold,
            mask,
            tone,
        }),
        _ => Err(faults),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HEADER: &str = "image,set,label,source,split,fold,mask,tone\n";

    fn faults(rows: &str) -> Vec<String> {
        let text = format!("{HEADER}{rows}");
        let faults = parse(text.as_bytes()).unwrap_err();
        faults.iter().map(ToString::to_string).collect()
    }

    fn manifest(rows: &str) -> Manifest {
        Manifest {
            path: "data/manifest.csv".into(),
            rows: parse(format!("{HEADER}{rows}").as_bytes()).unwrap(),
            sha256: String::new(),
        }
    }

    #[test]
    fn a_good_row_keeps_every_cell() {
        let row = manifest("a.jpg,focused,NF1,p1,train,3,m.png,6\n")
            .rows
            .remove(0);
        assert_eq!(row.line, 2);
        assert_eq!(row.set, PictureSet::Focused);
        assert_eq!((row.fold, row.tone), (Some(3), Some(6)));
        assert_eq!(row.mask.as_deref(), Some("m.png"));
    }

    #[test]
    fn optional_columns_may_be_absent() {
        let text = "split,source,label,set,image\ntest,p1,NF1,panoramic,a.jpg\n";
        let rows = parse(text.as_bytes()).unwrap();
        assert_eq!((rows[0].fold, rows[0].tone), (None, None));
    }

    #[test]
    fn all_bad_rows_are_listed_with_line_and_column() {
        let found = faults(
            "a.jpg,wide,NF1,p1,train,0,,1\n\
             b.jpg,focused,NF1,p1,train,0,,1\n\
             c.jpg,focused,,p1,validate,x,,9\n\
             d.jpg,focused,NF1\n\
             e.jpg,focused,NF1,p2,test,0,,\n\
             b.jpg,focused,NF1,p1,train,0,,1\n",
        );
        let expected = [
            "line 2, column set: `wide` is neither panoramic nor focused",
            "line 4, column label: is empty",
            "line 4, column split: `validate` is neither train nor test",
            "line 4, column fold: `x` is not a whole number from 0 to 99",
            "line 4, column tone: `9` is not a Fitzpatrick type from 1 to 6",
            "line 5: has 3 cells where the header has 8",
            "line 6, column fold: a test row belongs to no fold: leave it empty",
            "line 7, column image: `b.jpg` is already on line 3",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_missing_column_is_named() {
        let faults = parse(b"image,set,label,split\n").unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].column, "source");
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
