//! The figures of one network, or of the ensemble, on one group of pictures.

use genoderm_model::labels::LabelRegistry;
use serde::Serialize;

use crate::evaluation::bootstrap::{Bootstrap, Clusters, percentile_interval};
use crate::evaluation::tally::{Statistics, Tally};
use crate::evaluation::{Confusion, expected_calibration_error, wilson_interval};

/// How good the answers are; shares are between 0 and 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// How many pictures.
    pub pictures: usize,
    /// Share of right answers.
    pub accuracy: f64,
    /// Its 95% interval (Wilson), as if all pictures were independent.
    pub accuracy_interval: [f64; 2],
    /// Mean recall over the own labels.
    pub balanced_accuracy: f64,
    /// Share of pictures whose true label is among the three most probable.
    pub top_3: f64,
    /// Mean area under the ROC curve of the own labels, each against the rest.
    pub auroc: Option<f64>,
    /// Expected calibration error, 15 bins.
    pub calibration_error: f64,
    /// 95% intervals of the bootstrap over sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Intervals>,
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
    /// Its 95% interval (Wilson), which has a width at 0 and 1 too.
    pub recall_interval: Option<[f64; 2]>,
    /// Share of its answers that were right; `None` without answers.
    pub precision: Option<f64>,
    /// Harmonic mean of both.
    pub f1: Option<f64>,
    /// Area under the ROC curve against all other labels; `None` without pictures of either.
    pub auroc: Option<f64>,
    /// 95% intervals of the bootstrap over sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<LabelIntervals>,
}

/// 95% intervals of the figures of all labels.
///
/// The calibration error has none: drawing with replacement makes it larger, so that an interval of
/// this kind need not even hold the value itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Intervals {
    /// Of the accuracy.
    pub accuracy: [f64; 2],
    /// Of the balanced accuracy.
    pub balanced_accuracy: [f64; 2],
    /// Of the share of true labels among the first three.
    pub top_3: [f64; 2],
    /// Of the mean area under the ROC curve.
    pub auroc: Option<[f64; 2]>,
}

/// 95% intervals of one label's figures; `None` where no drawing had a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelIntervals {
    /// Of the recall.
    pub recall: Option<[f64; 2]>,
    /// Of the precision.
    pub precision: Option<[f64; 2]>,
    /// Of F1.
    pub f1: Option<[f64; 2]>,
    /// Of the area under the ROC curve.
    pub auroc: Option<[f64; 2]>,
}

impl Figures {
    /// Computes the figures of probabilities (one vector for each picture) and true labels.
    pub fn of(labels: &LabelRegistry, probabilities: &[&[f32]], targets: &[usize]) -> Self {
        Self::of_tally(labels, &Tally::new(labels, probabilities, targets))
    }

    pub(crate) fn of_tally(labels: &LabelRegistry, tally: &Tally<'_>) -> Self {
        let found = tally.once();
        let confusion = &found.confusion;
        Self {
            pictures: tally.targets.len(),
            accuracy: found.accuracy,
            accuracy_interval: wilson_interval(confusion.right(), confusion.answered()),
            balanced_accuracy: found.balanced_accuracy,
            top_3: found.top_3,
            auroc: found.auroc,
            calibration_error: expected_calibration_error(&tally.sureness),
            intervals: None,
            labels: label_figures(labels, &found),
            confusion: found.confusion,
        }
    }

