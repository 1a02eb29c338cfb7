//! The bundle: what the trainer exports and the page loads, a folder with `manifest.json` and
//! safetensors shards. Reading trusts nothing: every size, name, checksum and number is checked
//! first. No file system here: callers fetch and store the bytes.

mod calibration;
mod checksum;
mod error;
mod golden_check;
mod manifest;
mod reader;
#[cfg(test)]
mod tests;
mod validate;
mod writer;

pub use calibration::{Calibration, safeguards_of_set};
pub use checksum::{digest_hex, sha256_hex};
pub use error::BundleError;
pub use golden_check::{GoldenCheck, GoldenMismatch, golden_photo};
pub use manifest::{
    BundleManifest, Decision, FORMAT_VERSION, FoldInfo, MANIFEST_FILE, ModelSet, Provenance,
    ShardInfo,
};
pub use reader::{weights_of_fold, weights_of_verified};
pub use writer::{BundleInfo, BundleWriter, MAX_SHARD_BYTES};
