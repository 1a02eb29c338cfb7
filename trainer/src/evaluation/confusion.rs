//! The confusion matrix and what follows from it.

use serde::Serialize;

/// How often each label was answered for each true label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Confusion {
    /// Rows are true labels, columns answers.
    counts: Vec<Vec<usize>>,
}

impl Confusion {
    /// Counts pairs of truth and answer; all below `labels`.
    pub fn count(labels: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let once = pairs.into_iter().map(|(truth, answer)| (truth, answer, 1));
        Self::weighted(labels, once)
    }

    /// Counts truths and answers that occur several times.
    pub fn weighted(
        labels: usize,
        triples: impl IntoIterator<Item = (usize, usize, usize)>,
    ) -> Self {
        let mut counts = vec![vec![0; labels]; labels];
        for (truth, answer, times) in triples {
            counts[truth][answer] += times;
        }
        Self { counts }
    }

    /// Rows are true labels, columns answers.
    pub fn counts(&self) -> &[Vec<usize>] {
        &self.counts
    }

    /// How many pictures have this true label.
    pub fn truths(&self, label: usize) -> usize {
        self.counts[label].iter().sum()
    }

    /// How many pictures were answered with this label.
    pub fn answers(&self, label: usize) -> usize {
        self.counts.iter().map(|row| row[label]).sum()
    }

    /// How many pictures were answered rightly.
    pub fn right(&self) -> usize {
        (0..self.counts.len()).map(|i| self.counts[i][i]).sum()
    }

    /// How many pictures there are.
    pub fn total(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// Share of right answers, 0 without pictures.
    pub fn accuracy(&self) -> f64 {
        self.right() as f64 / self.total().max(1) as f64
    }

    /// Share of a label's pictures that were answered rightly; `None` without such pictures.
    pub fn recall(&self, label: usize) -> Option<f64> {
        share(self.counts[label][label], self.truths(label))
    }

    /// Share of the answers with this label that were right; `None` without such answers.
    pub fn precision(&self, label: usize) -> Option<f64> {
        share(self.counts[label][label], self.answers(label))
    }

    /// Harmonic mean of precision and recall: `2 TP / (truths + answers)`.
    pub fn f1(&self, label: usize) -> Option<f64> {
        let both = self.truths(label) + self.answers(label);
        share(2 * self.counts[label][label], both)
    }

    /// Mean recall over those of the given labels that have pictures; 0 when none has.
    ///
    /// An answer outside of the given labels counts as wrong.
    pub fn balanced_accuracy(&self, labels: &[usize]) -> f64 {
        let recalls: Vec<f64> = labels
            .iter()
            .filter_map(|label| self.recall(*label))
            .collect();
        // From 0, because an empty sum of floats is -0.
        recalls.iter().fold(0.0, |sum, recall| sum + recall) / recalls.len().max(1) as f64
    }

    /// Rows divided by their sums; rows without pictures are zero.
    pub fn row_shares(&self) -> Vec<Vec<f64>> {
        self.counts.iter().map(|row| divided(row)).collect()
    }

    /// The rows of some labels, divided by their sums.
    ///
    /// Columns are the same labels and, where there are more, a last one with the answers that name
    /// any other label: a row still adds up to 1.
    pub fn row_shares_among(&self, labels: &[usize]) -> Vec<Vec<f64>> {
        let row = |truth: &usize| {
            let counts = &self.counts[*truth];
            let mut kept: Vec<usize> = labels.iter().map(|label| counts[*label]).collect();
            if labels.len() < counts.len() {
                kept.push(self.truths(*truth) - kept.iter().sum::<usize>());
            }
            divided(&kept)
        };
        labels.iter().map(row).collect()
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

    /// The authors' fold-0 panoramic model on 20 pictures of each own label; rows Other, HMI, IP,
    /// MA, ML, NF1, TSC in percent (16 labels in truth: no answer fell on the other nine).
    const PUBLISHED: [[usize; 7]; 7] = [
        [70, 0, 5, 5, 10, 5, 5],
        [5, 80, 0, 15, 0, 0, 0],
        [10, 5, 85, 0, 0, 0, 0],
        [10, 0, 0, 80, 5, 5, 0],
        [5, 0, 0, 5, 90, 0, 0],
        [5, 0, 0, 5, 15, 75, 0],
        [0, 0, 0, 0, 0, 0, 100],
    ];

    fn published() -> Confusion {
        let mut pairs = Vec::new();
        for (truth, row) in PUBLISHED.iter().enumerate() {
            for (answer, percent) in row.iter().enumerate() {
                pairs.extend(std::iter::repeat_n((truth, answer), percent / 5));
            }
        }
        Confusion::count(7, pairs)
    }

    #[test]
    fn the_published_matrix_gives_the_published_balanced_accuracy() {
        let confusion = published();
        assert_eq!((confusion.right(), confusion.total()), (116, 140));
        let labels: Vec<usize> = (0..7).collect();
        assert!((confusion.balanced_accuracy(&labels) - 0.828_571_4).abs() < 1e-6);
        assert!((confusion.row_shares()[5][4] - 0.15).abs() < 1e-12);
    }

    #[test]
    fn rows_add_up_to_one_also_among_some_labels() {
        let pairs = [(0, 0), (0, 2), (0, 2), (0, 1), (1, 1), (2, 0)];
        let confusion = Confusion::count(4, pairs);
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
        let confusion = Confusion::count(3, [(0, 0), (0, 1), (1, 1)]);
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
        assert_eq!(confusion.balanced_accuracy(&[0, 1, 2]), 0.75);
    }
}
