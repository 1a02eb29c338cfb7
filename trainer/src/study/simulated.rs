//! `genoderm study simulate`: answers of made-up readers, in the files that real ones come in.
//!
//! ```text
//! OUT/answers.csv       people's answers, for `genoderm study score --answers`
//! OUT/MODEL.csv         a model's, for `--predictions MODEL=OUT/MODEL.csv`
//! OUT/simulation.json   what the readers were made of
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use genoderm_study::{Answer, Sheet, SimulatedGroup, Simulation, Surveys, simulate, write_answers};

use super::csv_text::Table;
use super::folder::StudyFolder;
use crate::error::{Error, Result};
use crate::files;

/// Whom to make up.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulateOptions {
    /// Folder of the study.
    pub study: PathBuf,
    /// Folder to create.
    pub out: PathBuf,
    /// Groups, correlations, holes and the seed.
    pub simulation: Simulation,
}

/// Draws answers and writes them, whole or not at all; gives back the names of the files.
///
/// # Errors
///
/// Those of [`StudyFolder::open`]; [`Error::Input`] for a plan that [`Simulation::check`] refuses, for models whose
/// names are no file names, and when the folder exists.
pub fn simulate_study(options: &SimulateOptions) -> Result<Vec<String>> {
    files::refuse_existing(&options.out)?;
    for group in options.simulation.groups.iter().filter(|group| group.model) {
        refuse_no_file_name(group)?;
    }
    let surveys = StudyFolder::open(&options.study)?.surveys;
    let sheets =
        simulate(&surveys, &options.simulation).map_err(|error| Error::input(error.to_string()))?;
    let model = |sheet: &&Sheet| {
        let mut groups = options.simulation.groups.iter();
        groups.any(|group| group.model && group.name == sheet.reader.group.0)
    };
    let mut tables: Vec<(String, Vec<u8>)> = Vec::new();
    let people: Vec<Answer> = sheets
        .iter()
        .filter(|sheet| !model(sheet))
        .flat_map(|sheet| sheet.rows(&surveys))
        .collect();
    tables.push(("answers.csv".into(), write_answers(&people).into_bytes()));
    for group in options.simulation.groups.iter().filter(|group| group.model) {
        let own = sheets
            .iter()
            .filter(|sheet| sheet.reader.group.0 == group.name);
        tables.push((format!("{}.csv", group.name), predictions(&surveys, own)?));
    }
    files::write_folder(&options.out, |folder| {
        for (name, bytes) in &tables {
            files::write(&folder.join(name), bytes)?;
        }
        files::write_json(&folder.join("simulation.json"), &options.simulation)
    })?;
    Ok(tables.into_iter().map(|(name, _)| name).collect())
}

fn refuse_no_file_name(group: &SimulatedGroup) -> Result<()> {
    let name = &group.name;
    let plain = Path::new(name)
        .file_name()
        .is_some_and(|file| file == name.as_str());
    if plain && !name.starts_with('.') && !name.contains(['/', '\\', '=']) && name != "answers" {
        return Ok(());
    }
    Err(Error::input(format!(
        "the model `{name}` gives its file a name: choose one without / \\ = and other than answers"
    )))
}

/// A table of predictions: each image once.
fn predictions<'s>(surveys: &Surveys, sheets: impl Iterator<Item = &'s Sheet>) -> Result<Vec<u8>> {
    let mut answers: BTreeMap<&str, (String, usize)> = BTreeMap::new();
    for sheet in sheets {
        let Some(survey) = surveys.surveys.get(sheet.survey) else {
            continue;
        };
        for (question, answer) in survey.questions.iter().zip(&sheet.answers) {
            if let Some(answer) = answer {
                let set = question.view.to_string();
                answers.insert(&question.image, (set, *answer));
            }
        }
    }
    let mut table = Table::new(&["image", "set", "answer"])?;
    for (image, (set, answer)) in &answers {
        let label = surveys.labels.get(*answer).map_or("", String::as_str);
        table.row([image, set.as_str(), label])?;
    }
    table.bytes()
}
