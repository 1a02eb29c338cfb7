//! `genoderm data check`

use std::path::PathBuf;

use clap::Args;
use serde_json::to_value;

use super::{Likeness, with_bar};
use crate::cli::shared::{print, print_json, read_labels};
use crate::data::check;
use crate::error::{Error, Result};

/// Count the pictures of a folder and list what is missing, broken, twice there or leaking
///
/// Opens every file that manifest.csv names. Ends with 2 when anything is wrong: a file that is missing
/// or broken, a label that is not known, a source in both splits or in two folds, pictures that are the
/// same or look alike although one is for testing or in another fold, or the same file twice or with
/// two labels. Other look-alikes are only noted, also those of two labels.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of manifest.csv
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Labels that may occur: own, paper, or a JSON file
    #[arg(long, default_value = "paper", value_name = "LABELS")]
    labels: String,
    #[command(flatten)]
    likeness: Likeness,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let labels = read_labels(&self.labels)?;
        let report = with_bar(|step| check(&self.data, &labels, self.likeness.distance, step))?;
        if self.json {
            print_json(&to_value(&report).map_err(Error::internal)?)?;
        } else {
            print(&report.to_string())?;
        }
        match report.faults.len() {
            0 => Ok(()),
            count => Err(Error::input(format!(
                "{}: {count} fault{}",
                report.manifest,
                if count == 1 { "" } else { "s" }
            ))),
        }
    }
}
