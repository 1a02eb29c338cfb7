//! `genoderm study score`: which sheets count, and what was right.
//!
//! ```text
//! SCORED/surveys.json   the surveys again, so that the folder is enough for the report
//! SCORED/answers.csv    the answers that count, those of models among them
//! SCORED/sheets.csv     every sheet, with its score and whether it counts
//! SCORED/score.json     which groups are models, and what was counted
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use genoderm_study::{
    Group, Reader, Selection, Sheet, Study, Surveys, View, model_sheets, read_sheets, select,
    write_answers,
};
use serde::{Deserialize, Serialize};

use super::answers::read_answer_files;
use super::csv_text::{Table, cell};
use super::folder::{SURVEYS, StudyFolder, read_surveys};
use super::predictions::read_predictions;
use crate::error::{Error, Result};
use crate::files;

/// The answers that count.
const ANSWERS: &str = "answers.csv";
/// All sheets.
const SHEETS: &str = "sheets.csv";
/// What was counted.
const SCORE: &str = "score.json";

/// What to score.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreOptions {
    /// Folder of the study.
    pub study: PathBuf,
    /// Tables of people's answers.
    pub answers: Vec<PathBuf>,
    /// Names of models with their tables of predictions.
    pub predictions: Vec<(String, PathBuf)>,
    /// A sheet is complete when more than this share of its questions is answered, 0 to 1.
    pub complete_above: f64,
}

/// What was scored.
#[derive(Clone, Debug)]
pub struct ScoredStudy {
    /// The surveys.
    pub surveys: Surveys,
    /// All sheets by whether they count; models' are among those that do.
    pub selection: Selection,
    /// What goes into `score.json`.
    pub record: ScoreRecord,
}

/// `score.json`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreRecord {
    /// Version of this format: 1.
    pub format: u32,
    /// The groups that are models.
    pub models: Vec<ModelRecord>,
    /// A sheet counts when more than this share of its questions is answered.
    pub complete_above: f64,
    /// For each group of people what was found.
    pub groups: BTreeMap<String, GroupRecord>,
}

/// A model among the groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// Its name.
    pub name: String,
    /// Rows of its tables about pictures of no survey.
    pub other_rows: usize,
    /// Images on which a label that no survey offers was more probable than the answer.
    pub restricted: usize,
}

/// What was found of a group of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRecord {
    /// Sheets that count.
    pub counted: usize,
    /// Sheets with too many questions left out.
    pub incomplete: usize,
    /// Complete sheets of surveys that one of the group had completed before.
    pub surplus: usize,
    /// Surveys without a complete sheet.
    pub missing: Vec<String>,
}

/// Scores answers; nothing is written.
///
/// # Errors
///
/// Those of [`StudyFolder::open`], [`read_answer_files`] and [`read_predictions`]; [`Error::Input`] for a model that has
/// not answered about every image, and when there is nothing to score.
pub fn score(options: &ScoreOptions) -> Result<ScoredStudy> {
    let study = StudyFolder::open(&options.study)?;
    let mut tables: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    for (name, path) in &options.predictions {
        tables.entry(name).or_default().push(path.clone());
    }
    let names: Vec<Group> = tables
        .keys()
        .map(|name| Group((*name).to_owned()))
        .collect();
    let people = read_answer_files(&study.surveys, &options.answers, &names)?;
    let mut models = Vec::new();
    let mut of_models = Vec::new();
    for (name, paths) in &tables {
        let found = read_predictions(&study, paths)?;
        let reader = Reader {
            name: (*name).to_owned(),
            group: Group((*name).to_owned()),
        };
        let sheets = model_sheets(&study.surveys, &reader, &found.answers)
            .map_err(|images| missing(name, &images, &study))?;
        of_models.extend(sheets);
        models.push(ModelRecord {
            name: (*name).to_owned(),
            other_rows: found.others,
            restricted: found.restricted,
        });
    }
    let sheets = people.into_iter().map(|(_, sheet)| sheet);
    let mut selection = select(sheets, options.complete_above);
    let groups = group_records(&study.surveys, &selection);
    selection.counted.extend(of_models);
    if selection.counted.is_empty() {
        return Err(Error::input(format!(
            "no sheet is complete: more than {:.0}% of a survey's questions must be answered",
            100.0 * options.complete_above
        )));
    }
    Ok(ScoredStudy {
        surveys: study.surveys,
        selection,
        record: ScoreRecord {
            format: 1,
            models,
            complete_above: options.complete_above,
            groups,
        },
    })
}

/// The most images that a message names.
const MOST_NAMED: usize = 10;

fn missing(model: &str, images: &[String], study: &StudyFolder) -> Error {
    let named: Vec<String> = images
        .iter()
        .take(MOST_NAMED)
        .map(|image| {
            let known = study.images.iter().find(|known| known.image == *image);
            let manifest = known.map(|known| known.manifest.as_str());
            match manifest.filter(|manifest| *manifest != image) {
                Some(manifest) => format!("{image} ({manifest})"),
                None => image.clone(),
            }
        })
        .collect();
    let more = match images.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Error::input(format!(
        "model `{model}` has no answer about {} of the {} images: {}{more}; a model answers about all of them: name the \
         tables of both sets with --predictions {model}=FILE",
        images.len(),
        study.images.len(),
        named.join(", ")
    ))
}

