//! `genoderm study make`: surveys of a manifest's test pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use genoderm_study::{Question, SurveyPlan, Surveys, View, make_surveys};
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::Serialize;

use super::folder::{IMAGES, PICTURES, SHEETS, STUDY, SURVEYS, image_table};
use super::sheets::{AnswerSheet, blank_table};
use crate::data::{Manifest, PictureSet, Row, Split, decode};
use crate::error::{Error, Result};
use crate::{files, seed};

/// What random choices here are for, apart from those of the surveys themselves.
const CHOICE: u64 = 0x0063_686f_6963_6500;
const NAMES: u64 = 0x006e_616d_6573_0000;

/// What to make surveys of, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeOptions {
    /// Folder of `manifest.csv`; its test pictures are asked about.
    pub data: PathBuf,
    /// Folder to create.
    pub out: PathBuf,
    /// Only these labels; empty for all that have test pictures.
    pub labels: Vec<String>,
    /// Surveys in each set, at least 1; `None` for as many as cover all test photographs.
    pub surveys_per_set: Option<usize>,
    /// Photographs of each label in a survey, sets, order and seed.
    pub plan: SurveyPlan,
    /// Keep the manifest's names of pictures, which often tell the label, instead of numbers.
    pub keep_names: bool,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeStudy {
    /// The surveys.
    pub surveys: Surveys,
    /// How many pictures were copied.
    pub pictures: usize,
}

/// `study.json`: what the surveys were made of.
#[derive(Serialize)]
struct Provenance<'o> {
    format: u32,
    genoderm: &'static str,
    manifest_sha256: &'o str,
    labels: &'o [String],
    surveys_per_set: usize,
    plan: &'o SurveyPlan,
}

/// A question and where its picture lies.
struct Planned {
    question: Question,
    manifest: String,
    file: PathBuf,
}

/// Makes a study's folder, whole or not at all; `step` hears how many pictures of how many are checked.
///
/// # Errors
///
/// [`Error::Manifest`] for a bad manifest, [`Error::Content`] when its test pictures make no such surveys,
/// [`Error::Input`] for pictures that cannot be opened and a folder that exists.
pub fn make(options: &MakeOptions, step: &(dyn Fn(usize, usize) + Sync)) -> Result<MadeStudy> {
    files::refuse_existing(&options.out)?;
    let manifest = Manifest::read(&options.data)?;
    let faulty = |cause: String| Error::content(&manifest.path)(cause);
    let rows = test_rows(&manifest, &options.labels)?;
    let rows = match options.surveys_per_set {
        None => rows,
        Some(surveys) => chosen(rows, surveys, &options.plan).map_err(faulty)?,
    };
    let planned = named(&manifest, rows, options)?;
    let questions: Vec<Question> = planned.iter().map(|one| one.question.clone()).collect();
    let surveys =
        make_surveys(&questions, &options.plan).map_err(|error| faulty(advised(&error.faults)))?;
    check_pictures(&planned, step)?;
    let in_a_set = surveys.surveys.len() / options.plan.sets.max(1);
    files::write_folder(&options.out, |folder| {
        for one in &planned {
            let target = folder.join(&one.question.image);
            files::create_folder(files::parent_of(&target))?;
            std::fs::copy(&one.file, &target).map_err(Error::io("copy", &one.file))?;
        }
        files::create_folder(&folder.join(SHEETS))?;
        for survey in &surveys.surveys {
            let name = |ending: &str| {
                folder
                    .join(SHEETS)
                    .join(format!("{}.{ending}", survey.name))
            };
            files::write(&name("csv"), &blank_table(survey)?)?;
            files::write_json(&name("json"), &AnswerSheet::of(survey, &surveys.labels))?;
        }
        let rows = planned.iter().map(|one| {
            let Question {
                image,
                label,
                view,
                source,
            } = one.question.clone();
            [image, one.manifest.clone(), label, view.to_string(), source]
        });
        files::write(&folder.join(IMAGES), &image_table(rows)?)?;
        files::write_json(
            &folder.join(STUDY),
            &Provenance {
                format: 1,
                genoderm: env!("CARGO_PKG_VERSION"),
                manifest_sha256: &manifest.sha256,
                labels: &surveys.labels,
                surveys_per_set: in_a_set,
                plan: &options.plan,
            },
        )?;
        files::write_json(&folder.join(SURVEYS), &surveys)
    })?;
    Ok(MadeStudy {
        surveys,
        pictures: planned.len(),
    })
}

/// The faults of surveys and what can be done about them.
fn advised(faults: &[String]) -> String {
    let text = faults.join("\n");
    let advice = if text.contains("equally many photographs") {
        "\ntake other numbers (--per-label, --surveys-per-set), or some of the labels (--labels)"
    } else if text.contains("one focused and one panoramic") {
        "\na study needs exactly one focused and one panoramic test picture of each source: `genoderm data split` makes \
         such a test set"
    } else {
        ""
    };
    format!("no surveys can be made of its test pictures: {text}{advice}")
}

