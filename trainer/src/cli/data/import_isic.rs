//! `genoderm data import-isic`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::to_value;

use crate::cli::shared::{print, print_json};
use crate::data::{IsicImport, PictureSet, import_isic};
use crate::error::{Error, Result};

/// Make a manifest of the auxiliary ISIC 2019 and 2020 pictures, or add them to one
///
/// Reads train.csv of the 512-pixel JPEG re-packs. Rows with a negative tfrecord (duplicates) are
/// dropped, diagnoses become the nine auxiliary labels, all pictures are for training, and folds
/// come from tfrecord. A patient's pictures share a source.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A train.csv; repeat for several
    #[arg(long, required = true, value_name = "FILE")]
    csv: Vec<PathBuf>,
    /// Folder of the pictures or of their folder train; repeat for several [default: the table's]
    #[arg(long, value_name = "DIR")]
    images: Vec<PathBuf>,
    /// Folder of manifest.csv
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Which pictures they help to learn
    #[arg(long, value_enum, default_value_t, value_name = "SET")]
    set: Sets,
    /// Add to the manifest.csv that is there, with its number of folds
    #[arg(long)]
    append: bool,
    /// Leave rows out whose file is missing
    #[arg(long)]
    skip_missing: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Sets {
    /// Both: each picture gets a row for each
    #[default]
    Both,
    /// Panoramic ones
    Panoramic,
    /// Focused ones
    Focused,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let import = IsicImport {
            csv: self.csv,
            images: self.images,
            out: self.out,
            sets: match self.set {
                Sets::Both => vec![PictureSet::Panoramic, PictureSet::Focused],
                Sets::Panoramic => vec![PictureSet::Panoramic],
                Sets::Focused => vec![PictureSet::Focused],
            },
            append: self.append,
            skip_missing: self.skip_missing,
        };
        let report = import_isic(&import)?;
        match self.json {
            true => print_json(&to_value(&report).map_err(Error::internal)?),
            false => print(&report.to_string()),
        }
    }
}
