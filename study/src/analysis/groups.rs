//! How good each group is: over surveys, over readers and photographs, and for each label.

use serde::Serialize;

use super::finding::Finding;
use super::plan::AnalysisPlan;
use crate::answers::Group;
use crate::counted::{Part, Score, Study};
use crate::statistics::{
    BootstrapInterval, Confusion, Readers, Share, TTest, accuracy_for_others, wilson,
};
use crate::survey::View;

/// The figures of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupFigures {
    /// The group.
    pub group: Group,
    /// Whether it is one reader meant alone.
    pub model: bool,
    /// How many of its sheets count.
    pub sheets: usize,
    /// Its figures on focused and on panoramic images.
    pub views: Vec<PartFigures>,
}

/// The figures of a group in one view.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartFigures {
    /// The view.
    pub view: View,
    /// Right answers of all surveys together; of a model each image counts once.
    pub score: Score,
    /// Mean of the surveys' accuracies, 0 to 1; `None` without answers.
    pub mean: Option<f64>,
    /// Standard deviation of the surveys' accuracies; `None` for fewer than two surveys.
    pub deviation: Option<f64>,
    /// Accuracy for other readers and photographs; for a model, for other photographs.
    pub for_others: Finding<TTest>,
    /// Interval of the accuracy when readers and photographs are drawn anew.
    pub bootstrap: Finding<BootstrapInterval>,
    /// Mean recall of the labels, 0 to 1; `None` without answers.
    pub balanced_accuracy: Option<f64>,
    /// The figures of each label's questions.
    pub labels: Vec<LabelFigures>,
    /// Which label was taken for which, not divided; rows are true labels.
    pub confusion: Finding<Confusion>,
    /// How many questions of each label have no answer.
    pub unanswered: Vec<usize>,
    /// Each row of the matrix over its sum, 0 to 1.
    pub confusion_shares: Vec<Vec<f64>>,
}

/// The figures of the questions about one label.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelFigures {
    /// The label.
    pub label: String,
    /// Its questions; of a model each image counts once.
    pub questions: usize,
    /// Right answers among those given, with Wilson's interval, which takes answers as independent.
    pub share: Finding<Share>,
}

/// What one reader reached in one survey.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SurveyScore {
    /// Name of the survey.
    pub survey: String,
    /// Its set, from 1.
    pub set: usize,
    /// Pseudonym of the reader.
    pub reader: String,
    /// The group.
    pub group: Group,
    /// The view.
    pub view: View,
    /// Right answers, answers and questions.
    #[serde(flatten)]
    pub score: Score,
    /// The same for the questions of each label, in the order of the labels.
    pub labels: Vec<Score>,
}

/// The scores of all sheets that count, in the order of the surveys, groups and views.
pub(super) fn scores(study: &Study<'_>) -> Vec<SurveyScore> {
    let surveys = study.surveys();
    let mut sheets: Vec<_> = study.sheets().iter().collect();
    sheets.sort_by_key(|sheet| (sheet.survey, sheet.reader.group.clone()));
    let rows = sheets.iter().filter_map(|sheet| {
        let survey = surveys.surveys.get(sheet.survey)?;
        Some(View::BOTH.map(|view| {
            SurveyScore {
                survey: survey.name.clone(),
                set: survey.set,
                reader: sheet.reader.name.clone(),
                group: sheet.reader.group.clone(),
                view,
                score: study.score(sheet, view, None),
                labels: (0..surveys.labels.len())
                    .map(|label| study.score(sheet, view, Some(label)))
                    .collect(),
            }
        }))
    });
    rows.flatten().collect()
}

pub(super) fn figures(study: &Study<'_>, plan: &AnalysisPlan, group: &Group) -> GroupFigures {
    let of_group = study.sheets().iter().filter(|s| s.reader.group == *group);
    GroupFigures {
        group: group.clone(),
        model: plan.readers(group) == Readers::Fixed,
        sheets: of_group.count(),
        views: View::BOTH
            .map(|view| {
                let group = group.clone();
                part(study, plan, &Part { group, view })
            })
            .into(),
    }
}

fn part(study: &Study<'_>, plan: &AnalysisPlan, part: &Part) -> PartFigures {
    let kind = plan.readers(&part.group);
    let accuracies: Vec<f64> = study.accuracies(part).into_values().collect();
    let readings = study.readings(part, kind);
    let for_others = readings
        .clone()
        .and_then(|readings| accuracy_for_others(&readings)?.test(plan.confidence));
    let bootstrap = readings.and_then(|readings| {
        plan.bootstrap.interval(
            &study.reader_strata(),
            &study.photograph_strata(),
            plan.confidence,
            |drawing| drawing.accuracy(&readings),
        )
    });
    let confusion = study.confusion_of(part, kind);
    let found = confusion.as_ref().ok();
    PartFigures {
        view: part.view,
        score: found.map_or_else(Score::default, total),
        mean: mean(&accuracies),
        deviation: deviation(&accuracies),
        for_others: for_others.into(),
        bootstrap: bootstrap.into(),
        balanced_accuracy: found.and_then(Confusion::balanced_accuracy),
        labels: found.map_or_else(Vec::new, |confusion| {
            labels(&study.surveys().labels, confusion, plan.confidence)
        }),
        unanswered: found.map_or_else(Vec::new, |c| c.unanswered().to_vec()),
        confusion_shares: found.map_or_else(Vec::new, Confusion::row_shares),
        confusion: confusion.into(),
    }
}

fn total(confusion: &Confusion) -> Score {
    let unanswered: usize = confusion.unanswered().iter().sum();
    Score {
        right: confusion.right(),
        answered: confusion.answered(),
        questions: confusion.answered() + unanswered,
    }
}

fn labels(names: &[String], confusion: &Confusion, confidence: f64) -> Vec<LabelFigures> {
    let rows = names
        .iter()
        .zip(confusion.counts())
        .zip(confusion.unanswered());
    rows.enumerate()
        .map(|(index, ((label, row), unanswered))| {
            let answered: usize = row.iter().sum();
            LabelFigures {
                label: label.clone(),
                questions: answered + unanswered,
                share: wilson(row[index], answered, confidence).into(),
            }
        })
        .collect()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Standard deviation with the divisor `count - 1`.
fn deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}
