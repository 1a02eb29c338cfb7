//! `genoderm data import-authors`

use std::path::PathBuf;

use clap::Args;
use serde_json::to_value;

use super::{Likeness, with_bar};
use crate::cli::shared::{print, print_json, read_labels};
use crate::data::{AuthorsImport, Pairing, import_authors};
use crate::error::{Error, Result};

/// Make a manifest of the paper's own 13-column tables
///
/// Files are looked for by what follows /Crop/ (focused) or /Recrop/ (panoramic) in their paths, which
/// may be those of another machine. Folds are the authors' (from tfrecord); rows with tfrecord -2 or
/// is_test 1 are for testing.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A table; repeat for several
    #[arg(long, required = true, value_name = "FILE")]
    csv: Vec<PathBuf>,
    /// Folder that holds Crop and Recrop
    #[arg(long, value_name = "DIR")]
    images: PathBuf,
    /// Folder of the new manifest.csv
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Diagnoses that may occur: own, paper, or a JSON file
    #[arg(long, default_value = "paper", value_name = "LABELS")]
    labels: String,
    /// When a focused and a panoramic picture of the same slide number share a source
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pairs: Pairing,
    /// Give pictures that look alike one source; the authors' folds give way where they would leak
    #[arg(long)]
    group_near_duplicates: bool,
    #[command(flatten)]
    likeness: Likeness,
    /// Leave pictures out that cannot be read to compare them, and name them
    #[arg(long, requires = "group_near_duplicates")]
    skip_broken: bool,
    /// Leave rows out whose file is missing
    #[arg(long)]
    skip_missing: bool,
    /// Copy the pictures into the new folder, which must not exist yet
    #[arg(long)]
    copy: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let import = AuthorsImport {
            csv: self.csv,
            images: self.images,
            out: self.out,
            labels: read_labels(&self.labels)?,
            pairing: self.pairs,
            near_duplicates: self.group_near_duplicates.then_some(self.likeness.distance),
            skip_broken: self.skip_broken,
            skip_missing: self.skip_missing,
            copy: self.copy,
        };
        let report = with_bar(|step| import_authors(&import, step))?;
        match self.json {
            true => print_json(&to_value(&report).map_err(Error::internal)?),
            false => print(&report.to_string()),
        }
    }
}
