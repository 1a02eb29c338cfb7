//! What the engine says about itself and about the bundle it has loaded.

use serde::{Deserialize, Serialize};

/// What a build of the engine computes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// The processor, with wasm's SIMD. Works everywhere.
    Cpu,
    /// The graphics card.
    Webgpu,
}

impl Backend {
    /// The engine's name; `www/program.js` says which of its builds a browser runs.
    #[must_use]
    pub fn engine_name(self) -> &'static str {
        match self {
            Self::Cpu => "engine-cpu",
            Self::Webgpu => "engine-webgpu",
        }
    }
}

/// How the engine runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineInfo {
    /// The kind of device.
    pub backend: Backend,
    /// The device in the browser's words, such as the adapter's name; browsers hide much of it.
    pub device: String,
    /// Workers that share the work.
    pub workers: usize,
    /// The engine's version.
    pub version: String,
    /// How the golden check came out. A failing one is not reported here: it is a failure of the load.
    pub golden: GoldenReport,
    /// Milliseconds that the load took, with the download.
    pub load_ms: f64,
}

/// The golden check after loading: the bundle's tiny test image through every network, against the exporter's logits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GoldenReport {
    /// Networks checked.
    pub networks: usize,
    /// The largest relative difference of any logit.
    pub worst: f32,
    /// What would have been accepted.
    pub tolerance: f32,
}

/// What a bundle holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleInfo {
    /// The bundle's name.
    pub name: String,
    /// A few sentences on it.
    pub description: String,
    /// A warning to be shown wherever results are, such as "trained on drawings". May be empty.
    pub notice: String,
    /// The network's architecture, such as `efficientnet_b0`.
    pub architecture: String,
    /// The side of the square input, in pixels.
    pub size: u32,
    /// How weights are stored: `f32`, `f16` or `int8`.
    pub encoding: String,
    /// The labels in the order of the logits.
    pub labels: Vec<LabelInfo>,
    /// The sets of networks.
    pub sets: Vec<SetInfo>,
    /// Bytes of all shards.
    pub total_bytes: u64,
    /// Bytes of the shards that are loaded.
    pub loaded_bytes: u64,
    /// A network votes when its largest probability is at least this.
    pub threshold: f32,
    /// Logits are divided by this before the softmax, in sets that are not calibrated by themselves; 1 for none.
    pub temperature: f32,
    /// Measured figures for the model card: free JSON from the exporter, null where nothing was measured.
    pub evaluation: serde_json::Value,
    /// Software, version, data and commands that made the bundle: free JSON from the exporter.
    pub provenance: serde_json::Value,
    /// The licence of the weights.
    pub licence: String,
}

impl BundleInfo {
    /// Networks that are loaded, of all sets.
    #[must_use]
    pub fn present(&self) -> usize {
        self.sets.iter().map(|set| set.present.len()).sum()
    }

    /// Networks of all sets, loaded or not.
    #[must_use]
    pub fn networks(&self) -> usize {
        self.sets.iter().map(|set| set.folds.len()).sum()
    }

    /// Whether all networks of all sets are loaded.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.sets.iter().all(SetInfo::is_whole)
    }

    /// The set of this name.
    #[must_use]
    pub fn set(&self, name: &str) -> Option<&SetInfo> {
        self.sets.iter().find(|set| set.name == name)
    }

    /// The label with this key, with its place in the logits.
    #[must_use]
    pub fn label(&self, key: &str) -> Option<(usize, &LabelInfo)> {
        self.labels
            .iter()
            .enumerate()
            .find(|(_, label)| label.key == key)
    }
}

/// One label, for the page's explanations of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelInfo {
    /// Short key, such as `NF1`.
    pub key: String,
    /// Name for readers.
    pub name: String,
    /// Numbers in Online Mendelian Inheritance in Man; empty where there is none.
    pub mim: Vec<u32>,
    /// Genes; empty where there is none.
    pub genes: Vec<String>,
    /// One line.
    pub description: String,
    /// True for a condition that the tool is for, false for one that only serves as a contrast.
    pub own: bool,
}

/// One set of networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetInfo {
    /// The set's name, such as `focused` or `panoramic`.
    pub name: String,
    /// The numbers of its folds.
    pub folds: Vec<usize>,
    /// The numbers of those folds that are loaded and can answer.
    pub present: Vec<usize>,
    /// Bytes of its shards.
    pub bytes: u64,
}

impl SetInfo {
    /// Whether all of its networks are loaded.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.present.len() == self.folds.len()
    }
}
