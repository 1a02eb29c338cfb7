//! How good made-up readers are, and how alike.

use serde::{Deserialize, Serialize};

use crate::survey::View;

/// One group of made-up readers; one of them answers each survey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SimulatedGroup {
    /// Its name.
    pub name: String,
    /// Mean accuracy on focused images, 0 to 1.
    pub focused: f64,
    /// Mean accuracy on panoramic images, 0 to 1.
    pub panoramic: f64,
    /// Correlation of any two answers of one reader, 0 to 1: how far some readers are better than others
    /// ([`reader_correlation`](super::reader_correlation) finds it from a standard deviation).
    pub reader_correlation: f64,
    /// One and the same reader for all surveys, who gives one answer to each image: a model.
    pub model: bool,
}

impl SimulatedGroup {
    /// Mean accuracy in a view.
    pub fn accuracy(&self, view: View) -> f64 {
        match view {
            View::Focused => self.focused,
            View::Panoramic => self.panoramic,
        }
    }
}

/// A study of made-up readers.
///
/// An answer is right when a normal number is below the quantile of the accuracy. Correlations are those
/// of these numbers (tetrachoric ones): shares of their variance, which may not add up to more than 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Simulation {
    /// The groups.
    pub groups: Vec<SimulatedGroup>,
    /// Correlation of any two answers to images of one photograph, of whatever readers, 0 to 1: how far some
    /// photographs are easy and others hard for everyone.
    pub photograph_correlation: f64,
    /// What is added to that for both views of a photograph and one reader, 0 to 1.
    pub view_correlation: f64,
    /// Share of the questions that people leave out, 0 to 1.
    pub left_out: f64,
    /// The same surveys, plan and seed give the same answers.
    pub seed: u64,
}

/// What is wrong with a plan.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulationError {
    /// A share lies outside of its range.
    #[error("{what} must be from 0 to 1, and is {value}")]
    Share {
        /// What it is a share of.
        what: String,
        /// Its value.
        value: f64,
    },
    /// Correlations are more than there can be.
    #[error("group `{group}`: its correlations add up to {sum}, which is more than 1")]
    Correlations {
        /// The group.
        group: String,
        /// Their sum.
        sum: f64,
    },
    /// Two groups with one name, or one without a name.
    #[error("group `{0}`: names must differ, and not be empty")]
    Name(String),
}

impl Simulation {
    /// Checks every number.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), SimulationError> {
        let share = |what: &str, value: f64| {
            if (0.0..=1.0).contains(&value) {
                Ok(())
            } else {
                let what = what.to_owned();
                Err(SimulationError::Share { what, value })
            }
        };
        share(
            "the correlation of photographs",
            self.photograph_correlation,
        )?;
        share("the correlation of views", self.view_correlation)?;
        share("the share of questions left out", self.left_out)?;
        let mut names = std::collections::BTreeSet::new();
        for group in &self.groups {
            let name = &group.name;
            if name.trim().is_empty() || !names.insert(name) {
                return Err(SimulationError::Name(name.clone()));
            }
            share(&format!("the accuracy of group `{name}`"), group.focused)?;
            share(&format!("the accuracy of group `{name}`"), group.panoramic)?;
            share(
                &format!("the correlation of readers of group `{name}`"),
                group.reader_correlation,
            )?;
            let sum =
                self.photograph_correlation + self.view_correlation + group.reader_correlation;
            if sum > 1.0 + 1e-9 {
                return Err(SimulationError::Correlations {
                    group: name.clone(),
                    sum,
                });
            }
        }
        Ok(())
    }
}
