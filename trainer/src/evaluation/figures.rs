//! The figures of one network, or of the ensemble, on one group of pictures.

use genoderm_model::labels::LabelRegistry;
use serde::Serialize;

use crate::evaluation::{Confusion, argmax, expected_calibration_error, wilson_interval};

/// How good the answers are; shares are between 0 and 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// How many pictures.
    pub pictures: usize,
    /// Share of right answers.
    pub accuracy: f64,
    /// Its 95% interval (Wilson).
    pub accuracy_interval: [f64; 2],
    /// Mean recall over the own labels.
    pub balanced_accuracy: f64,
    /// Share of pictures whose true label is among the three most probable.
    pub top_3: f64,
    /// Expected calibration error, 15 bins.
    pub calibration_error: f64,
    /// Rows are true labels, columns answers.
    pub confusion: Confusion,
    /// Figures of each label.
    pub labels: Vec<LabelFigures>,
}

/// How good the answers are for one label.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelFigures {
    /// Key of the label.
    pub label: String,
    /// How many pictures have it.
    pub pictures: usize,
    /// Share of its pictures answered rightly; `None` without pictures.
    pub recall: Option<f64>,
    /// Share of its answers that were right; `None` without answers.
    pub precision: Option<f64>,
    /// Harmonic mean of both.
    pub f1: Option<f64>,
}

impl Figures {
    /// Computes the figures of probabilities (one vector for each picture) and true labels.
    pub fn of(labels: &LabelRegistry, probabilities: &[&[f32]], targets: &[usize]) -> Self {
        let answers: Vec<usize> = probabilities.iter().map(|row| argmax(row)).collect();
        let pairs = targets.iter().copied().zip(answers.iter().copied());
        let confusion = Confusion::count(labels.len(), pairs);
        let sureness: Vec<(f32, bool)> = probabilities
            .iter()
            .zip(targets.iter().zip(&answers))
            .map(|(row, (target, answer))| (row[*answer], target == answer))
            .collect();
        let own: Vec<usize> = (0..labels.len())
            .filter(|index| labels.get(*index).is_some_and(|label| label.own))
            .collect();
        let near = probabilities
            .iter()
            .zip(targets)
            .filter(|(row, target)| rank(row, **target) < 3)
            .count();
        Self {
            pictures: targets.len(),
            accuracy: confusion.accuracy(),
            accuracy_interval: wilson_interval(confusion.right(), confusion.total()),
            balanced_accuracy: confusion.balanced_accuracy(&own),
            top_3: near as f64 / targets.len().max(1) as f64,
            calibration_error: expected_calibration_error(&sureness),
            labels: label_figures(labels, &confusion),
            confusion,
        }
    }
}

/// How many labels are more probable than `label`.
fn rank(probabilities: &[f32], label: usize) -> usize {
    let own = probabilities[label];
    probabilities.iter().filter(|other| **other > own).count()
}

fn label_figures(labels: &LabelRegistry, confusion: &Confusion) -> Vec<LabelFigures> {
    let figures = |(index, key): (usize, &str)| LabelFigures {
        label: key.to_string(),
        pictures: confusion.truths(index),
        recall: confusion.recall(index),
        precision: confusion.precision(index),
        f1: confusion.f1(index),
    };
    labels.keys().enumerate().map(figures).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_three_pictures() {
        let labels = LabelRegistry::own();
        let row = |values: [f32; 7]| values;
        let rows = [
            row([0.9, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0]),
            row([0.4, 0.3, 0.2, 0.1, 0.0, 0.0, 0.0]),
            row([0.4, 0.3, 0.2, 0.1, 0.0, 0.0, 0.0]),
        ];
        let rows: Vec<&[f32]> = rows.iter().map(<[f32; 7]>::as_slice).collect();
        let figures = Figures::of(&labels, &rows, &[0, 2, 3]);
        assert_eq!(figures.pictures, 3);
        assert!((figures.accuracy - 1.0 / 3.0).abs() < 1e-12);
        // The true label is first, third and fourth.
        assert!((figures.top_3 - 2.0 / 3.0).abs() < 1e-12);
        assert!((figures.balanced_accuracy - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(figures.labels[0].precision, Some(1.0 / 3.0));
        assert_eq!(figures.labels[5].recall, None);
    }
}
