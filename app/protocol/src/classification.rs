//! The answer to [`Request::Classify`](crate::Request::Classify).

use serde::{Deserialize, Serialize};

use crate::Region;

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
    /// The part of the photograph that the networks saw; `None` for all of it.
    #[serde(default)]
    pub region: Option<Region>,
    /// All labels, the most probable first.
    pub ranking: Vec<RankedLabel>,
    /// What each network said on its own: of those that are loaded.
    pub folds: Vec<FoldAnswer>,
    /// How many networks the set has, loaded or not.
    #[serde(default)]
    pub networks: usize,
    /// True when no network was sure enough to vote, so that `ranking` is the plain mean of all: a sign of "not sure".
    pub fallback: bool,
    /// The labels that cannot be ruled out, where the set is calibrated for that.
    #[serde(default)]
    pub prediction_set: Option<PredictionSet>,
    /// Whether the photograph looks like skin, where the set has a guard.
    #[serde(default)]
    pub guard: Option<GuardVerdict>,
}

impl SetAnswer {
    /// How many networks voted.
    #[must_use]
    pub fn votes(&self) -> usize {
        self.folds.iter().filter(|fold| fold.voted).count()
    }

    /// Whether networks of the set are missing from this answer. It then has neither prediction set nor guard: both were
    /// calibrated on the whole set.
    #[must_use]
    pub fn is_preliminary(&self) -> bool {
        self.folds.len() < self.networks
    }
}

/// Labels that together hold the right one about as often as stated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PredictionSet {
    /// How often, 0 to 1, on pictures like those of the calibration.
    pub coverage: f64,
    /// Keys of the labels, the most probable first; never empty.
    pub labels: Vec<String>,
}

/// What the guard against foreign pictures says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GuardVerdict {
    /// Whether the photograph looks like those that the networks know.
    pub accepted: bool,
    /// What is compared: `max-probability`, `energy`, `cosine` or `mahalanobis`.
    pub kind: String,
    /// The photograph's score.
    pub score: f64,
    /// The smallest score that is accepted.
    pub threshold: f64,
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
    /// Softmax of the logits (divided by the set's temperature), in the order of the bundle's labels.
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_sets_that_are_not_calibrated_can_be_read() {
        let answer: SetAnswer = serde_json::from_str(
            r#"{"set": "focused", "ranking": [], "folds": [], "fallback": true}"#,
        )
        .unwrap();
        assert_eq!((&answer.prediction_set, &answer.guard), (&None, &None));
        assert_eq!(answer.region, None);
        assert!(!answer.is_preliminary());
    }
}
