//! `manifest.json`: everything about a bundle but the weights.

use serde::{Deserialize, Serialize};

use super::{BundleError, Calibration, GoldenCheck};
use crate::ensemble::DEFAULT_THRESHOLD;
use crate::labels::LabelRegistry;
use crate::preprocess::Preprocessing;
use crate::weights::Encoding;

/// Version of the bundle format that this program writes and reads.
pub const FORMAT_VERSION: u32 = 1;

/// Name of the manifest's file.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Contents of `manifest.json`.
///
/// Fields that this version does not know are ignored, so that later ones may add some.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BundleManifest {
    /// Version of the format, [`FORMAT_VERSION`].
    pub format_version: u32,
    /// Short name of the model for people.
    pub name: String,
    /// What the model is, in a few sentences.
    #[serde(default)]
    pub description: String,
    /// What everyone who sees an answer must know (synthetic training data, no medical device);
    /// shown prominently, empty for none.
    #[serde(default)]
    pub notice: String,
    /// timm's name of the network: `tf_efficientnet_b4`.
    pub architecture: String,
    /// What happens to a photograph before the network sees it.
    pub preprocessing: Preprocessing,
    /// Labels in the order of the network's outputs.
    pub labels: LabelRegistry,
    /// One model for each kind of photograph (`focused`, `panoramic`), at least one.
    pub sets: Vec<ModelSet>,
    /// How the weights in the shards are stored.
    pub encoding: Encoding,
    /// How the folds' answers become one.
    #[serde(default)]
    pub decision: Decision,
    /// Logits are divided by this before the softmax; positive, 1 for none. For sets without a
    /// [`ModelSet::calibration`] of their own; see [`temperature_of`](Self::temperature_of).
    #[serde(default = "no_calibration")]
    pub temperature: f32,
    /// Figures for the model card, of any form; `null` if there are none.
    #[serde(default)]
    pub evaluation: serde_json::Value,
    /// Licence of the weights.
    #[serde(default)]
    pub licence: String,
    /// Where the weights come from.
    #[serde(default)]
    pub provenance: Provenance,
    /// A picture and its logits, to check a device's arithmetic with.
    pub golden: GoldenCheck,
}

/// A model for one kind of photograph: the networks of the cross-validation's folds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelSet {
    /// `focused`, `panoramic` or another name of small letters, digits, `-` and `_`.
    pub name: String,
    /// The folds, at least one.
    pub folds: Vec<FoldInfo>,
    /// What was measured on pictures that the networks did not learn from; absent in bundles of sets
    /// that were not calibrated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
}

/// One network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoldInfo {
    /// Number of the fold that was left out of this network's training.
    pub fold: u32,
    /// Files that together hold the weights, at least one.
    pub shards: Vec<ShardInfo>,
}

/// A file with some of a network's weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardInfo {
    /// Name in the bundle's folder; no path.
    pub file: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// The ensemble rule's parameters; see [`crate::ensemble`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Largest probability from which a fold takes part in the vote, 0 to 1.
    pub threshold: f32,
}

impl Default for Decision {
    fn default() -> Self {
        Self {
            threshold: DEFAULT_THRESHOLD,
        }
    }
}

/// Where a model's weights come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// Program that trained it.
    pub software: String,
    /// Version of the program.
    pub version: String,
    /// Training data in words.
    pub data: String,
    /// Commands that make the bundle again, in order.
    pub commands: Vec<String>,
}

fn no_calibration() -> f32 {
    1.0
}

impl BundleManifest {
    /// Largest manifest read, in bytes.
    pub const MAX_BYTES: usize = 4 << 20;

    /// Reads and checks the bytes of `manifest.json`.
    ///
    /// A manifest that passes is consistent: file names are names and not paths, every set has
    /// folds and every fold shards, the golden check has one logit for each label, fold and set,
    /// and all numbers are in their ranges.
    ///
    /// # Errors
    ///
    /// [`BundleError::UnknownVersion`] for another format version, [`BundleError::NotManifest`] for
    /// JSON of another form, [`BundleError::BadField`] with the field's path otherwise.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        /// The version is read by itself: everything else may look different in another one.
        #[derive(Deserialize)]
        struct VersionOnly {
            format_version: u64,
        }

        let not_manifest = |cause: String| BundleError::NotManifest { cause };
        if bytes.len() > Self::MAX_BYTES {
            let limit = Self::MAX_BYTES >> 20;
            return Err(not_manifest(format!("it is larger than {limit} MiB")));
        }
        let VersionOnly { format_version } =
            serde_json::from_slice(bytes).map_err(|error| not_manifest(error.to_string()))?;
        if format_version != u64::from(FORMAT_VERSION) {
            return Err(BundleError::UnknownVersion {
                found: format_version,
                supported: FORMAT_VERSION,
            });
        }
        let manifest: Self =
            serde_json::from_slice(bytes).map_err(|error| not_manifest(error.to_string()))?;
        manifest.validate()?;
        Ok(manifest)
    }

    /// The set of this name.
    pub fn set(&self, name: &str) -> Option<&ModelSet> {
        self.sets.iter().find(|set| set.name == name)
    }

    /// What the logits of a set's folds are divided by before the softmax.
    pub fn temperature_of(&self, set: &ModelSet) -> f32 {
        let own = set.calibration.as_ref();
        own.map_or(self.temperature, |calibration| calibration.temperature)
    }

    /// All shards of all sets, in the order of the manifest.
    pub fn shards(&self) -> impl Iterator<Item = &ShardInfo> {
        self.sets.iter().flat_map(ModelSet::shards)
    }

    /// Bytes of all shards together.
    pub fn total_bytes(&self) -> u64 {
        self.shards().map(|shard| shard.bytes).sum()
    }
}

impl ModelSet {
    /// The shards of all folds, in order, then that of the guard.
    pub fn shards(&self) -> impl Iterator<Item = &ShardInfo> {
        let folds = self.folds.iter().flat_map(|fold| &fold.shards);
        folds.chain(self.guard_shard())
    }

    /// The file with what the set's guard compares pictures with, where it needs that.
    pub fn guard_shard(&self) -> Option<&ShardInfo> {
        self.calibration.as_ref()?.reference.as_ref()
    }

    /// Bytes of all shards together.
    pub fn total_bytes(&self) -> u64 {
        self.shards().map(|shard| shard.bytes).sum()
    }
}
