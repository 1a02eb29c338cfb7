//! The confusion matrix of answers and what follows from it.

use serde::Serialize;

use super::wilson::{Share, wilson};
use crate::error::{Error, Result};

/// How often each label was answered for each true label. Questions without an answer are in no cell.
///
/// As JSON the matrix of counts alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Confusion {
    /// Rows are true labels, columns answers.
    counts: Vec<Vec<usize>>,
    #[serde(skip)]
    unanswered: Vec<usize>,
}

impl Confusion {
    /// Counts pairs of a true label and an answer, both below `labels`; `None` is no answer.
    ///
    /// # Errors
    /// A label that is not below `labels`.
    pub fn count(
        labels: usize,
        pairs: impl IntoIterator<Item = (usize, Option<usize>)>,
    ) -> Result<Self> {
        let mut confusion = Self::empty(labels);
        for (truth, answer) in pairs {
            let unknown = [Some(truth), answer]
                .into_iter()
                .flatten()
                .find(|l| *l >= labels);
            if let Some(label) = unknown {
                return Err(Error::OutOfRange {
                    what: "the position of a label",
                    range: "below the number of labels",
                    value: label as f64,
                });
            }
            confusion.add(truth, answer, 1);
        }
        Ok(confusion)
    }

    /// Counts truths and answers that occur several times, for callers whose labels are below `labels` by
    /// the way they were made: others are not counted.
    pub fn weighted(
        labels: usize,
        triples: impl IntoIterator<Item = (usize, usize, usize)>,
    ) -> Self {
        let mut confusion = Self::empty(labels);
        for (truth, answer, times) in triples {
            debug_assert!(truth < labels && answer < labels);
            confusion.add(truth, Some(answer), times);
        }
        confusion
    }

    fn empty(labels: usize) -> Self {
        Self {
            counts: vec![vec![0; labels]; labels],
            unanswered: vec![0; labels],
        }
    }

    fn add(&mut self, truth: usize, answer: Option<usize>, times: usize) {
        let cell = match answer {
            Some(answer) => {
                let row = self.counts.get_mut(truth);
                row.and_then(|row| row.get_mut(answer))
            }
            None => self.unanswered.get_mut(truth),
        };
        if let Some(cell) = cell {
            *cell += times;
        }
    }

    /// Rows are true labels, columns answers.
    pub fn counts(&self) -> &[Vec<usize>] {
        &self.counts
    }

    /// How many questions of each true label have no answer.
    pub fn unanswered(&self) -> &[usize] {
        &self.unanswered
    }

    /// How many answers are right.
    pub fn right(&self) -> usize {
        (0..self.counts.len()).map(|i| self.counts[i][i]).sum()
    }