    /// Adds the intervals of the figures of all labels together, and with `each_label` of each.
    pub(crate) fn with_intervals(
        mut self,
        tally: &Tally<'_>,
        clusters: &Clusters,
        bootstrap: Bootstrap,
        each_label: bool,
    ) -> Self {
        let drawn = bootstrap.run(clusters, |counts| tally.statistics(counts));
        let interval = |statistic: &dyn Fn(&Statistics) -> Option<f64>| {
            percentile_interval(drawn.iter().filter_map(statistic))
        };
        let whole = (
            interval(&|found| Some(found.accuracy)),
            interval(&|found| Some(found.balanced_accuracy)),
            interval(&|found| Some(found.top_3)),
        );
        if let (Some(accuracy), Some(balanced_accuracy), Some(top_3)) = whole {
            self.intervals = Some(Intervals {
                accuracy,
                balanced_accuracy,
                top_3,
                auroc: interval(&|found| found.auroc),
            });
        }
        if each_label && !drawn.is_empty() {
            for (index, label) in self.labels.iter_mut().enumerate() {
                label.intervals = Some(LabelIntervals {
                    recall: interval(&|found| found.confusion.recall(index)),
                    precision: interval(&|found| found.confusion.precision(index)),
                    f1: interval(&|found| found.confusion.f1(index)),
                    auroc: interval(&|found| found.aurocs[index]),
                });
            }
        }
        self
    }
}

fn label_figures(labels: &LabelRegistry, found: &Statistics) -> Vec<LabelFigures> {
    let confusion = &found.confusion;
    let figures = |(index, key): (usize, &str)| LabelFigures {
        label: key.to_string(),
        pictures: confusion.truths(index),
        recall: confusion.recall(index),
        recall_interval: confusion
            .recall(index)
            .map(|_| wilson_interval(confusion.right_of(index), confusion.truths(index))),
        precision: confusion.precision(index),
        f1: confusion.f1(index),
        auroc: found.aurocs[index],
        intervals: None,
    };
    labels.keys().enumerate().map(figures).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::evaluation::golden::golden;

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
        assert_eq!(figures.labels[0].auroc, Some(1.0));
        assert_eq!(figures.labels[5].recall, None);
        assert_eq!(figures.labels[5].recall_interval, None);
        // One of one: certain to the bootstrap, hardly known to Wilson.
        assert_eq!(figures.labels[0].recall, Some(1.0));
        let [low, high] = figures.labels[0].recall_interval.unwrap();
        assert!(low < 0.25 && high == 1.0, "{low} {high}");
        assert_eq!(figures.labels[5].auroc, None);
    }

    #[test]
    fn intervals_hold_their_figures_and_depend_on_the_seed_only() {
        let golden = golden();
        let labels = LabelRegistry::own();
        let rows: Vec<&[f32]> = golden.probabilities.iter().map(Vec::as_slice).collect();
        let names: Vec<String> = (0..rows.len()).map(|i| format!("{i:03}")).collect();
        let clusters = Clusters::of(names.iter().map(String::as_str));
        let tally = Tally::new(&labels, &rows, &golden.targets);
        let with = |seed, replicates| {
            let bootstrap = Bootstrap { replicates, seed };
            Figures::of_tally(&labels, &tally).with_intervals(&tally, &clusters, bootstrap, true)
        };
        let figures = with(3, 400);
        assert_eq!(figures, with(3, 400));
        assert_ne!(figures, with(4, 400));
        let intervals = figures.intervals.clone().unwrap();
        let holds = |[low, high]: [f64; 2], value: f64| low < value && value < high;
        assert!(holds(intervals.accuracy, figures.accuracy));
        assert!(holds(
            intervals.balanced_accuracy,
            figures.balanced_accuracy
        ));
        assert!(holds(intervals.auroc.unwrap(), figures.auroc.unwrap()));
        // 22 of 40 right: both kinds of interval are about 0.4 to 0.7.
        let wilson = figures.accuracy_interval;
        assert!((intervals.accuracy[0] - wilson[0]).abs() < 0.05);
        assert!((intervals.accuracy[1] - wilson[1]).abs() < 0.05);
        for label in &figures.labels {
            let [low, high] = label.intervals.as_ref().unwrap().recall.unwrap();
            assert!(low <= label.recall.unwrap() && label.recall.unwrap() <= high);
        }
        assert_eq!(with(3, 0).intervals, None);
    }
}
