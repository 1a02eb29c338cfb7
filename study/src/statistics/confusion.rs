//! The confusion matrix of answers.

use serde::Serialize;

use super::wilson::{Share, wilson};
use crate::error::{Error, Result};

/// How often each label was answered for each true label. Questions without an answer are in no cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confusion {
    counts: Vec<Vec<usize>>,
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
        let mut confusion = Self {
            counts: vec![vec![0; labels]; labels],
            unanswered: vec![0; labels],
        };
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
            match answer {
                Some(answer) => confusion.counts[truth][answer] += 1,
                None => confusion.unanswered[truth] += 1,
            }
        }
        Ok(confusion)
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

    /// Each row over its sum, 0 to 1; rows without answers are zero.
    pub fn row_shares(&self) -> Vec<Vec<f64>> {
        let shares = |row: &Vec<usize>| {
            let sum = row.iter().sum::<usize>().max(1) as f64;
            row.iter().map(|count| *count as f64 / sum).collect()
        };
        self.counts.iter().map(shares).collect()
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
        let recall = |(label, row): (usize, &Vec<usize>)| match row.iter().sum() {
            0 => Ok(None),
            total => wilson(row[label], total, confidence).map(Some),
        };
        self.counts.iter().enumerate().map(recall).collect()
    }

    /// Mean recall over the labels that have answers, 0 to 1; `None` without answers.
    pub fn balanced_accuracy(&self) -> Option<f64> {
        let recalls: Vec<f64> = self
            .row_shares()
            .iter()
            .enumerate()
            .filter(|(label, _)| self.counts[*label].iter().any(|count| *count > 0))
            .map(|(label, row)| row[label])
            .collect();
        (!recalls.is_empty()).then(|| recalls.iter().sum::<f64>() / recalls.len() as f64)
    }
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
}
