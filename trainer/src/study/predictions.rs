//! A model's answers, from tables of predictions.
//!
//! | column | meaning |
//! |---|---|
//! | `image`, `file` or `filepath` | the picture, by the name that it has in the study or in the manifest |
//! | `set` | may be absent; rows of the other kind than the picture's are passed over |
//! | a column for each label, or `0`, `1`, ... | probabilities: the most probable of the survey's labels is the answer |
//! | `answer` or `first_label` | the answer, where there are no probabilities |
//!
//! So tables of `genoderm predict --csv`, of `genoderm evaluate --authors-csv` and of the page are read alike.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use genoderm_model::labels::LabelRegistry;
use genoderm_study::Surveys;

use super::folder::StudyFolder;
use super::picture_names::Names;
use crate::data::{CsvCells, CsvTable, RowError};
use crate::error::{Error, Result};
use crate::evaluation::argmax;
use crate::files;

/// Columns that may name the picture, and those that may name the answer.
const NAMES: [&str; 3] = ["image", "file", "filepath"];
const ANSWERS: [&str; 2] = ["answer", "first_label"];

/// The answers of a model on the pictures of a study.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelPredictions {
    /// Position of the answer among the labels of the surveys, by image.
    pub answers: BTreeMap<String, usize>,
    /// Rows about other pictures.
    pub others: usize,
    /// Answers that would be another label if the model could choose those that no survey offers.
    pub restricted: usize,
}

/// Reads tables of one model's predictions.
///
/// # Errors
///
/// [`Error::Io`] for a file that cannot be read, [`Error::Input`] with every bad row of all files: one about
/// several pictures, a second one about a picture, an unknown label, a cell that is no probability.
pub fn read_predictions(study: &StudyFolder, paths: &[PathBuf]) -> Result<ModelPredictions> {
    let names = Names::of(&study.images);
    let mut found = ModelPredictions::default();
    let mut seen = BTreeMap::new();
    let mut faults = Vec::new();
    for path in paths {
        let bytes = files::read(path)?;
        let said = read_one(&study.surveys, &names, &bytes, path, &mut found, &mut seen);
        faults.extend(said.iter().map(|row| format!("{}: {row}", path.display())));
    }
    match faults.len() {
        0 => Ok(found),
        1 => Err(Error::input(format!("{}; nothing was written", faults[0]))),
        count => Err(Error::input(format!(
            "{count} faults in predictions; correct them and score again, nothing was written\n  {}",
            faults.join("\n  ")
        ))),
    }
}

/// Where each image was answered first.
type Seen<'p> = BTreeMap<String, (&'p Path, u64)>;

fn read_one<'p>(
    surveys: &Surveys,
    names: &Names<'_>,
    bytes: &[u8],
    path: &'p Path,
    found: &mut ModelPredictions,
    seen: &mut Seen<'p>,
) -> Vec<RowError> {
    let table = match CsvTable::read(bytes, &[]) {
        Ok(table) => table,
        Err(faults) => return faults,
    };
    let columns = match Columns::of(&table.header, surveys) {
        Ok(columns) => columns,
        Err(cause) => {
            let column = String::new();
            return vec![RowError {
                line: 1,
                column,
                cause,
            }];
        }
    };
    let mut faults = Vec::new();
    for cells in table.rows() {
        let name = cells.get(columns.name);
        let image = match names.find(name) {
            Ok(Some(image)) => image,
            Ok(None) => {
                found.others += 1;
                continue;
            }
            Err(cause) => {
                faults.push(cells.fault(columns.name, cause));
                continue;
            }
        };
        let set = cells.get("set");
        if ["focused", "panoramic"].contains(&set) && set != image.view.to_string() {
            found.others += 1;
            continue;
        }
        let (answer, restricted) = match columns.answer(&cells, surveys) {
            Ok(answer) => answer,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        if let Some((before, line)) = seen.insert(image.image.clone(), (path, cells.line)) {
            let cause = format!(
                "`{name}` is answered in {}, line {line}, already: a model gives one answer to each picture",
                before.display()
            );
            faults.push(cells.fault(columns.name, cause));
            continue;
        }
        found.answers.insert(image.image.clone(), answer);
        found.restricted += usize::from(restricted);
    }
    faults.extend(table.faults);
    faults.sort_by_key(|fault| fault.line);
    faults
}

/// Where a table tells what.
struct Columns<'h> {
    name: &'h str,
    kind: Kind<'h>,
}

