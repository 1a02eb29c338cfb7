//! What can be wrong with a bundle.

use crate::weights::WeightError;

/// Why a bundle cannot be read or written. Every message names the file and the cause.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The manifest is not JSON of the expected form.
    #[error("manifest.json is not a bundle's manifest: {cause}")]
    NotManifest {
        /// What the reader met, with line and column.
        cause: String,
    },
    /// The bundle has a format that this program does not know.
    #[error(
        "manifest.json has format version {found}; this program reads version {supported}, so a \
         newer one is needed"
    )]
    UnknownVersion {
        /// Version in the file.
        found: u64,
        /// Version that is read.
        supported: u32,
    },
    /// A field of the manifest has a value that makes no sense.
    #[error("manifest.json: `{field}` {cause}")]
    BadField {
        /// Path of the field: `sets[0].folds[2].shards[0].file`.
        field: String,
        /// What is wrong, as the rest of a sentence: `is empty`.
        cause: String,
    },
    /// A shard is not what the manifest promises.
    #[error("{file}: {cause}")]
    Shard {
        /// Name of the file.
        file: String,
        /// What is wrong.
        cause: String,
    },
    /// A shard's weights cannot be read.
    #[error("{file}: {cause}")]
    Weights {
        /// Name of the file.
        file: String,
        /// What is wrong.
        cause: WeightError,
    },
}
