//! What is chosen before a study is analysed.

use serde::Serialize;

use crate::answers::Group;
use crate::error::{Error, Result, at_least, finite, inside_unit};
use crate::statistics::{CrossedBootstrap, PairedDesign, Readers};

/// How a study is analysed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnalysisPlan {
    /// The groups that are one reader meant alone: models. Their answers are no sample of readers.
    pub models: Vec<Group>,
    /// Level of confidence of all intervals, above 0 and below 1; tests that tell significance use the same.
    pub confidence: f64,
    /// How much worse still counts as not worse, as a share; above 0 and below 1.
    pub margin: f64,
    /// How readers and photographs are drawn anew.
    pub bootstrap: CrossedBootstrap,
    /// What the study was planned for.
    pub design: PlannedStudy,
}

/// What a study was to find, before it was done.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PlannedStudy {
    /// The mean difference of accuracies to be found, as a share.
    pub difference: f64,
    /// Standard deviation of the differences of surveys, as a share; above 0.
    pub deviation: f64,
    /// The probability of finding it, above 0 and below 1.
    pub power: f64,
    /// Number of surveys that each group answers, at least 2.
    pub surveys: usize,
}

impl Default for PlannedStudy {
    /// The paper's: 30 surveys to find 10%, where differences deviate by 15%, with 95% power.
    fn default() -> Self {
        Self {
            difference: 0.10,
            deviation: 0.15,
            power: 0.95,
            surveys: 30,
        }
    }
}

impl Default for AnalysisPlan {
    /// No models, 95% confidence, a margin of 10%, 2000 drawings, and the paper's plan.
    fn default() -> Self {
        Self {
            models: Vec::new(),
            confidence: 0.95,
            margin: 0.10,
            bootstrap: CrossedBootstrap::default(),
            design: PlannedStudy::default(),
        }
    }
}

impl AnalysisPlan {
    /// Checks every number.
    ///
    /// # Errors
    /// The first that is out of its range.
    pub fn check(&self) -> Result<()> {
        inside_unit("the level of confidence", self.confidence)?;
        inside_unit("the margin", self.margin)?;
        at_least("the bootstrap", "drawings", 100, self.bootstrap.drawings)?;
        let design = &self.design;
        finite("the difference to be found", &[design.difference])?;
        if design.deviation <= 0.0 || !design.deviation.is_finite() {
            return Err(Error::OutOfRange {
                what: "the standard deviation of the differences",
                range: "above 0",
                value: design.deviation,
            });
        }
        inside_unit("the power", design.power)?;
        at_least("a plan", "surveys", 2, design.surveys)
    }

    /// Whether a group is a sample of readers, or one meant alone.
    pub fn readers(&self, group: &Group) -> Readers {
        match self.models.contains(group) {
            true => Readers::Fixed,
            false => Readers::Sample,
        }
    }

    /// Two-sided level of significance.
    pub(super) fn significance(&self) -> f64 {
        1.0 - self.confidence
    }

    /// The planned design of pairs, with another deviation of the differences.
    pub(super) fn paired_design(&self, deviation: f64) -> PairedDesign {
        PairedDesign {
            difference: self.design.difference,
            deviation,
            significance: self.significance(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_their_ranges_are_refused() {
        let plan = AnalysisPlan::default;
        assert!(plan().check().is_ok());
        let refused = |change: fn(&mut AnalysisPlan)| {
            let mut bad = plan();
            change(&mut bad);
            assert!(bad.check().is_err(), "{bad:?}");
        };
        refused(|plan| plan.confidence = 1.0);
        refused(|plan| plan.margin = 0.0);
        refused(|plan| plan.bootstrap.drawings = 99);
        refused(|plan| plan.design.deviation = f64::NAN);
        refused(|plan| plan.design.power = 1.0);
        refused(|plan| plan.design.surveys = 1);
        refused(|plan| plan.design.difference = f64::INFINITY);
    }
}
