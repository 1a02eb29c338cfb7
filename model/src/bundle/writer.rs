//! From weights to the files of a bundle.

use super::{
    BundleError, BundleManifest, Calibration, Decision, FORMAT_VERSION, FoldInfo, GoldenCheck,
    MANIFEST_FILE, ModelSet, Provenance, ShardInfo,
};
use crate::calibration::{GuardModel, Safeguards};
use crate::labels::LabelRegistry;
use crate::preprocess::{Photo, Preprocessing};
use crate::weights::{Encoding, StateDict, WeightError};

/// Size that a shard does not exceed: small enough for smooth progress and for a cache that
/// survives an interrupted download. Tensors are not cut, so one that is larger by itself makes a
/// larger shard (only in `f32`, and only from B6 on).
pub const MAX_SHARD_BYTES: usize = 8 << 20;

/// What a bundle says about itself; the rest of its manifest follows from the weights.
#[derive(Debug, Clone, PartialEq)]
pub struct BundleInfo {
    /// See [`BundleManifest::name`].
    pub name: String,
    /// See [`BundleManifest::description`].
    pub description: String,
    /// See [`BundleManifest::notice`].
    pub notice: String,
    /// See [`BundleManifest::architecture`].
    pub architecture: String,
    /// See [`BundleManifest::preprocessing`].
    pub preprocessing: Preprocessing,
    /// See [`BundleManifest::labels`].
    pub labels: LabelRegistry,
    /// See [`BundleManifest::encoding`].
    pub encoding: Encoding,
    /// See [`BundleManifest::decision`].
    pub decision: Decision,
    /// See [`BundleManifest::temperature`].
    pub temperature: f32,
    /// See [`BundleManifest::evaluation`].
    pub evaluation: serde_json::Value,
    /// See [`BundleManifest::licence`].
    pub licence: String,
    /// See [`BundleManifest::provenance`].
    pub provenance: Provenance,
}

/// Collects the networks of a bundle and makes its files.
///
/// For each network: [`add_fold`](Self::add_fold) returns the weights as a reader will load them,
/// with the rounding of the encoding; run those on [`golden_photo`](Self::golden_photo) and hand
/// the logits to [`golden_logits`](Self::golden_logits). Then [`finish`](Self::finish).
#[derive(Debug)]
pub struct BundleWriter {
    manifest: BundleManifest,
    files: Vec<(String, Vec<u8>)>,
}

impl BundleWriter {
    /// A writer without networks yet.
    pub fn new(info: BundleInfo) -> Self {
        Self {
            manifest: BundleManifest {
                format_version: FORMAT_VERSION,
                name: info.name,
                description: info.description,
                notice: info.notice,
                architecture: info.architecture,
                preprocessing: info.preprocessing,
                labels: info.labels,
                sets: Vec::new(),
                encoding: info.encoding,
                decision: info.decision,
                temperature: info.temperature,
                evaluation: info.evaluation,
                licence: info.licence,
                provenance: info.provenance,
                golden: GoldenCheck::without_logits(),
            },
            files: Vec::new(),
        }
    }

    /// The picture whose logits are wanted, before preprocessing.
    ///
    /// # Errors
    ///
    /// None in practice; the type is that of reading a manifest.
    pub fn golden_photo(&self) -> Result<Photo, BundleError> {
        self.manifest.golden.photo()
    }

