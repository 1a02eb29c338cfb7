//! How good an ensemble is on pictures that it has not learnt from.
//! Counting, calibration and the figures of a report are modules of their own; the report is plain
//! data that prints as a table and saves as JSON.

mod calibration;
mod confusion;
mod figures;
mod report;
mod scores;

pub use calibration::expected_calibration_error;
pub use confusion::Confusion;
pub use figures::{Figures, LabelFigures};
pub use report::{EvaluationReport, GroupFigures, answer_all, evaluate};
pub use scores::{argmax, cross_entropy, wilson_interval};
