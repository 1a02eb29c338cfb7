//! The little that the page reads from the bundle's manifest itself, so that size and notice are shown before anything
//! large is downloaded. The engine reads and checks the whole manifest again.

use genoderm_protocol::LabelInfo;
use serde::Deserialize;

/// Where the manifest lies, relative to the page.
pub const ADDRESS: &str = "./bundle/manifest.json";

/// What is shown about the model before it is loaded.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "Manifest")]
pub struct ModelSummary {
    /// The model's name.
    pub name: String,
    /// A warning about it; may be empty.
    pub notice: String,
    /// Bytes of all shards.
    pub bytes: u64,
    /// Its labels.
    pub labels: Vec<LabelInfo>,
}

#[derive(Deserialize)]
struct Manifest {
    name: String,
    #[serde(default)]
    notice: String,
    labels: Vec<LabelInfo>,
    sets: Vec<Set>,
}

#[derive(Deserialize)]
struct Set {
    folds: Vec<Fold>,
    #[serde(default)]
    calibration: Option<Calibration>,
}

#[derive(Deserialize)]
struct Calibration {
    /// The guard's file, where it needs one.
    #[serde(default)]
    centres: Option<Shard>,
}

#[derive(Deserialize)]
struct Fold {
    shards: Vec<Shard>,
}

#[derive(Deserialize)]
struct Shard {
    bytes: u64,
}

impl From<Manifest> for ModelSummary {
    fn from(manifest: Manifest) -> Self {
        let bytes = manifest.sets.iter().flat_map(|set| {
            let calibration = set.calibration.as_ref();
            let guard = calibration.and_then(|calibration| calibration.centres.as_ref());
            let shards = set.folds.iter().flat_map(|fold| &fold.shards).chain(guard);
            shards.map(|shard| shard.bytes)
        });
        Self {
            bytes: bytes.fold(0, u64::saturating_add),
            name: manifest.name,
            notice: manifest.notice,
            labels: manifest.labels,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_size_is_the_sum_of_all_shards_and_unknown_fields_do_no_harm() {
        let summary: ModelSummary = serde_json::from_str(
            r#"{"format_version": 1, "name": "demo", "notice": "drawings",
                "labels": [{"key": "NF1", "name": "Neurofibromatosis 1", "mim": [162200], "genes": ["NF1"],
                            "description": "", "own": true}],
                "sets": [{"name": "focused", "folds": [
                    {"fold": 0, "shards": [{"file": "a", "bytes": 5, "sha256": ""}, {"file": "b", "bytes": 7, "sha256": ""}]},
                    {"fold": 1, "shards": [{"file": "c", "bytes": 30, "sha256": ""}]}]}]}"#,
        )
        .unwrap();
        assert_eq!(summary.bytes, 42);
        assert_eq!(summary.labels[0].mim, [162_200]);
    }

    #[test]
    fn the_guards_file_counts_too() {
        let summary: ModelSummary = serde_json::from_str(
            r#"{"name": "demo", "labels": [], "sets": [{"name": "focused",
                "folds": [{"fold": 0, "shards": [{"file": "a", "bytes": 5, "sha256": ""}]}],
                "calibration": {"temperature": 1.5, "conformal": null,
                    "centres": {"file": "b", "bytes": 8, "sha256": ""}}}]}"#,
        )
        .unwrap();
        assert_eq!(summary.bytes, 13);
    }
}
