//! The folder of a study, as `genoderm study make` leaves it.
//!
//! ```text
//! STUDY/surveys.json        the surveys, with the truth: what the page opens
//! STUDY/pictures/0001.jpg   the pictures, under names that say nothing
//! STUDY/sheets/S01.csv      empty answer sheets, and the same as JSON
//! STUDY/images.csv          which picture is which of the manifest: not for readers
//! STUDY/study.json          what the surveys were made of
//! ```

use std::path::{Path, PathBuf};

use genoderm_study::{Surveys, View};

use super::csv_text::Table;
use crate::error::{Error, Result};
use crate::files;

/// The surveys, in the format of [`Surveys`].
pub(super) const SURVEYS: &str = "surveys.json";
/// The folder of pictures.
pub(super) const PICTURES: &str = "pictures";
/// The folder of answer sheets.
pub(super) const SHEETS: &str = "sheets";
/// The names that pictures have in the manifest.
pub(super) const IMAGES: &str = "images.csv";
/// What the surveys were made of.
pub(super) const STUDY: &str = "study.json";

/// A picture of a study and what the manifest calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyImage {
    /// The picture, as surveys and answers name it: its path in the study's folder.
    pub image: String,
    /// The same picture in the manifest.
    pub manifest: String,
    /// Focused or panoramic.
    pub view: View,
}

/// A study that was made.
#[derive(Clone, Debug)]
pub struct StudyFolder {
    /// The folder.
    pub path: PathBuf,
    /// Its surveys.
    pub surveys: Surveys,
    /// Its pictures, by name; without `images.csv` under the names of the surveys only.
    pub images: Vec<StudyImage>,
}

impl StudyFolder {
    /// Reads a study's folder.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when there is no `surveys.json`, [`Error::Content`] with everything that is wrong with it.
    pub fn open(path: &Path) -> Result<Self> {
        let surveys = read_surveys(&path.join(SURVEYS))?;
        let images = known_images(&surveys, &path.join(IMAGES))?;
        Ok(Self {
            path: path.to_path_buf(),
            surveys,
            images,
        })
    }
}

/// Reads and checks surveys.
pub(super) fn read_surveys(file: &Path) -> Result<Surveys> {
    let surveys: Surveys = files::read_json(file)?;
    surveys.check().map_err(Error::content(file))?;
    Ok(surveys)
}

/// The images of surveys, each once, with their names in the manifest where a table tells them.
fn known_images(surveys: &Surveys, table: &Path) -> Result<Vec<StudyImage>> {
    let questions = surveys.surveys.iter().flat_map(|survey| &survey.questions);
    let mut images: Vec<StudyImage> = questions
        .map(|question| StudyImage {
            image: question.image.clone(),
            manifest: question.image.clone(),
            view: question.view,
        })
        .collect();
    images.sort_by(|one, other| one.image.cmp(&other.image));
    images.dedup();
    if !table.exists() {
        return Ok(images);
    }
    let bytes = files::read(table)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().map_err(Error::content(table))?.clone();
    let place = |name: &str| {
        let found = header.iter().position(|column| column.trim() == name);
        found.ok_or_else(|| {
            Error::content(table)(format!("the column `{name}` is missing from the header"))
        })
    };
    let (image, manifest) = (place("image")?, place("manifest")?);
    for record in reader.records() {
        let record = record.map_err(Error::content(table))?;
        let cell = |place: usize| record.get(place).unwrap_or_default();
        if let Ok(found) = images.binary_search_by(|known| known.image.as_str().cmp(cell(image))) {
            images[found].manifest = cell(manifest).to_owned();
        }
    }
    Ok(images)
}

/// `images.csv`: what the manifest calls each picture, with its truth.
pub(super) fn image_table(rows: impl IntoIterator<Item = [String; 5]>) -> Result<Vec<u8>> {
    let mut table = Table::new(&["image", "manifest", "label", "set", "source"])?;
    for row in rows {
        table.row(row)?;
    }
    table.bytes()
}
