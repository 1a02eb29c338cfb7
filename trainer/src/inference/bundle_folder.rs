//! A bundle on disk, as `genoderm export` writes it.

use std::path::{Path, PathBuf};

use genoderm_model::bundle::{
    BundleError, BundleManifest, FoldInfo, MANIFEST_FILE, ModelSet, safeguards_of_set,
    weights_of_fold,
};
use genoderm_model::calibration::Safeguards;
use genoderm_model::weights::StateDict;

use crate::error::{Error, Result};
use crate::files;

/// A bundle whose manifest has been read and checked.
#[derive(Clone, Debug)]
pub struct BundleFolder {
    path: PathBuf,
    /// Everything but the weights.
    pub manifest: BundleManifest,
}

impl BundleFolder {
    /// Reads the manifest.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when there is none, [`Error::Content`] when it is not a valid one.
    pub fn open(path: &Path) -> Result<Self> {
        let file = path.join(MANIFEST_FILE);
        let bytes = files::read(&file)?;
        let manifest = BundleManifest::parse(&bytes).map_err(|error| Error::Content {
            path: path.into(),
            cause: describe(&error),
        })?;
        Ok(Self {
            path: path.into(),
            manifest,
        })
    }

    /// The bundle's folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The set of that name, or the first one.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] naming the sets that there are.
    pub fn set(&self, name: Option<&str>) -> Result<&ModelSet> {
        let sets = &self.manifest.sets;
        let found = match name {
            Some(name) => self.manifest.set(name),
            None => sets.first(),
        };
        found.ok_or_else(|| {
            let names: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
            Error::input(format!(
                "{} has no set `{}`; it has {}",
                self.path.display(),
                name.unwrap_or_default(),
                names.join(", ")
            ))
        })
    }

    /// Reads, checks and decodes the weights of a fold.
    ///
    /// # Errors
    ///
    /// A shard that is missing, has another size or checksum, or is no weight file.
    pub fn weights(&self, fold: &FoldInfo) -> Result<StateDict> {
        let shards = fold
            .shards
            .iter()
            .map(|shard| files::read(&self.path.join(&shard.file)))
            .collect::<Result<Vec<_>>>()?;
        weights_of_fold(&self.manifest, fold, &shards).map_err(|error| Error::Content {
            path: self.path.clone(),
            cause: describe(&error),
        })
    }

    /// Reads and checks what answers of a set need besides its networks.
    ///
    /// # Errors
    ///
    /// A shard that is missing, has another size or checksum, or does not belong to the set.
    pub fn safeguards(&self, set: &ModelSet) -> Result<Safeguards> {
        let shard = set
            .guard_shard()
            .map(|shard| files::read(&self.path.join(&shard.file)))
            .transpose()?;
        safeguards_of_set(&self.manifest, set, shard.as_deref()).map_err(|error| Error::Content {
            path: self.path.clone(),
            cause: describe(&error),
        })
    }
}

/// The error and its causes in one line, since sources are not part of a message.
fn describe(error: &BundleError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
