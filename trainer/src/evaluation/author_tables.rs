//! Predictions in the layout of the authors' tables, so that their scripts can read ours.
//!
//! ```text
//! DIR/test_on_fold_5_from_fold_<f>.csv   every measured picture as fold f answers it
//! DIR/eval_fold_<f>.csv                  fold f's own pictures, which it has not learnt from
//! DIR/final_prediction.csv               the folds together, with true and answered label
//! ```
//!
//! Columns are the 13 of their `train.csv`, `fold` (5 for test pictures), `is_ext` (0) and the
//! probabilities as `0`, `1`, ... in the order of the labels.

use std::path::{Path, PathBuf};

use genoderm_model::labels::LabelRegistry;

use crate::data::{Dataset, Example, Manifest, PictureSet, Split};
use crate::error::{Error, Result};
use crate::evaluation::argmax;
use crate::files;
use crate::inference::PhotoAnswer;
use crate::training::RunFolder;

/// The columns of the authors' `train.csv` and what they add to it.
const COLUMNS: [&str; 15] = [
    "image_name",
    "filepath",
    "patient_id",
    "sex",
    "age_approx",
    "anatom_site_general_challenge",
    "diagnosis",
    "benign_malignant",
    "target",
    "tfrecord",
    "is_test",
    "width",
    "height",
    "fold",
    "is_ext",
];

/// The authors' number for test pictures in the column `fold`.
const TEST_FOLD: usize = 5;

/// `tfrecord` of test pictures.
const TEST_RECORD: i64 = -2;

/// A `tfrecord` that their map (`tfrecord % 15`) puts into fold 0, 1, 2, 3 and 4.
const RECORDS: [i64; 5] = [8, 7, 10, 9, 14];

/// What a fold said about pictures that it has not learnt from.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfFold {
    /// Which fold.
    pub fold: usize,
    /// The file as the manifest names it, and a probability for each label.
    pub rows: Vec<(String, Vec<f32>)>,
}

impl OutOfFold {
    /// Reads the predictions of every finished fold of a run that has them.
    ///
    /// # Errors
    ///
    /// [`Error::Content`] for a table without the run's labels or with what is no number.
    pub fn of_run(run: &RunFolder, labels: &LabelRegistry) -> Result<Vec<Self>> {
        let folds = run.finished_folds()?.into_iter();
        let found = folds.map(|folder| (folder.fold, folder.path().join("validation.csv")));
        found
            .filter(|(_, file)| file.is_file())
            .map(|(fold, file)| Self::read(fold, &file, labels))
            .collect()
    }

