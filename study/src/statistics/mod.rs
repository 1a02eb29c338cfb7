//! The statistics of a reader study, one concept a file.
//! Every function gives finite values or an [`Error`](crate::Error): no NaN, no panic.
//! Tests compare with `tests/reference/goldens/study.json` and with the numbers of the paper.

mod agreement_interval;
mod confusion;
mod crossed_bootstrap;
pub(crate) mod distribution;
mod estimate;
mod five_numbers;
mod fleiss;
mod fleiss_error;
mod holm;
mod icc;
mod interval;
mod krippendorff;
mod mcnemar;
mod mean_squares;
mod non_inferiority;
mod noncentral_t;
mod paired_proportions;
mod paired_t;
#[cfg(test)]
mod paper_numbers;
mod power;
mod reader_by_image;
mod readings;
mod wilson;

pub use agreement_interval::agreement_interval;
pub use confusion::Confusion;
pub use crossed_bootstrap::{BootstrapInterval, CrossedBootstrap, Drawing, Strata};
pub use estimate::{Estimate, TTest};
pub use five_numbers::FiveNumbers;
pub use fleiss::{FleissKappa, fleiss_kappa};
pub use fleiss_error::fleiss_estimate;
pub use holm::holm;
pub use icc::{Coefficient, Icc, IccForm, icc};
pub use interval::Interval;
pub use krippendorff::{KrippendorffAlpha, krippendorff_alpha};
pub use mcnemar::{McNemar, mcnemar, mcnemar_of};
pub use mean_squares::MeanSquares;
pub use non_inferiority::{NonInferiority, non_inferiority};
pub use paired_proportions::{PairedCounts, PairedProportions};
pub use paired_t::{Differences, paired_t};
pub use power::PairedDesign;
pub use reader_by_image::{accuracy_for_others, difference_for_others};
pub use readings::{Readers, Reading, Readings};
pub use wilson::{Share, wilson};
