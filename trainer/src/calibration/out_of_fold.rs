//! `fold-K/validation.csv`: what each network said of the pictures that it did not learn from.

use std::collections::HashMap;

use csv::StringRecord;
use genoderm_model::labels::LabelRegistry;

use crate::data::{ManifestError, RowError};
use crate::error::{Error, Result};
use crate::files;
use crate::training::FoldFolder;

/// Probabilities are written with their last digit, so a row's sum is 1 but for rounding.
const SUM_TOLERANCE: f64 = 1e-3;

/// Where a probability was too small for its type, its logarithm is that of the smallest one.
const SMALLEST: f64 = 1e-45;

/// One picture and what its fold's network said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfFoldRow {
    /// The fold, from 0.
    pub fold: usize,
    /// The picture, as in the manifest.
    pub image: String,
    /// Position of the true label.
    pub label: usize,
    /// Logarithms of the probabilities: the logits but for a constant.
    pub logits: Vec<f32>,
}

/// Reads the predictions of several folds on their own pictures.
///
/// # Errors
///
/// [`Error::Io`] when a file is missing, [`Error::Manifest`] with every bad row of a file,
/// [`Error::Input`] for a picture in two folds.
pub fn read_out_of_fold(folds: &[FoldFolder], labels: &LabelRegistry) -> Result<Vec<OutOfFoldRow>> {
    let mut rows = Vec::new();
    let mut fold_of: HashMap<String, usize> = HashMap::new();
    for folder in folds {
        let path = folder.path().join("validation.csv");
        let found = parse(&files::read(&path)?, folder.fold, labels).map_err(|rows| {
            Error::Manifest(ManifestError {
                path: path.clone(),
                rows,
            })
        })?;
        for row in &found {
            if let Some(earlier) = fold_of.insert(row.image.clone(), row.fold) {
                return Err(Error::input(format!(
                    "{}: `{}` is a picture of fold {earlier} too: each belongs to one fold",
                    path.display(),
                    row.image
                )));
            }
        }
        rows.extend(found);
    }
    Ok(rows)
}

/// Positions of the columns.
struct Columns {
    image: usize,
    label: usize,
    probabilities: Vec<usize>,
}

impl Columns {
    fn of(
        header: &StringRecord,
        labels: &LabelRegistry,
    ) -> std::result::Result<Self, Vec<RowError>> {
        let mut faults = Vec::new();
        let mut find = |name: &str| {
            let found = header.iter().position(|cell| cell == name);
            if found.is_none() {
                faults.push(RowError {
                    line: 1,
                    column: name.to_owned(),
                    cause: "is missing from the header".to_owned(),
                });
            }
            found.unwrap_or_default()
        };
        let columns = Self {
            image: find("image"),
            label: find("label"),
            probabilities: labels.keys().map(&mut find).collect(),
        };
        if faults.is_empty() {
            Ok(columns)
        } else {
            Err(faults)
        }
    }
}

fn parse(
    bytes: &[u8],
    fold: usize,
    labels: &LabelRegistry,
) -> std::result::Result<Vec<OutOfFoldRow>, Vec<RowError>> {
    let whole = |line: u64, cause: String| RowError {
        line,
        column: String::new(),
        cause,
    };
    let mut reader = csv::Reader::from_reader(bytes);
    let columns = match reader.headers() {
        Ok(header) => Columns::of(header, labels)?,
        Err(error) => return Err(vec![whole(1, error.to_string())]),
    };
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => match parse_row(&record, fold, &columns, labels) {
                Ok(row) => rows.push(row),
                Err(mut more) => faults.append(&mut more),
            },
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                faults.push(whole(line, error.to_string()));
            }
        }
    }
    if rows.is_empty() && faults.is_empty() {
        faults.push(whole(1, "the table has no rows".to_owned()));
    }
    if faults.is_empty() {
        Ok(rows)
    } else {
        Err(faults)
    }
}

