//! Answers counted once and, for the bootstrap, again with other weights.

use genoderm_model::labels::LabelRegistry;

use crate::evaluation::auroc::RankedScores;
use crate::evaluation::{Confusion, argmax};

/// The answers of one network, or of the ensemble, on some pictures, ready for counting.
#[derive(Clone, Debug)]
pub(crate) struct Tally<'a> {
    pub targets: &'a [usize],
    pub answers: Vec<usize>,
    /// Probability of the answer and whether it was right.
    pub sureness: Vec<(f32, bool)>,
    /// Positions of the own labels.
    own: Vec<usize>,
    labels: usize,
    near: Vec<bool>,
    ranked: Vec<RankedScores>,
}

/// Shares between 0 and 1; `None` where there is nothing to divide by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statistics {
    pub confusion: Confusion,
    pub accuracy: f64,
    pub balanced_accuracy: f64,
    pub top_3: f64,
    /// Mean over the own labels.
    pub auroc: Option<f64>,
    /// Of each label, one against the rest.
    pub aurocs: Vec<Option<f64>>,
}

impl<'a> Tally<'a> {
    /// Takes probabilities (one vector for each picture) and true labels.
    pub fn new(labels: &LabelRegistry, probabilities: &[&[f32]], targets: &'a [usize]) -> Self {
        let answers: Vec<usize> = probabilities.iter().map(|row| argmax(row)).collect();
        let sureness = probabilities.iter().zip(targets.iter().zip(&answers));
        let near = probabilities.iter().zip(targets);
        let scores =
            |label: usize| -> Vec<f32> { probabilities.iter().map(|row| row[label]).collect() };
        Self {
            targets,
            sureness: sureness
                .map(|(row, (target, answer))| (row[*answer], target == answer))
                .collect(),
            own: own_labels(labels),
            labels: labels.len(),
            near: near.map(|(row, target)| rank(row, *target) < 3).collect(),
            ranked: (0..labels.len())
                .map(|label| RankedScores::new(&scores(label)))
                .collect(),
            answers,
        }
    }

    /// The statistics of the pictures as they are.
    pub fn once(&self) -> Statistics {
        self.statistics(&vec![1; self.targets.len()])
    }

    /// The statistics when each picture occurs `counts` times.
    pub fn statistics(&self, counts: &[u32]) -> Statistics {
        let pairs = self.targets.iter().zip(&self.answers).zip(counts);
        let confusion = Confusion::weighted(
            self.labels,
            pairs.map(|((truth, answer), count)| (*truth, *answer, *count as usize)),
        );
        let near = self.near.iter().zip(counts).filter(|(near, _)| **near);
        let near: u64 = near.map(|(_, count)| u64::from(*count)).sum();
        let auroc = |(label, ranked): (usize, &RankedScores)| {
            ranked.auroc(|index| self.targets[index] == label, counts)
        };
        let aurocs: Vec<Option<f64>> = self.ranked.iter().enumerate().map(auroc).collect();
        let defined: Vec<f64> = self.own.iter().filter_map(|label| aurocs[*label]).collect();
        Statistics {
            // Without pictures 0.
            accuracy: confusion.share_right().unwrap_or(0.0),
            balanced_accuracy: confusion.balanced_accuracy_among(&self.own).unwrap_or(0.0),
            top_3: near as f64 / confusion.answered().max(1) as f64,
            auroc: (!defined.is_empty())
                .then(|| defined.iter().sum::<f64>() / defined.len() as f64),
            aurocs,
            confusion,
        }
    }

    /// The ROC curve of a label: false and true positive rates, few points.
    pub fn roc_curve(&self, label: usize) -> Vec<[f64; 2]> {
        self.ranked[label].curve(|index| self.targets[index] == label)
    }
}

/// Positions of the labels that the model is meant to recognise.
pub(crate) fn own_labels(labels: &LabelRegistry) -> Vec<usize> {
    let own = labels.iter().enumerate().filter(|(_, label)| label.own);
    own.map(|(index, _)| index).collect()
}

/// How many labels are more probable than `label`.
fn rank(probabilities: &[f32], label: usize) -> usize {
    let own = probabilities[label];
    probabilities.iter().filter(|other| **other > own).count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::evaluation::golden::golden;

    fn close(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }

    #[test]
    fn every_figure_agrees_with_scikit_learn() {
        let golden = golden();
        let rows: Vec<&[f32]> = golden.probabilities.iter().map(Vec::as_slice).collect();
        let tally = Tally::new(&LabelRegistry::own(), &rows, &golden.targets);
        let found = tally.once();
        close(Some(found.accuracy), golden.accuracy);
        close(Some(found.balanced_accuracy), golden.balanced_accuracy);
        close(Some(found.top_3), golden.top_3);
        close(found.auroc, golden.macro_auroc);
        for label in 0..7 {
            close(found.aurocs[label], golden.auroc[label]);
            close(found.confusion.precision(label), golden.precision[label]);
            close(found.confusion.recall(label), golden.recall[label]);
            close(found.confusion.f1(label), golden.f1[label]);
        }
    }

    #[test]
    fn counting_twice_changes_no_share_and_leaving_out_does() {
        let golden = golden();
        let rows: Vec<&[f32]> = golden.probabilities.iter().map(Vec::as_slice).collect();
        let labels = LabelRegistry::own();
        let tally = Tally::new(&labels, &rows, &golden.targets);
        let twice = tally.statistics(&vec![2; rows.len()]);
        assert_eq!(twice.aurocs, tally.once().aurocs);
        assert_eq!(twice.balanced_accuracy, tally.once().balanced_accuracy);
        // Without the second half: the same as never having had it.
        let half = rows.len() / 2;
        let counts: Vec<u32> = (0..rows.len()).map(|i| u32::from(i < half)).collect();
        let first = Tally::new(&labels, &rows[..half], &golden.targets[..half]).once();
        assert_eq!(tally.statistics(&counts), first);
    }
}
