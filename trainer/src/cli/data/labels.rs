//! `genoderm data labels`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use genoderm_model::labels::LabelRegistry;

use crate::cli::shared::print;
use crate::error::Result;
use crate::files;

/// Write a label file to begin with, for other conditions than the paper's
///
/// A label file is a JSON list. Each label has a key (the name of its folder and its word in tables) and a
/// name; MIM numbers, genes and a description may be left out; "own": false marks a label that only
/// helps training. Give the file to data check, data split and train with --labels; the run, the
/// bundle and the page follow it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Labels to begin with
    #[arg(long, value_enum, default_value_t, value_name = "LABELS")]
    from: Start,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Start {
    /// The paper's seven conditions
    #[default]
    Own,
    /// These and the nine auxiliary ones
    Paper,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        files::refuse_existing(&self.out)?;
        let labels = match self.from {
            Start::Own => LabelRegistry::own(),
            Start::Paper => LabelRegistry::paper(),
        };
        files::write_json(&self.out, &labels)?;
        print(&format!(
            "wrote {}: {} labels",
            self.out.display(),
            labels.len()
        ))
    }
}