    fn read(fold: usize, file: &Path, labels: &LabelRegistry) -> Result<Self> {
        let content = |cause: String| Error::content(file)(cause);
        let bytes = files::read(file)?;
        let mut table = csv::Reader::from_reader(bytes.as_slice());
        let header = table.headers().map_err(|e| content(e.to_string()))?.clone();
        let position = |name: &str| {
            let found = header.iter().position(|cell| cell == name);
            found.ok_or_else(|| content(format!("has no column {name}")))
        };
        let image = position("image")?;
        let columns = labels.keys().map(position).collect::<Result<Vec<_>>>()?;
        let mut rows = Vec::new();
        for record in table.records() {
            let record = record.map_err(|e| content(e.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let number = |column: &usize| {
                let text = record.get(*column).unwrap_or("");
                text.parse::<f32>()
                    .map_err(|_| content(format!("line {line}: `{text}` is not a number")))
            };
            let numbers = columns.iter().map(number).collect::<Result<Vec<_>>>()?;
            rows.push((record.get(image).unwrap_or("").to_owned(), numbers));
        }
        Ok(Self { fold, rows })
    }
}

/// Writes all tables into a new folder, whole or not at all.
///
/// # Errors
///
/// [`Error::Input`] when the folder exists, [`Error::Content`] for a picture whose size cannot be
/// read.
pub fn write_author_tables(
    folder: &Path,
    labels: &LabelRegistry,
    dataset: &Dataset,
    answers: &[PhotoAnswer],
    out_of_fold: &[OutOfFold],
    manifest: &Manifest,
    set: PictureSet,
) -> Result<()> {
    let rows: Vec<Vec<String>> = dataset
        .examples
        .iter()
        .map(|example| Picture::of_example(example, labels).cells())
        .collect::<Result<_>>()?;
    files::write_folder(folder, |folder| {
        let folds = answers.first().map_or(0, |answer| answer.folds.len());
        for position in 0..folds {
            let fold = answers[0].folds[position].fold;
            let name = format!("test_on_fold_{TEST_FOLD}_from_fold_{fold}.csv");
            write(&folder.join(name), labels.len(), &[], |index| {
                let row = rows.get(index)?;
                let probabilities = &answers[index].folds[position].probabilities;
                Some((row.clone(), probabilities.clone(), Vec::new()))
            })?;
        }
        for predictions in out_of_fold {
            let name = format!("eval_fold_{}.csv", predictions.fold);
            let known = known_rows(predictions, manifest, set)?;
            write(&folder.join(name), labels.len(), &[], |index| {
                let (cells, probabilities) = known.get(index)?;
                Some((cells.clone(), probabilities.clone(), Vec::new()))
            })?;
        }
        let more = ["true_label_index", "predict_label_index"];
        let file = folder.join("final_prediction.csv");
        write(&file, labels.len(), &more, |index| {
            let row = rows.get(index)?;
            let probabilities = &answers[index].decision.probabilities;
            let indices = [dataset.examples[index].label, argmax(probabilities)];
            let indices = indices.map(|index| index.to_string()).to_vec();
            Some((row.clone(), probabilities.clone(), indices))
        })
    })
}

/// The cells and probabilities of a fold's pictures, found in the manifest by their file.
fn known_rows(
    predictions: &OutOfFold,
    manifest: &Manifest,
    set: PictureSet,
) -> Result<Vec<(Vec<String>, Vec<f32>)>> {
    predictions
        .rows
        .iter()
        .map(|(image, probabilities)| {
            let row = manifest
                .rows
                .iter()
                .find(|row| row.image == *image && row.set == set);
            let row = row.ok_or_else(|| {
                Error::input(format!(
                    "{}: has no {set} picture {image}, on which fold {} was validated: give the run's own --data for --authors-csv",
                    manifest.path.display(),
                    predictions.fold
                ))
            })?;
            let picture = Picture {
                image,
                file: manifest.file(image),
                label: &row.label,
                split: row.split,
                fold: Some(predictions.fold),
            };
            Ok((picture.cells()?, probabilities.clone()))
        })
        .collect()
}

/// What the first columns tell about a picture.
struct Picture<'a> {
    image: &'a str,
    file: PathBuf,
    label: &'a str,
    split: Split,
    fold: Option<usize>,
}

impl<'a> Picture<'a> {
    fn of_example(example: &'a Example, labels: &'a LabelRegistry) -> Self {
        Self {
            image: &example.image,
            file: example.file.clone(),
            label: labels.get(example.label).map_or("", |label| &label.key),
            split: example.split,
            fold: example.fold,
        }
    }

