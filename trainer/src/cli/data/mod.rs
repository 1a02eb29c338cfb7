//! `genoderm data`

mod check;
mod preview;

use clap::{Args, Subcommand};

use crate::error::Result;

/// Look after manifests
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Preview(preview::Arguments),
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        match self.command {
            Command::Check(arguments) => arguments.run(),
            Command::Preview(arguments) => arguments.run(),
        }
    }
}
