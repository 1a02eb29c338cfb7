//! How good an ensemble is on pictures that it has not learnt from.
//! Counting, calibration, intervals, attribution and the figures of a report are modules of their
//! own; the report is plain data that prints as a table, saves as JSON and is drawn as an HTML page.

pub mod attribution;
mod auroc;
mod author_tables;
mod bootstrap;
mod calibration;
mod details;
mod display;
mod figures;
#[cfg(test)]
mod golden;
pub mod html;
mod out_of_fold;
mod ranks;
mod report;
#[cfg(test)]
pub(crate) mod sample;
mod scores;
mod sources;
mod tally;
mod training_curves;
mod unseen;

pub use auroc::RankedScores;
pub use author_tables::AuthorTables;
pub use bootstrap::{Bootstrap, Clusters, percentile_interval};
pub use calibration::{ReliabilityBin, expected_calibration_error, reliability};
pub use details::{EvaluationDetails, FoldReliability, Mistake, OwnConfusion, RocCurve};
pub use figures::{Figures, Intervals, LabelFigures, LabelIntervals};
pub use genoderm_study::statistics::Confusion;
pub use out_of_fold::OutOfFold;
pub use ranks::{average_ranks, spearman};
pub use report::{
    EvaluationOptions, EvaluationReport, GroupFigures, answer_all, answer_all_views, evaluate,
};
pub use scores::{argmax, cross_entropy, wilson_interval};
pub use sources::{SourceFigures, SourceRow};
pub use training_curves::{EpochPoint, FoldTraining};
pub use unseen::{Unseen, require_unseen};
