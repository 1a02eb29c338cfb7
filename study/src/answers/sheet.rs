//! What one reader answered in one survey.

use std::collections::{BTreeMap, HashMap};

use super::error::{AnswersError, RowError};
use super::row::{Answer, Reader};
use super::table::parse;
use crate::survey::{Question, Surveys};

/// The answers of one reader to one survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Position of the survey in [`Surveys::surveys`].
    pub survey: usize,
    /// Who answered.
    pub reader: Reader,
    /// For each question of the survey the position of the chosen label, `None` if it was left out.
    pub answers: Vec<Option<usize>>,
}

impl Sheet {
    /// How many questions are answered.
    pub fn answered(&self) -> usize {
        self.answers.iter().flatten().count()
    }

    /// The rows of this sheet, for a table; none if the survey is not among these.
    pub fn rows(&self, surveys: &Surveys) -> Vec<Answer> {
        let Some(survey) = surveys.surveys.get(self.survey) else {
            return Vec::new();
        };
        let row = |(question, answer): (&Question, &Option<usize>)| Answer {
            survey: survey.name.clone(),
            reader: self.reader.clone(),
            image: question.image.clone(),
            answer: answer.and_then(|label| surveys.labels.get(label).cloned()),
        };
        survey
            .questions
            .iter()
            .zip(&self.answers)
            .map(row)
            .collect()
    }
}

/// Reads a table of answers and puts its rows to their surveys; sheets are in the order of their first rows.
///
/// A question without a row is left out, as is one with an empty answer.
///
/// # Errors
/// Those of [`read_answers`](super::read_answers), and every row whose survey, image or label is unknown, that
/// answers a question for the second time, or whose reader belongs to another group elsewhere: all of
/// them together.
pub fn read_sheets(surveys: &Surveys, text: &str) -> Result<Vec<Sheet>, AnswersError> {
    let (rows, mut faults) = parse(text)?;
    let (sheets, others) = placed(surveys, &rows);
    faults.extend(others);
    AnswersError::unless(faults, sheets)
}

/// `the surveys are S01 to S30`
fn surveys_in_words(surveys: &Surveys) -> String {
    let name = |survey: Option<&crate::Survey>| survey.map_or("", |s| s.name.as_str()).to_owned();
    match surveys.surveys.len() {
        0 => "there are none".to_owned(),
        1 => format!("there is only {}", name(surveys.surveys.first())),
        _ => format!(
            "the surveys are {} to {}",
            name(surveys.surveys.first()),
            name(surveys.surveys.last())
        ),
    }
}

