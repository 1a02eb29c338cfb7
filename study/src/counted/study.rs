//! The sheets of a study that count, and the numbers that statistics ask for.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::score::Score;
use crate::answers::{Group, Sheet};
use crate::error::Result;
use crate::statistics::{Readers, Reading, Readings, Strata};
use crate::survey::{Survey, Surveys, View};

/// One side of a comparison: a group in one view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Part {
    /// The group.
    pub group: Group,
    /// The view.
    pub view: View,
}

impl Part {
    /// A group, by its name, in a view.
    pub fn new(group: &str, view: View) -> Self {
        Self {
            group: Group(group.to_owned()),
            view,
        }
    }
}

/// Surveys with the sheets that count: at most one of each survey and group.
#[derive(Clone, Debug)]
pub struct Study<'a> {
    pub(super) surveys: &'a Surveys,
    pub(super) sheets: &'a [Sheet],
    /// Position of each question's true label, by survey; `None` never after [`Surveys::check`].
    truths: Vec<Vec<Option<usize>>>,
    readers: BTreeMap<&'a str, usize>,
    photographs: BTreeMap<&'a str, usize>,
}

/// A question with its answer.
pub(super) struct Answered<'s> {
    pub image: &'s str,
    pub source: &'s str,
    pub truth: usize,
    pub answer: Option<usize>,
}

