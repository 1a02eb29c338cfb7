//! From the bytes of the shards to weights.

use super::{BundleError, BundleManifest, FoldInfo};
use crate::weights::StateDict;

/// The network's last layer, whose rows are the labels.
const CLASSIFIER: &str = "classifier.weight";

/// Checks and decodes the shards of one fold, given in the order of `fold.shards`.
///
/// # Errors
///
/// When there are too few or too many shards, one is cut off, changed or not readable, two hold the
/// same tensor, or the network's last layer has not one row for each label of the manifest.
pub fn weights_of_fold(
    manifest: &BundleManifest,
    fold: &FoldInfo,
    shards: &[impl AsRef<[u8]>],
) -> Result<StateDict, BundleError> {
    for (shard, bytes) in fold.shards.iter().zip(shards) {
        shard.verify(bytes.as_ref())?;
    }
    weights_of_verified(manifest, fold, shards)
}

/// [`weights_of_fold`] of shards that were compared with their checksums before.
///
/// # Errors
///
/// All but that a shard is cut off or changed.
pub fn weights_of_verified(
    manifest: &BundleManifest,
    fold: &FoldInfo,
    shards: &[impl AsRef<[u8]>],
) -> Result<StateDict, BundleError> {
    let mut weights = StateDict::new();
    for (position, shard) in fold.shards.iter().enumerate() {
        let Some(bytes) = shards.get(position) else {
            return Err(BundleError::Shard {
                file: shard.file.clone(),
                cause: "it is missing".to_owned(),
            });
        };
        StateDict::from_safetensors(bytes.as_ref())
            .and_then(|part| weights.merge(part))
            .map_err(|cause| BundleError::Weights {
                file: shard.file.clone(),
                cause,
            })?;
    }
    if shards.len() > fold.shards.len() {
        return Err(BundleError::BadField {
            field: "shards".to_owned(),
            cause: format!(
                "has {} entries for this fold, but {} files were given",
                fold.shards.len(),
                shards.len()
            ),
        });
    }
    check_outputs(manifest, fold, &weights)?;
    Ok(weights)
}

fn check_outputs(
    manifest: &BundleManifest,
    fold: &FoldInfo,
    weights: &StateDict,
) -> Result<(), BundleError> {
    let outputs = weights
        .get(CLASSIFIER)
        .and_then(|classifier| classifier.shape.first().copied());
    match outputs {
        Some(outputs) if outputs != manifest.labels.len() => Err(BundleError::BadField {
            field: "labels".to_owned(),
            cause: format!(
                "has {} entries, but the network of fold {} has {outputs} outputs",
                manifest.labels.len(),
                fold.fold
            ),
        }),
        // A missing layer is reported with all others when the network is loaded.
        _ => Ok(()),
    }
}