fn group_records(surveys: &Surveys, selection: &Selection) -> BTreeMap<String, GroupRecord> {
    let mut groups: BTreeMap<String, GroupRecord> = BTreeMap::new();
    let mut add = |sheets: &[Sheet], to: fn(&mut GroupRecord) -> &mut usize| {
        for sheet in sheets {
            *to(groups.entry(sheet.reader.group.0.clone()).or_default()) += 1;
        }
    };
    add(&selection.counted, |group| &mut group.counted);
    add(&selection.incomplete, |group| &mut group.incomplete);
    add(&selection.surplus, |group| &mut group.surplus);
    for (name, group) in &mut groups {
        let answered = |survey: usize| {
            let mut sheets = selection.counted.iter();
            sheets.any(|sheet| sheet.survey == survey && sheet.reader.group.0 == *name)
        };
        let left = surveys.surveys.iter().enumerate();
        let left = left.filter(|(survey, _)| !answered(*survey));
        group.missing = left.map(|(_, survey)| survey.name.clone()).collect();
    }
    groups
}

impl ScoredStudy {
    /// Writes everything into a new folder, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when the folder exists.
    pub fn write(&self, out: &Path) -> Result<()> {
        let rows: Vec<genoderm_study::Answer> = self
            .selection
            .counted
            .iter()
            .flat_map(|sheet| sheet.rows(&self.surveys))
            .collect();
        let sheets = self.sheet_table()?;
        files::write_folder(out, |folder| {
            files::write_json(&folder.join(SURVEYS), &self.surveys)?;
            files::write(&folder.join(ANSWERS), write_answers(&rows).as_bytes())?;
            files::write(&folder.join(SHEETS), &sheets)?;
            files::write_json(&folder.join(SCORE), &self.record)
        })
    }

    fn sheet_table(&self) -> Result<Vec<u8>> {
        let columns = [
            "survey",
            "reader",
            "group",
            "status",
            "questions",
            "answered",
            "focused",
            "panoramic",
        ];
        let mut table = Table::new(&columns)?;
        let study = Study::new(&self.surveys, &[]);
        let of = [
            (&self.selection.counted, "counted"),
            (&self.selection.incomplete, "incomplete"),
            (&self.selection.surplus, "surplus"),
        ];
        for (sheets, status) in of {
            for sheet in sheets {
                let survey = self.surveys.surveys.get(sheet.survey);
                let [focused, panoramic] =
                    View::BOTH.map(|view| cell(study.score(sheet, view, None).accuracy()));
                table.row([
                    survey.map_or(String::new(), |survey| survey.name.clone()),
                    sheet.reader.name.clone(),
                    sheet.reader.group.0.clone(),
                    status.to_owned(),
                    sheet.answers.len().to_string(),
                    sheet.answered().to_string(),
                    focused,
                    panoramic,
                ])?;
            }
        }
        table.bytes()
    }
}

/// A folder that `genoderm study score` wrote.
#[derive(Clone, Debug)]
pub struct ScoredFolder {
    /// The surveys.
    pub surveys: Surveys,
    /// The sheets that count.
    pub sheets: Vec<Sheet>,
    /// What was counted.
    pub record: ScoreRecord,
}

impl ScoredFolder {
    /// Reads a folder.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] for files that are not there, [`Error::Content`] for those that are not as they were written.
    pub fn open(path: &Path) -> Result<Self> {
        let record: ScoreRecord = files::read_json(&path.join(SCORE))?;
        if record.format != 1 {
            let cause = format!(
                "format {} is not known; this program knows 1",
                record.format
            );
            return Err(Error::content(&path.join(SCORE))(cause));
        }
        let surveys = read_surveys(&path.join(SURVEYS))?;
        let file = path.join(ANSWERS);
        let bytes = files::read(&file)?;
        let text = std::str::from_utf8(&bytes).map_err(Error::content(&file))?;
        let sheets = read_sheets(&surveys, text).map_err(Error::content(&file))?;
        let counted = select(sheets, record.complete_above);
        if !counted.surplus.is_empty() || counted.counted.is_empty() {
            let cause = "there must be one sheet of each survey and group: run `genoderm study score` again";
            return Err(Error::content(&file)(cause));
        }
        Ok(Self {
            surveys,
            sheets: counted.counted,
            record,
        })
    }

    /// The files of such a folder.
    pub fn files(path: &Path) -> [PathBuf; 4] {
        [SURVEYS, ANSWERS, SHEETS, SCORE].map(|name| path.join(name))
    }

    /// The groups that are models.
    pub fn models(&self) -> Vec<Group> {
        let names = self.record.models.iter();
        names.map(|model| Group(model.name.clone())).collect()
    }
}
