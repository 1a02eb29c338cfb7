//! A survey from a file of the teacher's: a folder or a zip file with `surveys.json` and the photographs that it names
//! by their paths from there, as `genoderm study make` writes it. Everything is read on this device, and nothing of it is sent or stored.

use genoderm_protocol::envelope;
use genoderm_study::{Survey, Surveys};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::{Blob, File};

use crate::engine_client::describe;
use crate::own_model::archive::Archive;
use crate::own_model::tree::Tree;
use crate::problem::Problem;

/// The file that describes the surveys.
const DESCRIPTION: &str = "surveys.json";
/// The most bytes that it may have.
const DESCRIPTION_BYTES: u64 = 16 << 20;
/// The most bytes that one photograph may have.
const PHOTOGRAPH_BYTES: u64 = 64 << 20;
/// The most bytes that the photographs of one survey may have.
const MOST_BYTES: u64 = 600_000_000;

/// The files of a survey bundle.
pub struct SurveyFiles(Tree);

impl SurveyFiles {
    /// Finds the bundle among the files of a folder, each with its path.
    ///
    /// # Errors
    /// What the teacher is told when there is no description.
    pub fn of_folder(files: Vec<(String, File)>) -> Result<Self, Problem> {
        let folder = folder_of(files.iter().map(|(path, _)| path.as_str()))?.to_owned();
        Ok(Self(Tree::of_folder(files, |path| {
            path.strip_prefix(&folder)
        })))
    }

    /// Finds the bundle in a zip file. Only its table of contents is read.
    ///
    /// # Errors
    /// What the teacher is told when it is no zip file, or has no description.
    pub async fn of_zip(file: Blob) -> Result<Self, Problem> {
        let archive = Archive::open(file).await?;
        let names = archive.names();
        let folder = folder_of(names.iter().map(|(path, _)| path.as_str()))?;
        Ok(Self(Tree::of_zip(archive, &names, |path| {
            path.strip_prefix(folder)
        })))
    }

    /// The surveys that it describes, once every photograph that they ask about is there.
    ///
    /// # Errors
    /// What the teacher is told when this page cannot use them.
    pub async fn surveys(&self) -> Result<Surveys, Problem> {
        let bytes = self.bytes(DESCRIPTION, DESCRIPTION_BYTES).await?;
        let surveys: Surveys = serde_json::from_slice(&bytes).map_err(|error| {
            leptos::logging::warn!("survey: {error}");
            not_survey()
        })?;
        surveys.check().map_err(|error| {
            leptos::logging::warn!("survey: {error}");
            not_survey()
        })?;
        let questions = surveys.surveys.iter().flat_map(|survey| &survey.questions);
        let (mut missing, mut total) = (0, 0);
        for question in questions {
            total += 1;
            missing += usize::from(!self.0.has(&question.image));
        }
        match missing {
            0 => Ok(surveys),
            missing => Err(Problem::PhotographsMissing(missing, total)),
        }
    }

    /// The photographs of a survey, in the order of its questions.
    ///
    /// # Errors
    /// What the teacher is told when one cannot be read, or they are too large.
    pub async fn photographs(&self, survey: &Survey) -> Result<Vec<Blob>, Problem> {
        let mut photographs = Vec::new();
        let mut size = 0;
        for question in &survey.questions {
            let photograph = match self.0.file(&question.image) {
                // The browser reads it when it is shown.
                Some(file) => file.clone().unchecked_into(),
                None => in_memory(&self.bytes(&question.image, PHOTOGRAPH_BYTES).await?)?,
            };
            size += photograph.size() as u64;
            if size > MOST_BYTES {
                return Err(Problem::Sentence(|text| text.survey_too_large));
            }
            photographs.push(photograph);
        }
        Ok(photographs)
    }

    /// A file's bytes, at most so many.
    async fn bytes(&self, path: &str, limit: u64) -> Result<Vec<u8>, Problem> {
        let read = self.0.bytes(path, limit).await;
        let read = read.ok().flatten().ok_or_else(unreadable)?;
        let bytes = envelope::bytes_of(&read);
        if bytes.len() as u64 > limit {
            return Err(Problem::Sentence(|text| text.survey_too_large));
        }
        Ok(bytes)
    }
}

/// Bytes as a file in memory. Browsers know a picture by its first bytes.
fn in_memory(bytes: &[u8]) -> Result<Blob, Problem> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence(&parts).map_err(|error| {
        leptos::logging::warn!("survey: {}", describe(&error));
        unreadable()
    })
}

fn unreadable() -> Problem {
    Problem::Sentence(|text| text.survey_unreadable)
}

fn not_survey() -> Problem {
    Problem::Sentence(|text| text.survey_not_survey)
}

/// The folder of the uppermost description, with a slash at its end; empty for the uppermost folder.
fn folder_of<'a>(paths: impl Iterator<Item = &'a str>) -> Result<&'a str, Problem> {
    paths
        .filter_map(|path| path.strip_suffix(DESCRIPTION))
        .filter(|folder| folder.is_empty() || folder.ends_with('/'))
        // What macOS adds to zip files.
        .filter(|folder| !folder.starts_with("__MACOSX/"))
        .min_by_key(|folder| folder.matches('/').count())
        .ok_or(Problem::Sentence(|text| text.survey_no_description))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_uppermost_description_counts() {
        let found = |paths: &[&'static str]| folder_of(paths.iter().copied()).ok();
        assert_eq!(found(&["a.jpg", "surveys.json"]), Some(""));
        assert_eq!(
            found(&[
                "__MACOSX/surveys.json",
                "b/c/surveys.json",
                "b/surveys.json"
            ]),
            Some("b/")
        );
        assert_eq!(found(&["my-surveys.json", "manifest.json"]), None);
    }
}
