//! Everything that was measured, for `--json` and the HTML report.

use serde::Serialize;

use crate::data::Dataset;
use crate::evaluation::attribution::AttributionReport;
use crate::evaluation::bootstrap::Clusters;
use crate::evaluation::report::probabilities_of_fold;
use crate::evaluation::sources::{SourceRow, source_rows};
use crate::evaluation::tally::{Tally, own_labels};
use crate::evaluation::{EvaluationReport, FoldTraining, ReliabilityBin, reliability};
use crate::inference::{Ensemble, PhotoAnswer};

/// The report with its curves, matrices and single pictures.
///
/// It names pictures and sources, which may be persons: it belongs to the owner of the pictures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvaluationDetails {
    /// The figures.
    #[serde(flatten)]
    pub report: EvaluationReport,
    /// The ensemble's confusion, each row divided by its sum.
    pub confusion_shares: Vec<Vec<f64>>,
    /// The own labels' part of it.
    pub own_confusion: OwnConfusion,
    /// The ROC curve of each label that has one.
    pub roc: Vec<RocCurve>,
    /// The reliability diagram of each fold.
    pub fold_reliability: Vec<FoldReliability>,
    /// Each source's pictures.
    pub source_list: Vec<SourceRow>,
    /// Every picture answered wrongly, the surest first.
    pub mistakes: Vec<Mistake>,
    /// Broken pictures that were left out, with the cause.
    pub left_out: Vec<String>,
    /// The measures of attribution maps, if they were asked for.
    pub attribution: Option<AttributionReport>,
    /// The epochs of each fold, when a run was measured.
    pub training: Vec<FoldTraining>,
}

/// How the own labels were answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OwnConfusion {
    /// Keys of the own labels: rows and columns.
    pub labels: Vec<String>,
    /// Rows add up to 1. Where there are other labels, a last column holds the answers with them.
    pub shares: Vec<Vec<f64>>,
}

/// A label against the rest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RocCurve {
    /// Key of the label.
    pub label: String,
    /// False and true positive rates, rising; at most about 200.
    pub points: Vec<[f64; 2]>,
}

/// A fold's reliability diagram.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoldReliability {
    /// Which fold.
    pub fold: usize,
    /// The bins in use.
    pub bins: Vec<ReliabilityBin>,
}

/// A picture that was answered wrongly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mistake {
    /// Position in the dataset.
    #[serde(skip)]
    pub index: usize,
    /// The file, as the manifest names it.
    pub image: String,
    /// Key of the true label.
    pub label: String,
    /// Its probability.
    pub label_probability: f32,
    /// Key of the label that was answered.
    pub answer: String,
    /// Its probability.
    pub answer_probability: f32,
    /// Whether no fold was sure.
    pub fallback: bool,
}

impl EvaluationDetails {
    /// Collects the details of answers that have been counted; attribution and training are empty.
    pub fn of(
        ensemble: &Ensemble,
        dataset: &Dataset,
        answers: &[PhotoAnswer],
        report: EvaluationReport,
    ) -> Self {
        let labels = &ensemble.labels;
        let targets: Vec<usize> = dataset.examples.iter().map(|e| e.label).collect();
        let together: Vec<&[f32]> = answers
            .iter()
            .map(|answer| answer.decision.probabilities.as_slice())
            .collect();
        let tally = Tally::new(labels, &together, &targets);
        let own = own_labels(labels);
        let key = |index: usize| labels.get(index).map_or("", |label| &label.key).to_owned();
        let roc = (0..labels.len()).filter_map(|label| {
            let points = tally.roc_curve(label);
            (!points.is_empty()).then(|| RocCurve {
                label: key(label),
                points,
            })
        });
        let fold_reliability = ensemble
            .folds
            .iter()
            .enumerate()
            .map(|(position, (fold, _))| {
                let rows = probabilities_of_fold(answers, position);
                FoldReliability {
                    fold: *fold,
                    bins: reliability(&Tally::new(labels, &rows, &targets).sureness),
                }
            });
        let names: Vec<&str> = dataset.examples.iter().map(|e| e.source.as_str()).collect();
        let right: Vec<bool> = tally.sureness.iter().map(|(_, right)| *right).collect();
        let clusters = Clusters::of(names.iter().copied());
        let wrong = (0..targets.len()).filter(|index| !right[*index]);
        let mut mistakes: Vec<Mistake> = wrong
            .map(|index| Mistake {
                index,
                image: dataset.examples[index].image.clone(),
                label: key(targets[index]),
                label_probability: together[index][targets[index]],
                answer: key(tally.answers[index]),
                answer_probability: together[index][tally.answers[index]],
                fallback: answers[index].decision.fallback,
            })
            .collect();
        mistakes.sort_by(|a, b| b.margin().total_cmp(&a.margin()));
        Self {
            confusion_shares: report.ensemble.confusion.row_shares(),
            own_confusion: OwnConfusion {
                labels: own.iter().map(|label| key(*label)).collect(),
                shares: report.ensemble.confusion.row_shares_among(&own),
            },
            roc: roc.collect(),
            fold_reliability: fold_reliability.collect(),
            source_list: source_rows(&clusters, &names, &right),
            mistakes,
            left_out: dataset.skipped.clone(),
            attribution: None,
            training: Vec::new(),
            report,
        }
    }
}

impl Mistake {
    /// By how much the answer was preferred to the truth, 0 to 1.
    fn margin(&self) -> f32 {
        self.answer_probability - self.label_probability
    }
}
