//! Manifests from other people's tables: the authors' own CSV files, and those of the 512-pixel
//! re-packs of the ISIC 2019 and 2020 challenges.

mod alike;
mod authors;
mod isic;
mod pairing;
mod settle;
mod tables;
mod tfrecord;

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::data::{LabelCounts, Row};

pub use authors::{AuthorsImport, import_authors};
pub use isic::{IsicImport, import_isic};
pub use pairing::Pairing;

/// What was imported.
#[derive(Clone, Debug, Serialize)]
pub struct ImportReport {
    /// The manifest that was written.
    pub manifest: PathBuf,
    /// For each label: panoramic training, panoramic test, focused training, focused test.
    pub counts: LabelCounts,
    /// What was left out, moved or found.
    pub notes: Vec<String>,
}

impl ImportReport {
    fn of(manifest: PathBuf, rows: &[Row], notes: Vec<String>) -> Self {
        Self {
            manifest,
            counts: LabelCounts::of(rows),
            notes,
        }
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.counts)?;
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        write!(f, "wrote {}", self.manifest.display())
    }
}
