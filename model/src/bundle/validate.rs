//! The rules that a manifest must keep beyond being JSON of the right form.

use std::collections::HashSet;

use super::checksum::HEX_DIGITS;
use super::{BundleError, BundleManifest, Calibration, FoldInfo, ModelSet, ShardInfo};
use crate::efficientnet::Architecture;

const MAX_NAME_LEN: usize = 200;
const MAX_FILE_NAME_LEN: usize = 100;
const MAX_SETS: usize = 16;
const MAX_FOLDS: usize = 100;
const MAX_SHARDS: usize = 1000;
const MAX_GOLDEN_SIDE: u32 = 256;

/// Largest shard accepted. Ours are smaller, but one tensor may exceed what a writer aims at.
const MAX_SHARD_BYTES_READ: u64 = 256 << 20;

type Checked = Result<(), BundleError>;

fn bad(field: impl Into<String>, cause: impl Into<String>) -> Checked {
    Err(BundleError::BadField {
        field: field.into(),
        cause: cause.into(),
    })
}

impl BundleManifest {
    /// Checks everything that [`parse`](Self::parse) promises.
    pub(super) fn validate(&self) -> Checked {
        if self.name.trim().is_empty() || self.name.len() > MAX_NAME_LEN {
            return bad("name", format!("must have 1 to {MAX_NAME_LEN} bytes"));
        }
        if let Err(error) = self.architecture.parse::<Architecture>() {
            return bad("architecture", format!("is not known: {error}"));
        }
        if let Err(error) = self.preprocessing.check() {
            return bad("preprocessing", format!("is unusable: {error}"));
        }
        if !(0.0..=1.0).contains(&self.decision.threshold) {
            return bad("decision.threshold", "must lie between 0 and 1");
        }
        if !(self.temperature.is_normal() && self.temperature > 0.0) {
            return bad("temperature", "must be positive");
        }
        self.validate_sets()?;
        self.validate_golden()
    }

    fn validate_sets(&self) -> Checked {
        check_count("sets", self.sets.len(), MAX_SETS)?;
        let mut names = HashSet::new();
        let mut files = HashSet::new();
        for (index, set) in self.sets.iter().enumerate() {
            let path = format!("sets[{index}]");
            if !is_set_name(&set.name) {
                return bad(
                    format!("{path}.name"),
                    "must be 1 to 32 small letters, digits, `-` and `_`",
                );
            }
            if !names.insert(&set.name) {
                return bad(format!("{path}.name"), "repeats the name of another set");
            }
            validate_folds(set, &path, &mut files)?;
            if let Some(calibration) = &set.calibration {
                validate_calibration(calibration, &path, &mut files)?;
            }
        }
        Ok(())
    }

    /// One logit for each label, each fold and each set, and a picture of the stated size.
    fn validate_golden(&self) -> Checked {
        let golden = &self.golden;
        if golden.width.max(golden.height) > MAX_GOLDEN_SIDE {
            let cause = format!("must be at most {MAX_GOLDEN_SIDE}");
            return bad("golden.width and golden.height", cause);
        }
        golden.photo()?;
        if !(golden.tolerance.is_normal() && golden.tolerance > 0.0 && golden.tolerance <= 1.0) {
            return bad("golden.tolerance", "must be more than 0 and at most 1");
        }
        for name in golden.logits.keys() {
            if self.set(name).is_none() {
                return bad("golden.logits", format!("has `{name}`, which is no set"));
            }
        }
        for set in &self.sets {
            let field = format!("golden.logits.{}", set.name);
            let Some(folds) = golden.logits.get(&set.name) else {
                return bad(field, "is missing");
            };
            if folds.len() != set.folds.len() {
                let (found, expected) = (folds.len(), set.folds.len());
                return bad(
                    field,
                    format!("is for {found} folds, the set has {expected}"),
                );
            }
            for (fold, logits) in folds.iter().enumerate() {
                let field = format!("{field}[{fold}]");
                if logits.len() != self.labels.len() {
                    let (found, expected) = (logits.len(), self.labels.len());
                    return bad(field, format!("has {found} logits for {expected} labels"));
                }
                if logits.iter().any(|logit| !logit.is_finite()) {
                    return bad(field, "has logits that are not finite");
                }
            }
        }
        Ok(())
    }
}

fn validate_folds<'a>(set: &'a ModelSet, path: &str, files: &mut HashSet<&'a str>) -> Checked {
    check_count(&format!("{path}.folds"), set.folds.len(), MAX_FOLDS)?;
    let mut numbers = HashSet::new();
    for (index, fold) in set.folds.iter().enumerate() {
        let path = format!("{path}.folds[{index}]");
        if !numbers.insert(fold.fold) {
            return bad(format!("{path}.fold"), "repeats the number of another fold");
        }
        validate_shards(fold, &path, files)?;
    }
    Ok(())
}

fn validate_calibration<'a>(
    calibration: &'a Calibration,
    path: &str,
    files: &mut HashSet<&'a str>,
) -> Checked {
    if let Some((field, cause)) = calibration.fault() {
        return bad(format!("{path}.calibration.{field}"), cause);
    }
    let Some(shard) = &calibration.reference else {
        return Ok(());
    };
    let path = format!("{path}.calibration.reference");
    validate_shard(shard, &path)?;
    if !files.insert(&shard.file) {
        return bad(format!("{path}.file"), "repeats the name of another shard");
    }
    Ok(())
}

fn validate_shards<'a>(fold: &'a FoldInfo, path: &str, files: &mut HashSet<&'a str>) -> Checked {
    check_count(&format!("{path}.shards"), fold.shards.len(), MAX_SHARDS)?;
    for (index, shard) in fold.shards.iter().enumerate() {
        let path = format!("{path}.shards[{index}]");
        validate_shard(shard, &path)?;
        if !files.insert(&shard.file) {
            return bad(format!("{path}.file"), "repeats the name of another shard");
        }
    }
    Ok(())
}

fn validate_shard(shard: &ShardInfo, path: &str) -> Checked {
    if !is_shard_name(&shard.file) {
        return bad(
            format!("{path}.file"),
            format!(
                "must be a plain file name that ends in .safetensors, not {:?}",
                shard.file
            ),
        );
    }
    if shard.bytes == 0 || shard.bytes > MAX_SHARD_BYTES_READ {
        let limit = MAX_SHARD_BYTES_READ >> 20;
        return bad(
            format!("{path}.bytes"),
            format!("must be 1 byte to {limit} MiB"),
        );
    }
    let is_digest = shard.sha256.len() == HEX_DIGITS
        && shard
            .sha256
            .bytes()
            .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    if !is_digest {
        return bad(
            format!("{path}.sha256"),
            "must be 64 lower-case hexadecimal digits",
        );
    }
    Ok(())
}

fn check_count(field: &str, count: usize, most: usize) -> Checked {
    if count == 0 {
        bad(field, "is empty")
    } else if count > most {
        bad(field, format!("has {count} entries, more than {most}"))
    } else {
        Ok(())
    }
}

/// Names become parts of file names and of addresses: small letters, digits, `-` and `_` only.
fn is_set_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

/// No separators, no drive letters, no `..`, no percent signs, nothing that a server or a file
/// system could take for anything but a name.
fn is_shard_name(name: &str) -> bool {
    name.len() <= MAX_FILE_NAME_LEN
        && name
            .strip_suffix(".safetensors")
            .is_some_and(|stem| !stem.is_empty())
        && !name.starts_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