fn parse_row(
    record: &StringRecord,
    fold: usize,
    columns: &Columns,
    labels: &LabelRegistry,
) -> std::result::Result<OutOfFoldRow, Vec<RowError>> {
    let line = record.position().map_or(0, csv::Position::line);
    let cell = |position: usize| record.get(position).unwrap_or_default();
    let mut faults = Vec::new();
    let mut fault = |column: &str, cause: String| {
        faults.push(RowError {
            line,
            column: column.to_owned(),
            cause,
        });
    };
    let label = labels.index_of(cell(columns.label));
    if label.is_none() {
        let cause = format!("`{}` is no label of the run", cell(columns.label));
        fault("label", cause);
    }
    let mut sum = 0.0;
    let mut logits = Vec::with_capacity(columns.probabilities.len());
    for (position, key) in columns.probabilities.iter().zip(labels.keys()) {
        let text = cell(*position);
        match text.parse::<f64>() {
            Ok(value) if (0.0..=1.0 + SUM_TOLERANCE).contains(&value) => {
                sum += value;
                logits.push(value.max(SMALLEST).ln() as f32);
            }
            _ => fault(key, format!("`{text}` is not a probability")),
        }
    }
    let is_complete = logits.len() == columns.probabilities.len();
    if is_complete && (sum - 1.0).abs() > SUM_TOLERANCE {
        fault("", format!("its probabilities sum to {sum:.4}, not to 1"));
    }
    match label {
        Some(label) if faults.is_empty() => Ok(OutOfFoldRow {
            fold,
            image: cell(columns.image).to_owned(),
            label,
            logits,
        }),
        _ => Err(faults),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HEADER: &str = "image,label,EverythingElse,HMI,IP,MA,ML,NF1,TSC\n";

    fn read(rows: &str) -> std::result::Result<Vec<OutOfFoldRow>, Vec<RowError>> {
        let text = format!("{HEADER}{rows}");
        parse(text.as_bytes(), 2, &LabelRegistry::own())
    }

    #[test]
    fn logits_are_logarithms_and_zero_is_not_infinite() {
        let row = read("a.jpg,NF1,0.5,0.25,0.25,0,0,0,0\n").unwrap().remove(0);
        assert_eq!((row.fold, row.label), (2, 5));
        assert!((row.logits[0] - 0.5_f32.ln()).abs() < 1e-7);
        assert!((row.logits[6] + 103.6).abs() < 0.1, "{}", row.logits[6]);
    }

    #[test]
    fn columns_may_come_in_any_order_with_others_between() {
        let text =
            "HMI,fold,IP,image,MA,ML,label,NF1,TSC,EverythingElse\n0,1,0,a.jpg,0,0,HMI,0,0,1\n";
        let row = parse(text.as_bytes(), 1, &LabelRegistry::own())
            .unwrap()
            .remove(0);
        assert_eq!((row.label, row.logits[0]), (1, 0.0));
    }

    #[test]
    fn every_bad_row_is_listed() {
        let faults = read(
            "a.jpg,NF9,1,0,0,0,0,0,0\n\
             b.jpg,NF1,x,0,0,0,-1,0,0\n\
             c.jpg,NF1,0.5,0,0,0,0,0,0\n\
             d.jpg,NF1,1\n",
        )
        .unwrap_err();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            told[0],
            "line 2, column label: `NF9` is no label of the run"
        );
        assert_eq!(
            told[1],
            "line 3, column EverythingElse: `x` is not a probability"
        );
        assert_eq!(told[2], "line 3, column ML: `-1` is not a probability");
        assert_eq!(told[3], "line 4: its probabilities sum to 0.5000, not to 1");
        assert!(told[4].starts_with("line 5"), "{}", told[4]);
        assert_eq!(told.len(), 5);
        assert!(read("").is_err());
        let missing = parse(b"image,label\n", 0, &LabelRegistry::own()).unwrap_err();
        assert_eq!(missing.len(), 7);
    }
}
