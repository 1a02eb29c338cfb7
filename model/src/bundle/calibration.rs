//! A set's calibration in the manifest, and the way from it to what an answer needs.

use serde::{Deserialize, Serialize};

use super::{BundleError, BundleManifest, ModelSet, ShardInfo};
use crate::calibration::{Conformal, FoldReference, Guard, GuardModel, Safeguards};
use crate::efficientnet::Architecture;
use crate::weights::StateDict;

/// What was measured on pictures that a set's networks did not learn from.
///
/// Temperature and sets are the ensemble's own where there were pictures that none of its networks learnt from. Else
/// they are, as the guard always is, from out-of-fold pictures, which have the answer of one network only, that of their
/// own fold, since the other networks learnt from them: thresholds are then those of single networks, and the best
/// epoch was chosen on the same pictures. How far they hold for the ensemble is measured on
/// test pictures; the coverage of a set is an average, and lower for pictures on which networks disagree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Logits of every fold are divided by this before the softmax; positive.
    pub temperature: f32,
    /// Prediction sets, made of the ensemble's probabilities at this temperature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conformal: Option<Conformal>,
    /// The guard against pictures that are no skin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Guard>,
    /// The file with what the guard's score compares pictures with, where it needs that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<ShardInfo>,
}

impl Calibration {
    /// What is wrong with the values, if anything: the field and the rest of a sentence.
    pub(super) fn fault(&self) -> Option<(String, &'static str)> {
        if !(self.temperature.is_normal() && self.temperature > 0.0) {
            return Some(("temperature".to_owned(), "must be positive"));
        }
        if let Some((field, cause)) = self.conformal.and_then(|rule| rule.fault()) {
            return Some((format!("conformal.{field}"), cause));
        }
        if let Some((field, cause)) = self.guard.and_then(|guard| guard.fault()) {
            return Some((format!("guard.{field}"), cause));
        }
        let needs_reference = self
            .guard
            .is_some_and(|guard| guard.score.needs_reference());
        match (needs_reference, &self.reference) {
            (true, None) => Some(("reference".to_owned(), "is missing")),
            (false, Some(_)) => Some(("reference".to_owned(), "belongs to no guard")),
            _ => None,
        }
    }
}

/// What an answer of the set needs besides its networks.
///
/// `shard` holds the bytes of [`ModelSet::guard_shard`], where there is one.
///
/// # Errors
///
/// When the shard is missing, cut off, changed or not readable, or does not belong to the set's
/// networks.
pub fn safeguards_of_set(
    manifest: &BundleManifest,
    set: &ModelSet,
    shard: Option<&[u8]>,
) -> Result<Safeguards, BundleError> {
    let Some(calibration) = &set.calibration else {
        return Ok(Safeguards::default());
    };
    let guard = match (calibration.guard, &calibration.reference) {
        (Some(guard), Some(info)) => Some(GuardModel {
            guard,
            references: read_references(manifest, set, guard, info, shard)?,
        }),
        (guard, _) => guard.map(|guard| GuardModel {
            guard,
            references: Vec::new(),
        }),
    };
    Ok(Safeguards {
        conformal: calibration.conformal,
        guard,
    })
}

fn read_references(
    manifest: &BundleManifest,
    set: &ModelSet,
    guard: Guard,
    info: &ShardInfo,
    shard: Option<&[u8]>,
) -> Result<Vec<FoldReference>, BundleError> {
    let failed = |cause: String| BundleError::Shard {
        file: info.file.clone(),
        cause,
    };
    let bytes = shard.ok_or_else(|| failed("it is missing".to_owned()))?;
    info.verify(bytes)?;
    let file = StateDict::from_safetensors(bytes).map_err(|cause| BundleError::Weights {
        file: info.file.clone(),
        cause,
    })?;
    let architecture: Architecture =
        manifest
            .architecture
            .parse()
            .map_err(|error| BundleError::BadField {
                field: "architecture".to_owned(),
                cause: format!("is not known: {error}"),
            })?;
    let folds = set.folds.iter().map(|fold| fold.fold);
    FoldReference::load_all(&file, folds, guard.score, architecture)
        .map_err(|error| failed(error.to_string()))
}