/// The rows of test pictures with these labels.
fn test_rows<'m>(manifest: &'m Manifest, labels: &[String]) -> Result<Vec<&'m Row>> {
    let tests: Vec<&Row> = manifest
        .rows
        .iter()
        .filter(|row| row.split == Split::Test)
        .collect();
    if tests.is_empty() {
        let cause = "there is no test picture: a study asks about pictures that no network has learnt from (split `test`)";
        return Err(Error::content(&manifest.path)(cause));
    }
    let known: BTreeSet<&str> = tests.iter().map(|row| row.label.as_str()).collect();
    if let Some(label) = labels.iter().find(|label| !known.contains(label.as_str())) {
        let known: Vec<&str> = known.into_iter().collect();
        return Err(Error::input(format!(
            "--labels: no test picture has the label `{label}`; choose from {}",
            known.join(", ")
        )));
    }
    let wanted = |row: &&Row| labels.is_empty() || labels.contains(&row.label);
    Ok(tests.into_iter().filter(wanted).collect())
}

/// The rows of as many photographs of each label as a set of so many surveys shows, chosen by the seed.
fn chosen<'m>(
    rows: Vec<&'m Row>,
    surveys: usize,
    plan: &SurveyPlan,
) -> std::result::Result<Vec<&'m Row>, String> {
    let needed = surveys.saturating_mul(plan.per_label);
    let mut sources: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &rows {
        sources.entry(&row.label).or_default().insert(&row.source);
    }
    let mut kept = BTreeSet::new();
    for (index, (label, sources)) in sources.iter().enumerate() {
        if sources.len() < needed {
            return Err(format!(
                "{surveys} surveys with {} photographs of each label need {needed} of `{label}`, and there are {}: take \
                 fewer with --surveys-per-set or --per-label",
                plan.per_label,
                sources.len()
            ));
        }
        let mut sources: Vec<&str> = sources.iter().copied().collect();
        sources.shuffle(&mut seed::generator(&[plan.seed, CHOICE, index as u64]));
        kept.extend(sources.into_iter().take(needed));
    }
    let kept = |row: &&Row| kept.contains(row.source.as_str());
    Ok(rows.into_iter().filter(kept).collect())
}

/// The questions with the names that readers see.
fn named(manifest: &Manifest, mut rows: Vec<&Row>, options: &MakeOptions) -> Result<Vec<Planned>> {
    rows.sort_by_key(|row| (&row.label, &row.source, row.set, &row.image));
    // Numbers in the order of labels would tell them.
    rows.shuffle(&mut seed::generator(&[options.plan.seed, NAMES]));
    let digits = rows.len().to_string().len().max(4);
    rows.iter()
        .enumerate()
        .map(|(index, row)| {
            let file = manifest.file(&row.image);
            let image = match options.keep_names {
                true => kept_name(&row.image).ok_or_else(|| {
                    Error::input(format!(
                        "--keep-names: {} lies outside of the manifest's folder, so that its name cannot be kept",
                        row.image
                    ))
                })?,
                false => numbered(&row.image, index + 1, digits),
            };
            Ok(Planned {
                question: Question {
                    image,
                    label: row.label.clone(),
                    view: match row.set {
                        PictureSet::Focused => View::Focused,
                        PictureSet::Panoramic => View::Panoramic,
                    },
                    source: row.source.clone(),
                },
                manifest: row.image.clone(),
                file,
            })
        })
        .collect()
}

/// `pictures/0007.jpg`
fn numbered(name: &str, number: usize, digits: usize) -> String {
    let ending = Path::new(name)
        .extension()
        .and_then(|ending| ending.to_str());
    let ending = ending.map_or_else(String::new, |ending| format!(".{}", ending.to_lowercase()));
    format!("{PICTURES}/{number:0digits$}{ending}")
}

/// The manifest's name with `/`, if it stays inside of a folder.
fn kept_name(name: &str) -> Option<String> {
    use std::path::Component;
    let parts = Path::new(name).components();
    let parts: Option<Vec<&str>> = parts
        .filter(|part| !matches!(part, Component::CurDir))
        .map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect();
    let parts = parts?;
    // A picture may not take the place of one of the study's own files.
    let taken = [SURVEYS, SHEETS, IMAGES, STUDY];
    let first = parts.first()?;
    (!taken.contains(first)).then(|| parts.join("/"))
}

/// Opens every picture, and names all that cannot be shown.
fn check_pictures(planned: &[Planned], step: &(dyn Fn(usize, usize) + Sync)) -> Result<()> {
    let done = std::sync::atomic::AtomicUsize::new(0);
    let faults: Vec<String> = planned
        .par_iter()
        .filter_map(|one| {
            let fault = decode(&one.file).err().map(|error| error.to_string());
            let before = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            step(before + 1, planned.len());
            fault
        })
        .collect();
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Error::input(faults.join("\n"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_nothing_or_stay_inside() {
        assert_eq!(numbered("focused/NF1/a.JPG", 7, 4), "pictures/0007.jpg");
        assert_eq!(numbered("b", 12, 5), "pictures/00012");
        assert_eq!(
            kept_name("./focused/NF1/a.jpg"),
            Some("focused/NF1/a.jpg".into())
        );
        assert_eq!(kept_name("../a.jpg"), None);
        assert_eq!(kept_name("/a.jpg"), None);
        assert_eq!(kept_name("surveys.json"), None);
    }
}