/// Sheets of the rows that fit, and what is wrong with the others.
fn placed(surveys: &Surveys, rows: &[(u64, Answer)]) -> (Vec<Sheet>, Vec<RowError>) {
    let names: HashMap<&str, usize> = surveys
        .surveys
        .iter()
        .enumerate()
        .map(|(index, survey)| (survey.name.as_str(), index))
        .collect();
    let questions: Vec<HashMap<&str, usize>> = surveys
        .surveys
        .iter()
        .map(|survey| {
            let images = survey.questions.iter().enumerate();
            images
                .map(|(i, question)| (question.image.as_str(), i))
                .collect()
        })
        .collect();
    let mut faults = Vec::new();
    let mut groups: HashMap<&str, (&Reader, u64)> = HashMap::new();
    let mut places: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut first_lines: HashMap<(usize, usize), u64> = HashMap::new();
    let mut sheets: Vec<Sheet> = Vec::new();
    for (line, row) in rows {
        let mut fault = |cause| faults.push(RowError { line: *line, cause });
        let Some(&survey) = names.get(row.survey.as_str()) else {
            fault(format!(
                "there is no survey `{}`; {}",
                row.survey,
                surveys_in_words(surveys)
            ));
            continue;
        };
        let reader = row.reader.name.as_str();
        let (known, since) = *groups.entry(reader).or_insert((&row.reader, *line));
        if known.group != row.reader.group {
            fault(format!(
                "reader `{reader}` is in group `{}` here and in `{}` in line {since}",
                row.reader.group, known.group
            ));
            continue;
        }
        let Some(&question) = questions[survey].get(row.image.as_str()) else {
            fault(format!(
                "survey `{}` does not ask about image `{}`; its answer sheet has those that it asks about",
                row.survey, row.image
            ));
            continue;
        };
        let answer = match &row.answer {
            None => None,
            Some(label) => match surveys.label(label) {
                Some(label) => Some(label),
                None => {
                    fault(format!(
                        "`{label}` is no label; choose from {}",
                        surveys.labels.join(", ")
                    ));
                    continue;
                }
            },
        };
        let place = *places.entry((survey, reader)).or_insert_with(|| {
            sheets.push(Sheet {
                survey,
                reader: row.reader.clone(),
                answers: vec![None; questions[survey].len()],
            });
            sheets.len() - 1
        });
        if let Some(first) = first_lines.insert((place, question), *line) {
            fault(format!(
                "reader `{reader}` has answered about image `{}` of survey `{}` in line {first}",
                row.image, row.survey
            ));
            continue;
        }
        sheets[place].answers[question] = answer;
    }
    (sheets, faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::test_images;
    use crate::survey::{SurveyPlan, make_surveys};

    fn surveys() -> Surveys {
        make_surveys(&test_images(2, 8), &SurveyPlan::default()).unwrap()
    }

    fn table(rows: &[[&str; 5]]) -> String {
        let mut text = "survey,reader,group,image,answer\n".to_owned();
        for row in rows {
            text += &(row.join(",") + "\n");
        }
        text
    }

    #[test]
    fn rows_come_to_their_sheets() {
        let surveys = surveys();
        let image =
            |survey: usize, index: usize| surveys.surveys[survey].questions[index].image.as_str();
        let rows = table(&[
            ["S02", "b", "g", image(1, 0), "L1"],
            ["S01", "a", "g", image(0, 3), "L0"],
            ["S02", "b", "g", image(1, 1), ""],
        ]);
        let sheets = read_sheets(&surveys, &rows).unwrap();
        assert_eq!(sheets.len(), 2);
        assert_eq!((sheets[0].survey, sheets[0].reader.name.as_str()), (1, "b"));
        assert_eq!(sheets[0].answers[..2], [Some(1), None]);
        assert_eq!(sheets[0].answered(), 1);
        assert_eq!(sheets[1].answers[3], Some(0));
        assert_eq!(read_sheets(&surveys, &table(&[])), Ok(vec![]));
    }

    #[test]
    fn every_row_that_fits_nowhere_is_named() {
        let surveys = surveys();
        let image = surveys.surveys[0].questions[0].image.as_str();
        let other = surveys.surveys[1].questions[0].image.as_str();
        let rows = table(&[
            ["S99", "a", "g", image, "L1"],
            ["S01", "a", "g", other, "L1"],
            ["S01", "a", "g", image, "XYZ"],
            ["S01", "a", "g", image, "L1"],
            ["S01", "a", "g", image, "L0"],
            ["S01", "a", "h", image, "L0"],
            ["S01", "", "g", image, "L0"],
        ]);
        let text = read_sheets(&surveys, &rows).unwrap_err().to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 6, "{text}");
        assert_eq!(
            lines[0],
            "line 2: there is no survey `S99`; the surveys are S01 to S12"
        );
        assert!(lines[1].starts_with("line 3: survey `S01` does not ask about"));
        assert_eq!(lines[2], "line 4: `XYZ` is no label; choose from L0, L1");
        assert!(lines[3].starts_with("line 6: reader `a` has answered about"));
        assert!(lines[3].ends_with("in line 5"));
        assert_eq!(lines[5], "line 8: the column `reader` is empty");
        assert_eq!(
            lines[4],
            "line 7: reader `a` is in group `h` here and in `g` in line 3"
        );
    }
}
