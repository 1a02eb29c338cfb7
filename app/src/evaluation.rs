//! The figures that an exporter measured, as far as the page shows them.
//!
//! A bundle may come from another version or program, so everything is optional: a figure that is missing, or of another
//! form than expected, is left out and the others are shown all the same.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What was measured on one set's test pictures.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct SetEvaluation {
    /// Keys of the labels, in the order of the confusion matrix.
    #[serde(deserialize_with = "lenient")]
    pub labels: Vec<String>,
    /// All networks together.
    #[serde(deserialize_with = "lenient")]
    pub ensemble: Option<Figures>,
    /// The same by Fitzpatrick skin type, which is the `group`.
    #[serde(deserialize_with = "lenient")]
    pub skin_tones: Vec<Figures>,
    /// Pictures on which no network was sure.
    #[serde(deserialize_with = "lenient")]
    pub fallbacks: Option<u64>,
    /// How far prediction sets keep their promise.
    #[serde(deserialize_with = "lenient")]
    pub prediction_sets: Option<SetFigures>,
    /// Share of the test pictures that the guard accepts.
    #[serde(deserialize_with = "lenient")]
    pub guard_acceptance: Option<f64>,
}

/// How good the answers are on some pictures; shares are between 0 and 1.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Which pictures, where they are a part.
    #[serde(deserialize_with = "lenient")]
    pub group: Option<u64>,
    /// How many.
    #[serde(deserialize_with = "lenient")]
    pub pictures: Option<u64>,
    /// Share of right answers.
    #[serde(deserialize_with = "lenient")]
    pub accuracy: Option<f64>,
    /// Its 95% interval.
    #[serde(deserialize_with = "lenient")]
    pub accuracy_interval: Option<[f64; 2]>,
    /// Share with the right label among the first three.
    #[serde(deserialize_with = "lenient")]
    pub top_3: Option<f64>,
    /// Expected calibration error.
    #[serde(deserialize_with = "lenient")]
    pub calibration_error: Option<f64>,
    /// Rows are true labels, columns answers.
    #[serde(deserialize_with = "lenient")]
    pub confusion: Vec<Vec<u64>>,
    /// Each label.
    #[serde(deserialize_with = "lenient")]
    pub labels: Vec<LabelFigures>,
}

/// How good the answers are for one label.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct LabelFigures {
    /// Its key.
    pub label: String,
    /// How many pictures have it.
    #[serde(deserialize_with = "lenient")]
    pub pictures: Option<u64>,
    /// Share of its pictures that were answered with it.
    #[serde(deserialize_with = "lenient")]
    pub recall: Option<f64>,
    /// Its 95% interval.
    #[serde(deserialize_with = "lenient")]
    pub recall_interval: Option<[f64; 2]>,
    /// Share of its answers that were right.
    #[serde(deserialize_with = "lenient")]
    pub precision: Option<f64>,
}

/// How often prediction sets hold the true label, and how long they are.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct SetFigures {
    /// How often they were to.
    #[serde(deserialize_with = "lenient")]
    pub stated: Option<f64>,
    /// How often they do.
    #[serde(deserialize_with = "lenient")]
    pub coverage: Option<f64>,
    /// Its 95% interval.
    #[serde(deserialize_with = "lenient")]
    pub coverage_interval: Option<[f64; 2]>,
    /// Labels in a set, on average.
    #[serde(deserialize_with = "lenient")]
    pub mean_size: Option<f64>,
}

/// A value that counts as absent where it has another form.
pub fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_figure_of_another_form_does_not_hide_the_others() {
        let found: SetEvaluation = serde_json::from_str(
            r#"{"ensemble": {"accuracy": "good", "top_3": 0.9, "confusion": [[1, 2], [0, 3]]},
                "skin_tones": [{"group": 6, "accuracy": 0.5, "pictures": 4}],
                "prediction_sets": 7, "guard_acceptance": null, "later": {}}"#,
        )
        .unwrap();
        let ensemble = found.ensemble.unwrap();
        assert_eq!((ensemble.accuracy, ensemble.top_3), (None, Some(0.9)));
        assert_eq!(ensemble.confusion, [[1, 2], [0, 3]]);
        assert_eq!(found.skin_tones[0].group, Some(6));
        assert_eq!(
            (found.prediction_sets, found.guard_acceptance),
            (None, None)
        );
    }
}
