//! Intraclass correlations of accuracies: whether surveys that are easy for one are easy for the other.

use serde::Serialize;

use super::finding::Finding;
use super::plan::AnalysisPlan;
use crate::answers::Group;
use crate::counted::{Part, Study};
use crate::statistics::{Icc, IccForm, MeanSquares, icc};
use crate::survey::View;

/// The correlations of some columns: groups in one view, or both views of one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SurveyCorrelation {
    /// The columns of the table of accuracies.
    pub parts: Vec<Part>,
    /// Its rows: surveys that all parts answered.
    pub surveys: usize,
    /// Each survey has other readers: the paper's form for groups.
    pub one_way: Finding<Icc>,
    /// Differences between columns count.
    pub agreement: Finding<Icc>,
    /// Differences between columns do not count.
    pub consistency: Finding<Icc>,
}

/// All groups in each view, then both views of each group.
pub(super) fn all(
    study: &Study<'_>,
    plan: &AnalysisPlan,
    groups: &[Group],
) -> Vec<SurveyCorrelation> {
    let part = |group: &Group, view| Part {
        group: group.clone(),
        view,
    };
    let of_views = View::BOTH
        .iter()
        .filter(|_| groups.len() > 1)
        .map(|view| groups.iter().map(|group| part(group, *view)).collect());
    let of_groups = groups
        .iter()
        .map(|group| View::BOTH.map(|view| part(group, view)).to_vec());
    of_views
        .chain(of_groups)
        .map(|parts: Vec<Part>| correlation(study, plan, parts))
        .collect()
}

fn correlation(study: &Study<'_>, plan: &AnalysisPlan, parts: Vec<Part>) -> SurveyCorrelation {
    let table = study.table(&parts);
    let rows: Vec<Vec<f64>> = table.into_iter().map(|(_, row)| row).collect();
    let squares = MeanSquares::of(&rows);
    let of_form = |form| {
        squares
            .clone()
            .and_then(|squares| icc(&squares, form, plan.confidence))
            .into()
    };
    SurveyCorrelation {
        parts,
        surveys: rows.len(),
        one_way: of_form(IccForm::OneWay),
        agreement: of_form(IccForm::Agreement),
        consistency: of_form(IccForm::Consistency),
    }
}