    /// Adds a network to a set and returns its weights as they will be read.
    ///
    /// # Errors
    ///
    /// When the weights cannot be encoded.
    pub fn add_fold(
        &mut self,
        set: &str,
        fold: u32,
        weights: &StateDict,
    ) -> Result<StateDict, BundleError> {
        let base = format!("{set}-{fold}");
        let failed = |cause: WeightError| BundleError::Weights {
            file: base.clone(),
            cause,
        };
        let groups = split(weights, self.manifest.encoding);
        let is_split = groups.len() > 1;
        let mut stored = StateDict::new();
        let mut shards = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let bytes = group
                .to_safetensors(self.manifest.encoding)
                .map_err(failed)?;
            let part = StateDict::from_safetensors(&bytes).map_err(failed)?;
            stored.merge(part).map_err(failed)?;
            let file = if is_split {
                format!("{base}-{}.safetensors", letters(index))
            } else {
                format!("{base}.safetensors")
            };
            shards.push(ShardInfo::of(file.clone(), &bytes));
            self.files.push((file, bytes));
        }
        let info = FoldInfo { fold, shards };
        match self.manifest.sets.iter_mut().find(|s| s.name == set) {
            Some(set) => set.folds.push(info),
            None => self.manifest.sets.push(ModelSet {
                name: set.to_owned(),
                folds: vec![info],
                calibration: None,
            }),
        }
        Ok(stored)
    }

    /// Records the logits of a network for the golden picture, one a label, in the order in which
    /// the folds of the set were added.
    pub fn golden_logits(&mut self, set: &str, logits: Vec<f32>) {
        let folds = self.manifest.golden.logits.entry(set.to_owned());
        folds.or_default().push(logits);
    }

    /// Gives a set, whose folds have been added, its calibration.
    ///
    /// The guard's references, in the order of the set's folds, go into a shard of their own.
    ///
    /// # Errors
    ///
    /// When there is no such set, the guard has not one reference for each fold, or they cannot be encoded.
    pub fn calibrate(
        &mut self,
        set: &str,
        temperature: f32,
        safeguards: &Safeguards,
    ) -> Result<(), BundleError> {
        let bad = |cause: &str| BundleError::BadField {
            field: format!("sets.{set}.calibration"),
            cause: cause.to_owned(),
        };
        let Some(found) = self.manifest.sets.iter_mut().find(|s| s.name == set) else {
            return Err(bad("belongs to a set without folds"));
        };
        let mut calibration = Calibration {
            temperature,
            conformal: safeguards.conformal,
            guard: None,
            reference: None,
        };
        if let Some(GuardModel { guard, references }) = &safeguards.guard {
            calibration.guard = Some(*guard);
            if guard.score.needs_reference() {
                if references.len() != found.folds.len() {
                    return Err(bad("has not one reference for each fold"));
                }
                let mut tensors = StateDict::new();
                for (fold, reference) in found.folds.iter().zip(references) {
                    reference.store(fold.fold, &mut tensors);
                }
                let file = format!("{set}-guard.safetensors");
                let bytes = tensors.to_safetensors(Encoding::F32).map_err(|cause| {
                    BundleError::Weights {
                        file: file.clone(),
                        cause,
                    }
                })?;
                calibration.reference = Some(ShardInfo::of(file.clone(), &bytes));
                self.files.push((file, bytes));
            }
        }
        found.calibration = Some(calibration);
        Ok(())
    }

    /// The files of the bundle by name; the manifest is the last, so that a folder with one is
    /// complete.
    ///
    /// # Errors
    ///
    /// When the result would not pass [`BundleManifest::parse`]: no network, a fold twice, golden
    /// logits missing or not one a label, a number out of range.
    pub fn finish(self) -> Result<Vec<(String, Vec<u8>)>, BundleError> {
        let mut json = serde_json::to_vec_pretty(&self.manifest).map_err(|error| {
            BundleError::NotManifest {
                cause: error.to_string(),
            }
        })?;
        json.push(b'\n');
        BundleManifest::parse(&json)?;
        let mut files = self.files;
        files.push((MANIFEST_FILE.to_owned(), json));
        Ok(files)
    }
}

/// Splits weights, in the order of their names, into groups whose files do not exceed the limit.
fn split(weights: &StateDict, encoding: Encoding) -> Vec<StateDict> {
    /// The file's length field, the metadata entry and padding.
    const FILE_OVERHEAD: usize = 128;
    /// Type, offsets, punctuation and shape of a tensor in the header, twice for 8 bits.
    const TENSOR_OVERHEAD: usize = 300;

    let mut groups = vec![StateDict::new()];
    let mut size = FILE_OVERHEAD;
    for (name, tensor) in weights.iter() {
        let bytes = encoding
            .byte_len(&tensor.shape)
            .saturating_add(2 * name.len() + TENSOR_OVERHEAD);
        let is_full = size.saturating_add(bytes) > MAX_SHARD_BYTES;
        if is_full && groups.last().is_some_and(|group| !group.is_empty()) {
            groups.push(StateDict::new());
            size = FILE_OVERHEAD;
        }
        size = size.saturating_add(bytes);
        if let Some(group) = groups.last_mut() {
            group.insert(name, tensor.clone());
        }
    }
    groups
}

/// `a` to `z`, then `aa`, `ab` and so on.
fn letters(index: usize) -> String {
    let last = char::from(b'a' + (index % 26) as u8);
    match index / 26 {
        0 => last.to_string(),
        rest => format!("{}{last}", letters(rest - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_count_like_the_columns_of_a_spreadsheet() {
        let found: Vec<String> = [0, 1, 25, 26, 27, 51, 52, 701, 702].map(letters).into();
        assert_eq!(found, ["a", "b", "z", "aa", "ab", "az", "ba", "zz", "aaa"]);
    }
}
