//! The model of Genoderm: EfficientNet and its weights, the one preprocessing, the one ensemble
//! rule, attribution, labels and the bundle format.
//!
//! Pure [burn](burn): no file system, no browser, no choice of device. The trainer and the page
//! both call this crate, so what is measured in training is what the page computes.

pub mod attribution;
pub mod bundle;
pub mod calibration;
pub mod efficientnet;
pub mod ensemble;
pub mod labels;
mod operations;
pub mod preprocess;
pub mod weights;