    /// How many answers there are.
    pub fn answered(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// How many answers were given to questions with this true label; 0 for unknown labels.
    pub fn truths(&self, label: usize) -> usize {
        self.counts.get(label).map_or(0, |row| row.iter().sum())
    }

    /// How many answers named this label; 0 for unknown labels.
    pub fn answers(&self, label: usize) -> usize {
        self.counts.iter().filter_map(|row| row.get(label)).sum()
    }

    /// How many of a label's questions were answered rightly; 0 for unknown labels.
    pub fn right_of(&self, label: usize) -> usize {
        let row = self.counts.get(label);
        row.and_then(|row| row.get(label)).copied().unwrap_or(0)
    }

    /// Share of a label's answered questions that were answered rightly, 0 to 1; `None` without any.
    pub fn recall(&self, label: usize) -> Option<f64> {
        share(self.right_of(label), self.truths(label))
    }

    /// Share of the answers with this label that are right, 0 to 1; `None` without such answers.
    pub fn precision(&self, label: usize) -> Option<f64> {
        share(self.right_of(label), self.answers(label))
    }

    /// Harmonic mean of precision and recall, 0 to 1: `2 right / (truths + answers)`.
    pub fn f1(&self, label: usize) -> Option<f64> {
        let both = self.truths(label) + self.answers(label);
        share(2 * self.right_of(label), both)
    }

    /// Each row over its sum, 0 to 1; rows without answers are zero.
    pub fn row_shares(&self) -> Vec<Vec<f64>> {
        self.counts.iter().map(|row| divided(row)).collect()
    }

    /// The rows of some labels over their sums, 0 to 1.
    ///
    /// Columns are the same labels and, where there are more, a last one with the answers that name any
    /// other label: a row still adds up to 1.
    pub fn row_shares_among(&self, labels: &[usize]) -> Vec<Vec<f64>> {
        let row = |truth: &usize| {
            let counts = self.counts.get(*truth);
            let count = |label: &usize| counts.and_then(|row| row.get(*label)).copied();
            let mut kept: Vec<usize> = labels.iter().map(|l| count(l).unwrap_or(0)).collect();
            if labels.len() < self.counts.len() {
                let named: usize = kept.iter().sum();
                kept.push(self.truths(*truth).saturating_sub(named));
            }
            divided(&kept)
        };
        labels.iter().map(row).collect()
    }

    /// Share of right answers among those given, with Wilson's interval.
    ///
    /// # Errors
    /// No answers; a level of confidence out of its range.
    pub fn accuracy(&self, confidence: f64) -> Result<Share> {
        wilson(self.right(), self.answered(), confidence)
    }

    /// The same for the questions of each true label; `None` for labels without answers.
    ///
    /// # Errors
    /// A level of confidence out of its range.
    pub fn recalls(&self, confidence: f64) -> Result<Vec<Option<Share>>> {
        let recall = |label: usize| match self.truths(label) {
            0 => Ok(None),
            total => wilson(self.right_of(label), total, confidence).map(Some),
        };
        (0..self.counts.len()).map(recall).collect()
    }

    /// Share of right answers among those given, 0 to 1; `None` without answers.
    pub fn share_right(&self) -> Option<f64> {
        share(self.right(), self.answered())
    }

    /// Mean recall over the labels that have answers, 0 to 1; `None` without answers.
    pub fn balanced_accuracy(&self) -> Option<f64> {
        let all: Vec<usize> = (0..self.counts.len()).collect();
        self.balanced_accuracy_among(&all)
    }

    /// Mean recall over those of the given labels that have answers, 0 to 1; `None` when none has. An answer
    /// outside of the given labels counts as wrong.
    pub fn balanced_accuracy_among(&self, labels: &[usize]) -> Option<f64> {
        let recalls: Vec<f64> = labels
            .iter()
            .filter_map(|label| self.recall(*label))
            .collect();
        (!recalls.is_empty()).then(|| recalls.iter().sum::<f64>() / recalls.len() as f64)
    }
}

/// Counts over their sum; zeros when that is zero.
fn divided(row: &[usize]) -> Vec<f64> {
    let sum = row.iter().sum::<usize>().max(1) as f64;
    row.iter().map(|count| *count as f64 / sum).collect()
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_answered_is_in_no_cell() {
        let pairs = [(0, Some(0)), (0, None), (1, Some(0)), (2, None)];
        let confusion = Confusion::count(3, pairs).unwrap();
        assert_eq!(confusion.unanswered(), [1, 0, 1]);
        let accuracy = confusion.accuracy(0.95).unwrap();
        assert_eq!((accuracy.right, accuracy.total), (1, 2));
        let recalls = confusion.recalls(0.95).unwrap();
        assert_eq!(recalls[0].map(|share| share.value), Some(1.0));
        assert_eq!(recalls[1].map(|share| share.value), Some(0.0));
        assert!(recalls[2].is_none());
        assert_eq!(confusion.row_shares()[2], [0.0; 3]);
        assert_eq!(confusion.balanced_accuracy(), Some(0.5));
    }

    #[test]
    fn no_answers_and_unknown_labels() {
        let empty = Confusion::count(2, []).unwrap();
        assert!(empty.accuracy(0.95).is_err());
        assert_eq!(empty.balanced_accuracy(), None);
        assert!(Confusion::count(2, [(0, Some(2))]).is_err());
        assert!(Confusion::count(2, [(2, None)]).is_err());
    }

    #[test]
    fn rows_add_up_to_one_also_among_some_labels() {
        let pairs = [(0, 0), (0, 2), (0, 2), (0, 1), (1, 1), (2, 0)];
        let confusion = Confusion::weighted(4, pairs.map(|(truth, answer)| (truth, answer, 1)));
        assert_eq!(confusion.row_shares()[0], [0.25, 0.25, 0.5, 0.0]);
        assert_eq!(confusion.row_shares()[3], [0.0; 4]);
        // Labels 1 and 0 in this order; of label 0, half the answers named another one.
        let among = confusion.row_shares_among(&[1, 0]);
        assert_eq!(among, [vec![1.0, 0.0, 0.0], vec![0.25, 0.25, 0.5]]);
        // With every label there is no column for the others.
        let all = confusion.row_shares_among(&[0, 1, 2, 3]);
        assert_eq!(all, confusion.row_shares());
        assert_eq!(
            confusion,
            Confusion::weighted(4, [(0, 2, 2), (0, 0, 1), (0, 1, 1), (1, 1, 1), (2, 0, 1)])
        );
    }

    #[test]
    fn precision_recall_and_f1_of_a_small_case() {
        // Two of label 0 (one right), one of label 1 (right), none of label 2.
        let confusion = Confusion::weighted(3, [(0, 0, 1), (0, 1, 1), (1, 1, 1)]);
        assert_eq!(confusion.recall(0), Some(0.5));
        assert_eq!(confusion.precision(0), Some(1.0));
        assert_eq!(confusion.precision(1), Some(0.5));
        assert_eq!(confusion.recall(2), None);
        assert_eq!(confusion.f1(2), None);
        assert!(
            confusion
                .f1(0)
                .is_some_and(|f1| (f1 - 2.0 / 3.0).abs() < 1e-12)
        );
        // Label 2 has no pictures and does not pull the mean down.
        assert_eq!(confusion.balanced_accuracy_among(&[0, 1, 2]), Some(0.75));
        assert_eq!(confusion.balanced_accuracy_among(&[1, 2]), Some(1.0));
        assert_eq!(confusion.balanced_accuracy_among(&[2]), None);
        let json = serde_json::to_string(&confusion).unwrap();
        assert_eq!(json, "[[1,1,0],[0,1,0],[0,0,0]]");
    }
}
