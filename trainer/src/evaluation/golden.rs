//! What scikit-learn and scipy answer (`tests/reference/evaluation.py`), for the tests here.
#![allow(clippy::unwrap_used)]

use serde::Deserialize;

/// `goldens/evaluation.json`
#[derive(Deserialize)]
pub(crate) struct Golden {
    /// One row a picture, seven labels; rounded, so that there are ties.
    pub probabilities: Vec<Vec<f32>>,
    pub targets: Vec<usize>,
    /// One against the rest, of each label.
    pub auroc: Vec<f64>,
    pub macro_auroc: f64,
    pub accuracy: f64,
    pub balanced_accuracy: f64,
    pub top_3: f64,
    pub precision: Vec<f64>,
    pub recall: Vec<f64>,
    pub f1: Vec<f64>,
    pub spearman: Vec<Spearman>,
}

#[derive(Deserialize)]
pub(crate) struct Spearman {
    pub one: Vec<f32>,
    pub other: Vec<f32>,
    pub correlation: f64,
}

pub(crate) fn golden() -> Golden {
    let text = include_str!("../../../tests/reference/goldens/evaluation.json");
    serde_json::from_str(text).unwrap()
}
