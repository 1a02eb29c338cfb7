//! What is wrong with surveys, or with the images they are to be made of.

/// Every fault that was found, each with the name of what it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.faults.join("\n"))]
pub struct SurveyError {
    /// One line each.
    pub faults: Vec<String>,
}

impl SurveyError {
    /// One fault.
    pub(super) fn one(fault: String) -> Self {
        Self {
            faults: vec![fault],
        }
    }
}
