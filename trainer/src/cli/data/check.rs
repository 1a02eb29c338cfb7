//! `genoderm data check`

use std::path::PathBuf;

use clap::Args;
use serde_json::to_value;

use crate::cli::shared::{print, print_json, read_labels};
use crate::data::check;
use crate::error::{Error, Result};

/// Count the pictures of a folder and list what is missing, broken or leaking
///
/// Opens every file that manifest.csv names. Ends with 2 when anything is wrong.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of manifest.csv
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Labels that may occur: own, paper, or a JSON file
    #[arg(long, default_value = "paper", value_name = "LABELS")]
    labels: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let report = check(&self.data, &read_labels(&self.labels)?)?;
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
