//! The answer to [`Request::Classify`](crate::Request::Classify).

use serde::{Deserialize, Serialize};

/// What the bundle's networks say about one photograph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Classification {
    /// The photograph as it was decoded.
    pub photo: PhotoInfo,
    /// One answer per set asked, in the bundle's order.
    pub sets: Vec<SetAnswer>,
    /// Where the time went.
    pub timings: Timings,
}

/// The photograph after its EXIF orientation was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhotoInfo {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// The answer of one set of networks (an ensemble of folds).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetAnswer {
    /// The set's name, such as `focused`.
    pub set: String,
    /// All labels, the most probable first.
    pub ranking: Vec<RankedLabel>,
    /// What each network said on its own.
    pub folds: Vec<FoldAnswer>,
    /// True when no network was sure enough to vote, so that `ranking` is the plain mean of all: a sign of "not sure".
    pub fallback: bool,
}

impl SetAnswer {
    /// How many networks voted.
    #[must_use]
    pub fn votes(&self) -> usize {
        self.folds.iter().filter(|fold| fold.voted).count()
    }
}

/// One label with its probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RankedLabel {
    /// The label's key, such as `NF1`.
    pub key: String,
    /// The label's name for readers.
    pub name: String,
    /// The ensemble's probability, 0 to 1.
    pub probability: f32,
}

/// One network's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoldAnswer {
    /// The fold's number.
    pub fold: usize,
    /// Raw outputs, in the order of the bundle's labels, before the calibration temperature.
    pub logits: Vec<f32>,
    /// Softmax of the logits (divided by the bundle's temperature), in the order of the bundle's labels.
    pub probabilities: Vec<f32>,
    /// Whether this network was sure enough to count in the ensemble.
    pub voted: bool,
}

/// Milliseconds spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timings {
    /// Decoding the file.
    pub decode_ms: f64,
    /// Resizing and normalising.
    pub prepare_ms: f64,
    /// Running all networks.
    pub networks_ms: f64,
    /// Everything, from the arrival of the request.
    pub total_ms: f64,
}