impl<'a> Study<'a> {
    /// Puts surveys and the sheets that count together; sheets of surveys that do not exist are left out.
    pub fn new(surveys: &'a Surveys, sheets: &'a [Sheet]) -> Self {
        let labels: HashMap<&str, usize> = surveys
            .labels
            .iter()
            .enumerate()
            .map(|(index, label)| (label.as_str(), index))
            .collect();
        let truths = surveys
            .surveys
            .iter()
            .map(|survey| {
                let questions = survey.questions.iter();
                questions
                    .map(|question| labels.get(question.label.as_str()).copied())
                    .collect()
            })
            .collect();
        fn numbered<'n>(names: impl Iterator<Item = &'n str>) -> BTreeMap<&'n str, usize> {
            let mut numbers: BTreeMap<&str, usize> = names.map(|name| (name, 0)).collect();
            for (number, place) in numbers.values_mut().enumerate() {
                *place = number;
            }
            numbers
        }
        let questions = surveys.surveys.iter().flat_map(|survey| &survey.questions);
        Self {
            surveys,
            sheets,
            truths,
            readers: numbered(sheets.iter().map(|sheet| sheet.reader.name.as_str())),
            photographs: numbered(questions.map(|question| question.source.as_str())),
        }
    }

    /// The surveys.
    pub fn surveys(&self) -> &'a Surveys {
        self.surveys
    }

    /// The sheets that count.
    pub fn sheets(&self) -> &'a [Sheet] {
        self.sheets
    }

    /// The groups that have sheets, in the order of their names.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.sheets.iter().map(|s| s.reader.group.clone()).collect();
        groups.sort();
        groups.dedup();
        groups
    }

    /// The questions of a sheet in one view.
    pub(super) fn answered(&self, sheet: &Sheet, view: View) -> impl Iterator<Item = Answered<'a>> {
        let survey: Option<&'a Survey> = self.surveys.surveys.get(sheet.survey);
        let truths = self.truths.get(sheet.survey);
        let questions = survey.into_iter().flat_map(|survey| &survey.questions);
        questions
            .zip(truths.into_iter().flatten())
            .zip(&sheet.answers)
            .filter(move |((question, _), _)| question.view == view)
            .filter_map(|((question, truth), answer)| {
                Some(Answered {
                    image: &question.image,
                    source: &question.source,
                    truth: (*truth)?,
                    answer: *answer,
                })
            })
    }

    pub(super) fn sheets_of<'s>(
        &'s self,
        group: &'s Group,
    ) -> impl Iterator<Item = &'a Sheet> + 's {
        self.sheets
            .iter()
            .filter(move |sheet| sheet.reader.group == *group)
    }

    /// The score of a sheet in one view, over all labels or for the questions of one (by position).
    pub fn score(&self, sheet: &Sheet, view: View, label: Option<usize>) -> Score {
        let mut score = Score::default();
        for question in self.answered(sheet, view) {
            if label.is_none_or(|label| label == question.truth) {
                score.add(question.truth, question.answer);
            }
        }
        score
    }

    /// The accuracy of each survey (by position) that the group has answered, 0 to 1.
    pub fn accuracies(&self, part: &Part) -> BTreeMap<usize, f64> {
        self.sheets_of(&part.group)
            .filter_map(|sheet| {
                Some((sheet.survey, self.score(sheet, part.view, None).accuracy()?))
            })
            .collect()
    }

    /// One row for each survey that all parts have answered, with its position and the accuracy of each part:
    /// what intraclass correlations are computed of, and, with two parts, paired tests.
    pub fn table(&self, parts: &[Part]) -> Vec<(usize, Vec<f64>)> {
        let columns: Vec<BTreeMap<usize, f64>> =
            parts.iter().map(|part| self.accuracies(part)).collect();
        (0..self.surveys.surveys.len())
            .filter_map(|survey| {
                let row: Option<Vec<f64>> = columns
                    .iter()
                    .map(|column| column.get(&survey).copied())
                    .collect();
                row.filter(|row| !row.is_empty()).map(|row| (survey, row))
            })
            .collect()
    }

    /// Who was right about which photograph. Readers and photographs are numbered alike for all parts.
    ///
    /// Of a fixed reader (a model) each photograph counts once, however many surveys ask about it; the
    /// answer in the first sheet is taken.
    ///
    /// # Errors
    /// No answers; a reader who answered about one photograph in two surveys; two readers in a fixed group.
    pub fn readings(&self, part: &Part, readers: Readers) -> Result<Readings> {
        let mut list = Vec::new();
        let mut seen = vec![false; self.photographs.len()];
        for sheet in self.sheets_of(&part.group) {
            for question in self.answered(sheet, part.view) {
                let Some(answer) = question.answer else {
                    continue;
                };
                let photograph = self.photographs[question.source];
                if readers == Readers::Fixed && seen[photograph] {
                    continue;
                }
                seen[photograph] = true;
                list.push(Reading {
                    reader: self.readers[sheet.reader.name.as_str()],
                    photograph,
                    right: answer == question.truth,
                });
            }
        }
        Readings::new(list, readers)
    }

    /// Whether each of two parts was right, for every photograph that both answered in a survey that
    /// `asked` accepts: the pairs of McNemar's test.
    ///
    /// Within one set of surveys every photograph occurs once, and pairs are independent of each other as
    /// far as photographs are. Over several sets photographs repeat.
    pub fn pairs(
        &self,
        first: &Part,
        second: &Part,
        asked: impl Fn(&Survey) -> bool,
    ) -> Vec<(bool, bool)> {
        let mut rights: HashMap<(usize, &str), bool> = HashMap::new();
        for sheet in self.sheets_of(&first.group) {
            for question in self.answered(sheet, first.view) {
                if let Some(answer) = question.answer {
                    rights.insert((sheet.survey, question.source), answer == question.truth);
                }
            }
        }
        let mut pairs = Vec::new();
        for sheet in self.sheets_of(&second.group) {
            if !self.surveys.surveys.get(sheet.survey).is_some_and(&asked) {
                continue;
            }
            for question in self.answered(sheet, second.view) {
                let one = rights.get(&(sheet.survey, question.source));
                if let (Some(one), Some(answer)) = (one, question.answer) {
                    pairs.push((*one, answer == question.truth));
                }
            }
        }
        pairs
    }

    /// Readers by their group, numbered as in [`readings`](Self::readings): for the bootstrap.
    pub fn reader_strata(&self) -> Strata {
        let groups: HashMap<&str, &Group> = self
            .sheets
            .iter()
            .map(|sheet| (sheet.reader.name.as_str(), &sheet.reader.group))
            .collect();
        Strata::of(self.readers.keys().map(|name| groups.get(name)))
    }

    /// Photographs by their label, numbered as in [`readings`](Self::readings): for the bootstrap.
    pub fn photograph_strata(&self) -> Strata {
        let questions = self
            .surveys
            .surveys
            .iter()
            .flat_map(|survey| &survey.questions);
        let labels: HashMap<&str, &str> = questions
            .map(|question| (question.source.as_str(), question.label.as_str()))
            .collect();
        Strata::of(self.photographs.keys().map(|source| labels.get(source)))
    }
}
