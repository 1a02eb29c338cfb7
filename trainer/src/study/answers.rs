//! What people answered: one table or many, and every bad row of all of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use genoderm_study::{Group, Sheet, Surveys, read_sheets};

use crate::error::{Error, Result};
use crate::files;

/// Reads tables of answers; sheets are in the order of the files, then of their first rows.
///
/// # Errors
///
/// [`Error::Io`] for a file that cannot be read; [`Error::Input`] with every bad row of all files: those of
/// [`read_sheets`], a reader who answers a survey in two files or belongs to two groups, and a group that has the
/// name of a model.
pub fn read_answer_files(
    surveys: &Surveys,
    paths: &[PathBuf],
    models: &[Group],
) -> Result<Vec<(PathBuf, Sheet)>> {
    let mut all = Vec::new();
    let mut faults = Vec::new();
    for path in paths {
        let bytes = files::read(path)?;
        match std::str::from_utf8(&bytes) {
            Err(error) => faults.push(format!(
                "{}: line {}: is not UTF-8 text: save the table as CSV UTF-8",
                path.display(),
                line_of(&bytes, error.valid_up_to())
            )),
            Ok(text) => match read_sheets(surveys, text) {
                Ok(sheets) => all.extend(sheets.into_iter().map(|sheet| (path.clone(), sheet))),
                Err(error) => faults.extend(
                    error
                        .rows
                        .iter()
                        .map(|row| format!("{}: {row}", path.display())),
                ),
            },
        }
    }
    faults.extend(between_files(surveys, &all, models));
    match faults.len() {
        0 => Ok(all),
        1 => Err(Error::input(format!("{}; nothing was written", faults[0]))),
        count => Err(Error::input(format!(
            "{count} faults in answers; correct them and score again, nothing was written\n  {}",
            faults.join("\n  ")
        ))),
    }
}

/// The line, from 1, of a byte.
fn line_of(bytes: &[u8], place: usize) -> usize {
    1 + bytes[..place].iter().filter(|byte| **byte == b'\n').count()
}

/// What does not fit together although each file alone does.
fn between_files(surveys: &Surveys, all: &[(PathBuf, Sheet)], models: &[Group]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut sheets: BTreeMap<(usize, &str), &Path> = BTreeMap::new();
    let mut groups: BTreeMap<&str, (&Group, &Path)> = BTreeMap::new();
    for (path, sheet) in all {
        let reader = sheet.reader.name.as_str();
        let group = &sheet.reader.group;
        if models
            .iter()
            .any(|model| model == group || model.0 == reader)
        {
            faults.push(format!(
                "{}: reader `{reader}` of group `{group}` has the name of a model: give the model another with \
                 --predictions NAME=FILE",
                path.display()
            ));
        }
        let (known, before) = *groups.entry(reader).or_insert((group, path));
        if known != group {
            faults.push(format!(
                "{}: reader `{reader}` is in group `{group}` here and in `{known}` in {}",
                path.display(),
                before.display()
            ));
        }
        if let Some(before) = sheets.insert((sheet.survey, reader), path) {
            let survey = surveys.surveys.get(sheet.survey);
            faults.push(format!(
                "{}: reader `{reader}` has answered survey `{}` in {} already: leave one of them out",
                path.display(),
                survey.map_or("", |survey| survey.name.as_str()),
                before.display()
            ));
        }
    }
    faults
}