enum Kind<'h> {
    /// Columns of probabilities, with the position that their label has among those of the surveys.
    Probabilities(Vec<(&'h str, Option<usize>)>),
    /// The column of the answer.
    Answer(&'h str),
}

impl<'h> Columns<'h> {
    fn of(header: &'h [String], surveys: &Surveys) -> std::result::Result<Self, String> {
        let column = |names: &[&str]| {
            let mut found = header.iter().filter(|name| names.contains(&name.as_str()));
            found.next().map(String::as_str)
        };
        let name = column(&NAMES).ok_or_else(|| {
            format!(
                "there is no column for the picture: call it {}",
                NAMES.join(", ")
            )
        })?;
        let numbers: Vec<&str> = header
            .iter()
            .map(String::as_str)
            .filter(|name| name.parse::<usize>().is_ok())
            .collect();
        let by_label = |label: &String| header.contains(label);
        if surveys.labels.iter().all(by_label) {
            let others = header.iter().filter(|name| is_label(name));
            let labels = surveys.labels.iter().chain(others);
            let mut columns: Vec<(&str, Option<usize>)> = Vec::new();
            for label in labels {
                if !columns.iter().any(|(known, _)| *known == label.as_str()) {
                    columns.push((label.as_str(), surveys.label(label)));
                }
            }
            // The header's own strings live long enough.
            let columns = columns.iter().filter_map(|(label, place)| {
                let own = header.iter().find(|name| name.as_str() == *label)?;
                Some((own.as_str(), *place))
            });
            let kind = Kind::Probabilities(columns.collect());
            return Ok(Self { name, kind });
        }
        if !numbers.is_empty() {
            return Ok(Self {
                name,
                kind: Kind::Probabilities(numbered(&numbers, surveys)?),
            });
        }
        match column(&ANSWERS) {
            Some(answer) => Ok(Self {
                name,
                kind: Kind::Answer(answer),
            }),
            None => {
                let missing = surveys.labels.iter().find(|label| !by_label(label));
                Err(format!(
                    "there is neither a column `answer` nor one of probabilities for each label of the surveys (`{}` is \
                     missing)",
                    missing.map_or("", String::as_str)
                ))
            }
        }
    }

    /// Position of the answer among the surveys' labels, and whether another label was more probable.
    fn answer(
        &self,
        cells: &CsvCells<'_>,
        surveys: &Surveys,
    ) -> std::result::Result<(usize, bool), RowError> {
        match &self.kind {
            Kind::Answer(column) => {
                let label = cells.get(column);
                let place = surveys.label(label).ok_or_else(|| {
                    let labels = surveys.labels.join(", ");
                    cells.fault(
                        column,
                        format!("`{label}` is no label of the surveys; they are {labels}"),
                    )
                })?;
                Ok((place, false))
            }
            Kind::Probabilities(columns) => {
                let mut offered = vec![f32::NEG_INFINITY; surveys.labels.len()];
                let mut others = f32::NEG_INFINITY;
                for (column, place) in columns {
                    let text = cells.get(column);
                    let probability = text.parse::<f32>().ok().filter(|p| (0.0..=1.0).contains(p));
                    let Some(probability) = probability else {
                        let cause = format!("`{text}` is no probability from 0 to 1");
                        return Err(cells.fault(column, cause));
                    };
                    match place {
                        Some(place) => offered[*place] = probability,
                        None => others = others.max(probability),
                    }
                }
                let answer = argmax(&offered);
                // Labels that only this model has are no known columns, but its own answer may be one.
                let own = cells.optional("answer");
                let unoffered = own.is_some_and(|own| surveys.label(own).is_none());
                Ok((answer, unoffered || others > offered[answer]))
            }
        }
    }
}

/// Whether a column has the key of a label that Genoderm knows.
fn is_label(name: &str) -> bool {
    LabelRegistry::paper().keys().any(|key| key == name)
}

/// Columns `0`, `1`, ... in the order of the paper's labels: 7 or, with the auxiliary ones, 16.
fn numbered<'h>(
    numbers: &[&'h str],
    surveys: &Surveys,
) -> std::result::Result<Vec<(&'h str, Option<usize>)>, String> {
    let registries = [LabelRegistry::own(), LabelRegistry::paper()];
    let registry = registries
        .iter()
        .find(|registry| registry.len() == numbers.len())
        .ok_or_else(|| {
            format!(
                "{} columns of probabilities have numbers for names, and only the paper's 7 and 16 labels have a known \
                 order: call the columns by the labels' keys",
                numbers.len()
            )
        })?;
    let keys: Vec<&str> = registry.keys().collect();
    if let Some(label) = surveys
        .labels
        .iter()
        .find(|label| !keys.contains(&label.as_str()))
    {
        return Err(format!(
            "numbered columns stand for the paper's labels, and `{label}` is none"
        ));
    }
    numbers
        .iter()
        .map(|column| {
            let key = column.parse().ok().and_then(|place: usize| keys.get(place));
            let key = key.ok_or_else(|| format!("the column `{column}` is no label's number"))?;
            Ok((*column, surveys.label(key)))
        })
        .collect()
}