    /// The cells under [`COLUMNS`].
    fn cells(&self) -> Result<Vec<String>> {
        let size = image::ImageReader::open(&self.file)
            .and_then(image::ImageReader::with_guessed_format)
            .map_err(Error::io("read", &self.file))?
            .into_dimensions()
            .map_err(Error::content(&self.file))?;
        let (record, fold) = match (self.split, self.fold) {
            (Split::Test, _) => (TEST_RECORD, TEST_FOLD.to_string()),
            (Split::Train, Some(fold)) => {
                // Their map knows five folds; a larger number stands for itself.
                let record = RECORDS.get(fold).copied();
                (record.unwrap_or(fold as i64), fold.to_string())
            }
            (Split::Train, None) => (0, String::new()),
        };
        let name = files::short_name(Path::new(self.image));
        Ok(vec![
            name,
            self.file.display().to_string(),
            "-1".into(),
            "0".into(),
            "0".into(),
            "none".into(),
            self.label.into(),
            "benign".into(),
            "0".into(),
            record.to_string(),
            u8::from(self.split == Split::Test).to_string(),
            size.0.to_string(),
            size.1.to_string(),
            fold,
            "0".into(),
        ])
    }
}

/// Cells, probabilities and more cells of a row; `None` after the last one.
type Cells = Option<(Vec<String>, Vec<f32>, Vec<String>)>;

fn write(
    file: &Path,
    labels: usize,
    more: &[&str],
    mut row: impl FnMut(usize) -> Cells,
) -> Result<()> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let header = COLUMNS.iter().map(|name| (*name).to_string());
    let numbers = (0..labels).map(|label| label.to_string());
    let more = more.iter().map(|name| (*name).to_string());
    let failed = |error: csv::Error| Error::internal(error);
    table
        .write_record(header.chain(numbers).chain(more))
        .map_err(failed)?;
    let mut index = 0;
    while let Some((cells, probabilities, more)) = row(index) {
        let numbers = probabilities.iter().map(ToString::to_string);
        table
            .write_record(cells.into_iter().chain(numbers).chain(more))
            .map_err(failed)?;
        index += 1;
    }
    files::write(file, &table.into_inner().map_err(Error::internal)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn records_fall_into_their_folds_by_the_authors_map() {
        let map = [[8, 5, 11], [7, 0, 6], [10, 12, 13], [9, 1, 3], [14, 2, 4]];
        for (fold, record) in RECORDS.iter().enumerate() {
            assert!(map[fold].contains(&(record % 15)), "{fold}");
        }
    }

    #[test]
    fn cells_are_in_the_order_of_the_columns() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.png");
        image::RgbImage::new(5, 3).save(&file).unwrap();
        let mut picture = Picture {
            image: "NF1/a.png",
            file,
            label: "NF1",
            split: Split::Test,
            fold: None,
        };
        let cells = picture.cells().unwrap();
        assert_eq!(cells.len(), COLUMNS.len());
        let cell = |cells: &[String], name: &str| {
            cells[COLUMNS.iter().position(|c| *c == name).unwrap()].clone()
        };
        for (name, expected) in [
            ("image_name", "a.png"),
            ("diagnosis", "NF1"),
            ("tfrecord", "-2"),
            ("is_test", "1"),
            ("width", "5"),
            ("height", "3"),
            ("fold", "5"),
        ] {
            assert_eq!(cell(&cells, name), expected);
        }
        (picture.split, picture.fold) = (Split::Train, Some(3));
        let cells = picture.cells().unwrap();
        assert_eq!(cell(&cells, "tfrecord"), "9");
        assert_eq!(
            (cell(&cells, "is_test"), cell(&cells, "fold")),
            ("0".into(), "3".into())
        );
    }

    #[test]
    fn validation_tables_are_read_by_their_header() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("validation.csv");
        let labels = LabelRegistry::own();
        let keys: Vec<&str> = labels.keys().collect();
        let header = format!("label,{},image\n", keys.join(","));
        std::fs::write(&file, format!("{header}NF1,0,0,0,0,0,1,0,a.jpg\n")).unwrap();
        let read = OutOfFold::read(2, &file, &labels).unwrap();
        assert_eq!(read.rows[0].0, "a.jpg");
        assert_eq!(read.rows[0].1[5], 1.0);
        std::fs::write(&file, format!("{header}NF1,0,0,x,0,0,1,0,a.jpg\n")).unwrap();
        let message = OutOfFold::read(2, &file, &labels).unwrap_err().to_string();
        assert!(message.contains("line 2: `x`"), "{message}");
        std::fs::write(&file, "image,NF1\n").unwrap();
        let message = OutOfFold::read(2, &file, &labels).unwrap_err().to_string();
        assert!(message.contains("no column EverythingElse"), "{message}");
    }
}
