//! How much of a sheet is right.

use serde::Serialize;

/// Right answers of one reader, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Right answers.
    pub right: usize,
    /// Answers; questions that were left out are none.
    pub answered: usize,
    /// Questions.
    pub questions: usize,
}

impl Score {
    /// Share of the answers that are right, 0 to 1; `None` without answers.
    pub fn accuracy(&self) -> Option<f64> {
        (self.answered > 0).then(|| self.right as f64 / self.answered as f64)
    }

    /// Counts one question.
    pub(super) fn add(&mut self, truth: usize, answer: Option<usize>) {
        self.questions += 1;
        self.answered += usize::from(answer.is_some());
        self.right += usize::from(answer == Some(truth));
    }
}
