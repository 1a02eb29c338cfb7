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
        let folds = manifest.sets.iter().flat_map(|set| &set.folds);
        let bytes = folds.flat_map(|fold| &fold.shards).map(|shard| shard.bytes);
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
}
