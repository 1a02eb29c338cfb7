//! What is kept of a case besides its photograph and the values of its map. Nothing of the photograph's file is in it: no name,
//! no date, no metadata.

use genoderm_protocol::{Backend, Explanation, PhotoInfo, SetAnswer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::manifest::BundleFile;

/// Raised when a field changes its name or meaning.
const FORMAT_VERSION: u32 = 1;

/// A saved case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedCase {
    format_version: u32,
    /// What the reader calls it.
    pub name: String,
    /// When it was saved, in UTC (ISO 8601).
    pub saved: String,
    /// The version of the page that saved it.
    pub version: String,
    /// The photograph's size.
    pub photo: PhotoInfo,
    /// What the reader wrote; may be empty.
    pub note: String,
    /// The model that answered.
    pub model: KeptModel,
    /// What it was computed on.
    pub backend: Backend,
    /// When it answered, in UTC (ISO 8601).
    pub classified: String,
    /// What it said.
    pub answer: SetAnswer,
    /// Settings and bookkeeping of the map, if there was one.
    pub map: Option<Explanation>,
}

/// Which model it was, to the byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptModel {
    /// Its name.
    pub name: String,
    /// The version of the bundle's format.
    pub format_version: u32,
    /// A network votes when its largest probability is at least this.
    pub threshold: f32,
    /// Logits are divided by this before they become probabilities.
    pub temperature: f64,
    /// Its files.
    pub files: Vec<BundleFile>,
}

impl KeptModel {
    /// One checksum for all: the SHA-256 of the files' names and checksums and of the numbers of the decision rule, 64
    /// hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(format!(
            "format {}, threshold {}, temperature {}\n",
            self.format_version, self.threshold, self.temperature
        ));
        for file in &self.files {
            digest.update(format!("{}  {}\n", file.sha256, file.file));
        }
        let digits = digest.finalize();
        digits.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether it answers as the other does.
    pub fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.fingerprint() == other.fingerprint()
    }
}

impl SavedCase {
    /// A case of this moment.
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        name: String,
        saved: String,
        photo: PhotoInfo,
        note: &str,
        model: KeptModel,
        backend: Backend,
        classified: String,
        answer: SetAnswer,
        map: Option<Explanation>,
    ) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            name,
            saved,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            photo,
            note: note.trim().to_owned(),
            model,
            backend,
            classified,
            answer,
            map,
        }
    }

    /// As it is stored.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no case of ours is.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// As it was stored; `None` for what this version of the page cannot read.
    pub fn from_json(text: &str) -> Option<Self> {
        let case: Self = serde_json::from_str(text).ok()?;
        (case.format_version == FORMAT_VERSION).then_some(case)
    }

    /// The day on which it was saved: `2026-11-24`.
    pub fn day(&self) -> &str {
        self.saved.get(..10).unwrap_or(&self.saved)
    }
}

/// The most by which a probability may change with the device that it is computed on.
const SAME: f32 = 1e-3;

/// Whether two answers give every label the same probability, as far as devices agree.
pub fn agree(one: &SetAnswer, other: &SetAnswer) -> bool {
    one.set == other.set
        && one.ranking.len() == other.ranking.len()
        && one.ranking.iter().all(|label| {
            let found = other.ranking.iter().find(|found| found.key == label.key);
            found.is_some_and(|found| (found.probability - label.probability).abs() <= SAME)
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use genoderm_protocol::RankedLabel;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn model() -> KeptModel {
        KeptModel {
            name: "demo".into(),
            format_version: 1,
            threshold: 0.5,
            temperature: 1.2,
            files: vec![BundleFile {
                file: "a.safetensors".into(),
                bytes: 3,
                sha256: "00".into(),
            }],
        }
    }

    fn answer(probability: f32) -> SetAnswer {
        SetAnswer {
            set: "focused".into(),
            region: None,
            networks: 0,
            ranking: vec![RankedLabel {
                key: "NF1".into(),
                name: "Neurofibromatosis type 1".into(),
                probability,
            }],
            folds: Vec::new(),
            fallback: false,
            prediction_set: None,
            guard: None,
        }
    }

    #[test]
    fn a_case_comes_back_as_it_was_and_another_format_is_refused() {
        let case = SavedCase::new(
            "one".into(),
            "2026-11-24T09:05:00.000Z".into(),
            PhotoInfo {
                width: 3,
                height: 2,
            },
            " a note\n",
            model(),
            Backend::Cpu,
            "2026-11-24T09:04:00.000Z".into(),
            answer(0.75),
            None,
        );
        assert_eq!((case.note.as_str(), case.day()), ("a note", "2026-11-24"));
        let json = case.to_json().unwrap();
        assert_eq!(SavedCase::from_json(&json).as_ref(), Some(&case));
        let other = json.replacen("\"formatVersion\":1", "\"formatVersion\":2", 1);
        assert_eq!(SavedCase::from_json(&other), None);
        assert_eq!(SavedCase::from_json("{}"), None);
    }

    #[test]
    fn any_other_byte_or_number_is_another_model() {
        let same = model();
        assert!(same.is_same(&model()));
        assert_eq!(same.fingerprint().len(), 64);
        let mut other = model();
        other.files[0].sha256 = "01".into();
        assert!(!same.is_same(&other));
        let mut other = model();
        other.temperature = 1.3;
        assert!(!same.is_same(&other));
    }

    #[test]
    fn answers_agree_within_what_devices_differ() {
        assert!(agree(&answer(0.75), &answer(0.7505)));
        assert!(!agree(&answer(0.75), &answer(0.76)));
    }
}
