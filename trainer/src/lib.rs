//! The trainer of Genoderm: data, augmentation, training, evaluation, export and the command line
//! `genoderm`.
//!
//! The network, the preprocessing, the ensemble rule, attribution and the bundle format are those of
//! [`genoderm_model`], which the page uses too: what is measured here is what the page computes.

pub mod augment;
pub mod calibration;
pub mod cli;
pub mod data;
pub mod device;
pub mod error;
pub mod evaluation;
pub mod explain;
pub mod export;
pub mod files;
mod html;
pub mod inference;
pub mod output;
pub mod predict;
pub mod seed;
pub mod study;
pub mod synth;
pub mod training;

pub use error::{Error, Result};
