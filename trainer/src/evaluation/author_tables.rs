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
use crate::evaluation::{OutOfFold, argmax};
use crate::files;
use crate::inference::PhotoAnswer;

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

/// The rows of all tables but for what is still to be measured: everything that can be wrong with them
/// is found before that.
pub struct AuthorTables {
    /// The measured pictures, in the order of the dataset: their cells and the position of their label.
    measured: Vec<(Vec<String>, usize)>,
    /// Each fold's own pictures with what it said of them.
    own: Vec<(usize, Vec<KnownRow>)>,
}

/// Cells and probabilities of a picture that has been answered.
type KnownRow = (Vec<String>, Vec<f32>);

impl AuthorTables {
    /// Looks up the pictures to be measured, and those that each fold has answered already.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for out-of-fold pictures of another manifest, [`Error::Content`] for a picture
    /// whose size cannot be read.
    pub fn prepare(
        labels: &LabelRegistry,
        dataset: &Dataset,
        out_of_fold: &[OutOfFold],
        manifest: &Manifest,
        set: PictureSet,
    ) -> Result<Self> {
        let measured = dataset.examples.iter().map(|example| {
            let cells = Picture::of_example(example, labels).cells()?;
            Ok((cells, example.label))
        });
        let own = out_of_fold
            .iter()
            .map(|fold| Ok((fold.fold, known_rows(fold, manifest, set)?)));
        Ok(Self {
            measured: measured.collect::<Result<_>>()?,
            own: own.collect::<Result<_>>()?,
        })
    }

    /// Writes all tables into a new folder, whole or not at all.
    ///
    /// `answers` are those on the dataset, in its order, with a probability for each of `labels` labels.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when the folder exists.
    pub fn write(&self, folder: &Path, labels: usize, answers: &[PhotoAnswer]) -> Result<()> {
        files::write_folder(folder, |folder| {
            let folds = answers.first().map_or(0, |answer| answer.folds.len());
            for position in 0..folds {
                let fold = answers[0].folds[position].fold;
                let name = format!("test_on_fold_{TEST_FOLD}_from_fold_{fold}.csv");
                write(&folder.join(name), labels, &[], |index| {
                    let (cells, _) = self.measured.get(index)?;
                    let probabilities = &answers[index].folds[position].probabilities;
                    Some((cells.clone(), probabilities.clone(), Vec::new()))
                })?;
            }
            for (fold, known) in &self.own {
                let name = format!("eval_fold_{fold}.csv");
                write(&folder.join(name), labels, &[], |index| {
                    let (cells, probabilities) = known.get(index)?;
                    Some((cells.clone(), probabilities.clone(), Vec::new()))
                })?;
            }
            let more = ["true_label_index", "predict_label_index"];
            let file = folder.join("final_prediction.csv");
            write(&file, labels, &more, |index| {
                let (cells, label) = self.measured.get(index)?;
                let probabilities = &answers[index].decision.probabilities;
                let indices = [*label, argmax(probabilities)];
                let indices = indices.map(|index| index.to_string()).to_vec();
                Some((cells.clone(), probabilities.clone(), indices))
            })
        })
    }
}

/// The cells and probabilities of a fold's pictures, found in the manifest by their file.
fn known_rows(
    predictions: &OutOfFold,
    manifest: &Manifest,
    set: PictureSet,
) -> Result<Vec<KnownRow>> {
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
}
