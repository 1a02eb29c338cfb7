//! What the page reads from the bundle's manifest itself, so that size, notice and model card are shown before anything
//! large is downloaded. The engine reads and checks the whole manifest again.

use std::collections::BTreeMap;

use genoderm_protocol::LabelInfo;
use serde::{Deserialize, Serialize};

use crate::evaluation::{SetEvaluation, lenient};

/// The version of the bundle's format that the engine reads.
pub const FORMAT_VERSION: u32 = 1;

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
    /// What it is; may be empty.
    pub description: String,
    /// Bytes of all shards.
    pub bytes: u64,
    /// Its labels.
    pub labels: Vec<LabelInfo>,
    /// Its sets of networks.
    pub sets: Vec<SetSummary>,
    /// The networks' architecture.
    pub architecture: String,
    /// The side of their input, in pixels.
    pub size: Option<u32>,
    /// Where its weights come from.
    pub provenance: Provenance,
    /// Their licence; may be empty.
    pub licence: String,
    /// The version of the bundle's format.
    pub format_version: u32,
    /// Every file of it, with what the engine checks it against.
    pub files: Vec<BundleFile>,
}

/// A file of the bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BundleFile {
    /// Its name.
    #[serde(default)]
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal digits.
    #[serde(default)]
    pub sha256: String,
}

/// What is shown about one set of networks.
#[derive(Clone, Debug, PartialEq)]
pub struct SetSummary {
    /// Its name, such as `focused`.
    pub name: String,
    /// How many networks it has.
    pub networks: usize,
    /// Logits are divided by this; 1 for none.
    pub temperature: f64,
    /// How often its prediction sets should hold the right label.
    pub coverage: Option<f64>,
    /// Its guard.
    pub guard: Option<GuardSummary>,
    /// What was measured; `None` where nothing was.
    pub evaluation: Option<SetEvaluation>,
}

/// A set's guard against pictures that show no skin.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct GuardSummary {
    /// What it compares.
    pub score: String,
    /// The share of photographs of skin that it should accept.
    pub acceptance: f64,
}

/// Where a model's weights come from; anything may be empty.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// What it was trained on.
    pub data: String,
    /// The commands that make it again.
    pub commands: Vec<String>,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    format_version: u32,
    name: String,
    #[serde(default)]
    notice: String,
    #[serde(default)]
    description: String,
    labels: Vec<LabelInfo>,
    sets: Vec<Set>,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    preprocessing: Preprocessing,
    #[serde(default = "no_calibration")]
    temperature: f64,
    #[serde(default, deserialize_with = "lenient")]
    evaluation: BTreeMap<String, SetEvaluation>,
    #[serde(default, deserialize_with = "lenient")]
    provenance: Provenance,
    #[serde(default)]
    licence: String,
}

#[derive(Default, Deserialize)]
struct Preprocessing {
    #[serde(default)]
    size: Option<u32>,
}

#[derive(Deserialize)]
struct Set {
    name: String,
    folds: Vec<Fold>,
    #[serde(default)]
    calibration: Option<Calibration>,
}

#[derive(Deserialize)]
struct Calibration {
    #[serde(default = "no_calibration")]
    temperature: f64,
    #[serde(default, deserialize_with = "lenient")]
    conformal: Option<Conformal>,
    #[serde(default, deserialize_with = "lenient")]
    guard: Option<GuardSummary>,
    /// The guard's file, where it needs one.
    #[serde(default)]
    reference: Option<BundleFile>,
}

#[derive(Deserialize)]
struct Conformal {
    coverage: f64,
}

#[derive(Deserialize)]
struct Fold {
    shards: Vec<BundleFile>,
}

fn no_calibration() -> f64 {
    1.0
}

impl Set {
    fn files(&self) -> impl Iterator<Item = &BundleFile> {
        let calibration = self.calibration.as_ref();
        let guard = calibration.and_then(|calibration| calibration.reference.as_ref());
        self.folds.iter().flat_map(|fold| &fold.shards).chain(guard)
    }

    fn summary(self, temperature: f64, evaluation: Option<SetEvaluation>) -> SetSummary {
        let calibration = self.calibration;
        SetSummary {
            name: self.name,
            networks: self.folds.len(),
            temperature: calibration
                .as_ref()
                .map_or(temperature, |own| own.temperature),
            coverage: calibration
                .as_ref()
                .and_then(|own| own.conformal.as_ref())
                .map(|conformal| conformal.coverage),
            guard: calibration.and_then(|own| own.guard),
            evaluation,
        }
    }
}

impl From<Manifest> for ModelSummary {
    fn from(manifest: Manifest) -> Self {
        let mut evaluation = manifest.evaluation;
        let files: Vec<_> = manifest.sets.iter().flat_map(Set::files).cloned().collect();
        let bytes = files.iter().map(|file| file.bytes);
        Self {
            bytes: bytes.fold(0, u64::saturating_add),
            files,
            format_version: manifest.format_version,
            name: manifest.name,
            notice: manifest.notice,
            description: manifest.description,
            labels: manifest.labels,
            sets: manifest
                .sets
                .into_iter()
                .map(|set| {
                    let measured = evaluation.remove(&set.name);
                    set.summary(manifest.temperature, measured)
                })
                .collect(),
            architecture: manifest.architecture,
            size: manifest.preprocessing.size,
            provenance: manifest.provenance,
            licence: manifest.licence,
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
        let names: Vec<_> = summary.files.iter().map(|file| &file.file[..]).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(summary.format_version, 1);
        assert_eq!(summary.labels[0].mim, [162_200]);
        assert_eq!(summary.sets[0].networks, 2);
        assert_eq!(summary.sets[0].evaluation, None);
    }

    #[test]
    fn the_guards_file_counts_too() {
        let summary: ModelSummary = serde_json::from_str(
            r#"{"name": "demo", "labels": [], "sets": [{"name": "focused",
                "folds": [{"fold": 0, "shards": [{"file": "a", "bytes": 5, "sha256": ""}]}],
                "calibration": {"temperature": 1.5, "conformal": null,
                    "reference": {"file": "b", "bytes": 8, "sha256": ""}}}]}"#,
        )
        .unwrap();
        assert_eq!(summary.bytes, 13);
    }

    #[test]
    fn every_set_has_its_own_calibration_and_figures() {
        let summary: ModelSummary = serde_json::from_str(
            r#"{"name": "demo", "labels": [], "temperature": 1.2, "sets": [
                {"name": "focused", "folds": [], "calibration": {"temperature": 1.5,
                    "conformal": {"score": "lac", "coverage": 0.9, "threshold": 0.8},
                    "guard": {"score": "cosine", "acceptance": 0.95, "threshold": 0}}},
                {"name": "panoramic", "folds": []}],
                "evaluation": {"panoramic": {"fallbacks": 3}}}"#,
        )
        .unwrap();
        let [focused, panoramic] = &summary.sets[..] else {
            panic!("{} sets", summary.sets.len());
        };
        assert_eq!((focused.temperature, focused.coverage), (1.5, Some(0.9)));
        assert_eq!(focused.guard.as_ref().unwrap().score, "cosine");
        assert_eq!((panoramic.temperature, panoramic.coverage), (1.2, None));
        assert_eq!(panoramic.evaluation.as_ref().unwrap().fallbacks, Some(3));
    }
}
