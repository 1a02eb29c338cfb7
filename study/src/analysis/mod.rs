//! The whole analysis of a study, as one value that a report prints: each statistic, or why there is none.
//! `plan` is what is chosen before, `groups` how good each group is, `comparisons` who is better,
//! `correlations` whether surveys are easy or hard for everyone, `agreement` whether readers give the same
//! answers, `power` what a study of this size can find.

mod agreement;
mod comparisons;
mod correlations;
mod finding;
mod groups;
mod plan;
mod power;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::counted::Study;
use crate::error::Result;

pub use agreement::AnswerAgreement;
pub use comparisons::{Comparison, Question, SetMcNemar};
pub use correlations::SurveyCorrelation;
pub use finding::Finding;
pub use groups::{GroupFigures, LabelFigures, PartFigures, SurveyScore};
pub use plan::{AnalysisPlan, PlannedStudy};
pub use power::PowerFigures;

/// Everything that is said of a study.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Analysis {
    /// What was chosen before.
    pub plan: AnalysisPlan,
    /// The labels, in the order of all tables.
    pub labels: Vec<String>,
    /// Number of surveys.
    pub surveys: usize,
    /// Number of sets of surveys.
    pub sets: usize,
    /// Number of photographs, each in both views.
    pub photographs: usize,
    /// How good each group is: models first, then people by the names of their groups.
    pub groups: Vec<GroupFigures>,
    /// The score of every sheet that counts.
    pub scores: Vec<SurveyScore>,
    /// Groups against each other, and both views of each group.
    pub comparisons: Vec<Comparison>,
    /// Intraclass correlations of accuracies.
    pub correlations: Vec<SurveyCorrelation>,
    /// Agreement on the answers themselves, among people.
    pub agreement: Vec<AnswerAgreement>,
    /// What the planned study could find.
    pub power: PowerFigures,
}

/// Analyses a study.
///
/// A statistic that the answers do not allow is no error: the analysis says in words why it is undefined.
///
/// # Errors
/// A plan with a number out of its range.
pub fn analyse(study: &Study<'_>, plan: &AnalysisPlan) -> Result<Analysis> {
    plan.check()?;
    let surveys = study.surveys();
    let mut groups = study.groups();
    groups.sort_by_key(|group| (!plan.models.contains(group), group.clone()));
    let count = |of: fn(&crate::Survey) -> usize| surveys.surveys.iter().map(of).max();
    Ok(Analysis {
        plan: plan.clone(),
        labels: surveys.labels.clone(),
        surveys: surveys.surveys.len(),
        sets: count(|survey| survey.set).unwrap_or(0),
        photographs: study.photograph_strata().members(),
        groups: groups
            .iter()
            .map(|group| groups::figures(study, plan, group))
            .collect(),
        scores: groups::scores(study),
        comparisons: comparisons::all(study, plan, &groups),
        correlations: correlations::all(study, plan, &groups),
        agreement: agreement::all(study, plan, &groups),
        power: power::figures(plan),
    })
}
