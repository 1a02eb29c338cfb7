//! Empty answer sheets: what a reader fills in who does not use the page.

use genoderm_study::{Answer, Group, Reader, Survey, View, write_answers};
use serde::Serialize;

use crate::error::Result;

/// An answer sheet as JSON: the questions of a survey without their truth.
#[derive(Debug, Serialize)]
pub(super) struct AnswerSheet<'s> {
    /// Name of the survey.
    survey: &'s str,
    /// The labels to choose from.
    labels: &'s [String],
    /// The questions, in their order.
    questions: Vec<SheetQuestion<'s>>,
}

/// One question without its truth.
#[derive(Debug, Serialize)]
struct SheetQuestion<'s> {
    /// The picture, as a path in the study's folder.
    image: &'s str,
    view: View,
    /// Left empty for the reader.
    answer: Option<String>,
}

impl<'s> AnswerSheet<'s> {
    /// The sheet of a survey.
    pub fn of(survey: &'s Survey, labels: &'s [String]) -> Self {
        let questions = survey.questions.iter();
        Self {
            survey: &survey.name,
            labels,
            questions: questions
                .map(|question| SheetQuestion {
                    image: &question.image,
                    view: question.view,
                    answer: None,
                })
                .collect(),
        }
    }
}

/// The same as a table in the format of answers, with reader, group and answer left empty.
pub(super) fn blank_table(survey: &Survey) -> Result<Vec<u8>> {
    let rows: Vec<Answer> = survey
        .questions
        .iter()
        .map(|question| Answer {
            survey: survey.name.clone(),
            reader: Reader {
                name: String::new(),
                group: Group(String::new()),
            },
            image: question.image.clone(),
            answer: None,
        })
        .collect();
    Ok(write_answers(&rows).into_bytes())
}
