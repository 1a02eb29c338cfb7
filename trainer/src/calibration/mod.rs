//! Calibration of a trained run: a temperature, prediction sets with a stated coverage and a guard
//! against pictures that are no skin, all measured on pictures that the answering network did not learn
//! from. `genoderm calibrate` writes RUN/calibration.json, which `genoderm export` picks up.

mod calibrate;
mod cross_fold;
mod display;
mod ensemble_fit;
mod figures;
mod guards;
mod networks;
mod not_skin;
mod out_of_fold;
mod record;
mod references;
mod temperature;

pub use calibrate::{CalibratePlan, ScoreChoice, calibrate};
pub use cross_fold::SingleFit;
pub use ensemble_fit::{EnsembleFit, HeldOutFigures};
pub use figures::{Reliability, SetFigures};
pub use guards::{GuardFigures, auroc, choose_guard};
pub use not_skin::NotSkin;
pub use out_of_fold::{OutOfFoldRow, read_out_of_fold};
pub use record::{CalibratedFold, CalibrationRecord, OutOfFoldFigures, SingleFigures, TestFigures};
pub use temperature::{TEMPERATURES, fit_temperature};
