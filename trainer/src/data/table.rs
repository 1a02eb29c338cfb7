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

use csv::StringRecord;

use crate::data::{PictureSet, Row, RowError, Split};

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

/// Reads all rows, or lists every fault in the order of the lines.
pub(super) fn parse(bytes: &[u8]) -> std::result::Result<Vec<Row>, Vec<RowError>> {
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

    #[test]
    fn a_good_row_keeps_every_cell() {
        let text = format!("{HEADER}a.jpg,focused,NF1,p1,train,3,m.png,6\n");
        let row = parse(text.as_bytes()).unwrap().remove(0);
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
}
