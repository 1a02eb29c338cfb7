//! What a study of the planned size can find.

use serde::Serialize;

use super::finding::Finding;
use super::plan::AnalysisPlan;

/// Power and size of the planned study.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PowerFigures {
    /// Power of the paired t test of the planned number of surveys, 0 to 1.
    pub power: Finding<f64>,
    /// The same by the normal distribution, as in the paper: too high for few surveys.
    pub normal_power: Finding<f64>,
    /// The fewest surveys with the planned power.
    pub surveys_needed: Finding<usize>,
}

pub(super) fn figures(plan: &AnalysisPlan) -> PowerFigures {
    let design = plan.paired_design(plan.design.deviation);
    PowerFigures {
        power: design.power(plan.design.surveys).into(),
        normal_power: design.normal_power(plan.design.surveys).into(),
        surveys_needed: design.pairs_for(plan.design.power).into(),
    }
}
