//! A survey and its questions.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::View;
use super::error::SurveyError;

/// The largest number of surveys that a file may hold, and of questions in one of them: far more than
/// any study has, and little enough for every table of a report.
pub(super) const MOST: usize = 10_000;

/// One image that is asked about, with its truth.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Question {
    /// The image, as the manifest names it; unique within a survey.
    pub image: String,
    /// The true label. Answer sheets leave it out.
    pub label: String,
    /// Focused or panoramic.
    pub view: View,
    /// The photograph or person it comes from: the same for an image and its partner.
    pub source: String,
}

/// The questions that one reader answers, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// Its name, unique within a study, for example `S07`.
    pub name: String,
    /// Which set of surveys it belongs to, from 1; one set covers all test images once.
    pub set: usize,
    /// The questions.
    pub questions: Vec<Question>,
}

/// All surveys of a study and the labels that may be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surveys {
    /// The labels, in the order of tables.
    pub labels: Vec<String>,
    /// The surveys.
    pub surveys: Vec<Survey>,
}

impl Surveys {
    /// Position of a label in [`labels`](Self::labels).
    pub fn label(&self, name: &str) -> Option<usize> {
        self.labels.iter().position(|label| label == name)
    }

    /// Checks surveys that were read from a file: names, labels, and no image twice in a survey.
    ///
    /// # Errors
    /// Every fault, by name.
    pub fn check(&self) -> Result<(), SurveyError> {
        let mut faults = Vec::new();
        let labels: BTreeSet<&String> = self.labels.iter().collect();
        if labels.len() < 2 || labels.len() < self.labels.len() {
            faults.push("there must be two labels or more, all different".to_owned());
        }
        if self.surveys.is_empty() {
            faults.push("there is no survey".to_owned());
        }
        let longest = self
            .surveys
            .iter()
            .map(|survey| survey.questions.len())
            .max();
        if self.surveys.len().max(longest.unwrap_or(0)) > MOST {
            faults.push(format!("there are more than {MOST} surveys or questions"));
            return Err(SurveyError { faults });
        }
        let mut names = BTreeSet::new();
        // An image has one truth throughout a study.
        let mut known = BTreeMap::new();
        for survey in &self.surveys {
            let name = &survey.name;
            if name.trim().is_empty() || !names.insert(name) {
                faults.push(format!(
                    "survey `{name}`: names must differ, and not be empty"
                ));
            }
            if survey.questions.is_empty() {
                faults.push(format!("survey `{name}` has no question"));
            }
            let mut images = BTreeSet::new();
            for question in &survey.questions {
                let image = &question.image;
                if !images.insert(image) {
                    faults.push(format!("survey `{name}`: image `{image}` occurs twice"));
                }
                if !labels.contains(&question.label) {
                    let label = &question.label;
                    faults.push(format!(
                        "survey `{name}`: image `{image}` has the unknown label `{label}`"
                    ));
                }
                if *known.entry(image).or_insert(question) != question {
                    faults.push(format!(
                        "survey `{name}`: image `{image}` has another label, view or source elsewhere"
                    ));
                }
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(SurveyError { faults })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surveys() -> Surveys {
        let question = |image: &str, label: &str| Question {
            image: image.to_owned(),
            label: label.to_owned(),
            view: View::Focused,
            source: image.to_owned(),
        };
        Surveys {
            labels: vec!["NF1".to_owned(), "TSC".to_owned()],
            surveys: vec![Survey {
                name: "S01".to_owned(),
                set: 1,
                questions: vec![question("a.jpg", "NF1"), question("b.jpg", "TSC")],
            }],
        }
    }

    #[test]
    fn surveys_of_a_file_are_checked_and_every_fault_is_named() {
        assert!(surveys().check().is_ok());
        let json = serde_json::to_string(&surveys()).unwrap();
        assert_eq!(serde_json::from_str::<Surveys>(&json).unwrap(), surveys());

        let mut bad = surveys();
        let copy = bad.surveys[0].clone();
        bad.surveys.push(copy);
        bad.surveys[1].questions[0].label = "XYZ".to_owned();
        bad.surveys[1].questions[1].image = "a.jpg".to_owned();
        let faults = bad.check().unwrap_err().faults;
        let text = faults.join("\n");
        assert!(text.contains("names must differ"), "{text}");
        assert!(text.contains("unknown label `XYZ`"), "{text}");
        assert!(text.contains("`a.jpg` occurs twice"), "{text}");
        assert!(text.contains("another label, view or source"), "{text}");

        let empty = Surveys {
            labels: vec![],
            surveys: vec![],
        };
        assert_eq!(empty.check().unwrap_err().faults.len(), 2);
    }
}
