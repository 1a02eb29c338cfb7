//! `genoderm data`

mod check;
mod import_authors;
mod import_isic;
mod labels;
mod preview;
mod split;

use clap::{Args, Subcommand};

use crate::data::{HASH_BITS, NEAR_DISTANCE, Step};
use crate::error::Result;
use crate::training::Progress;

/// Make and look after manifests, the tables of pictures that training reads
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Split(split::Arguments),
    ImportAuthors(import_authors::Arguments),
    ImportIsic(import_isic::Arguments),
    Labels(labels::Arguments),
    Preview(preview::Arguments),
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        match self.command {
            Command::Check(arguments) => arguments.run(),
            Command::Split(arguments) => arguments.run(),
            Command::ImportAuthors(arguments) => arguments.run(),
            Command::ImportIsic(arguments) => arguments.run(),
            Command::Labels(arguments) => arguments.run(),
            Command::Preview(arguments) => arguments.run(),
        }
    }
}

/// When two pictures look alike.
#[derive(Clone, Copy, Debug, Args)]
struct Likeness {
    /// Pictures look alike when at most N of the 256 bits of their perceptual hashes differ
    #[arg(long, default_value_t = NEAR_DISTANCE, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=i64::from(HASH_BITS / 2)))]
    distance: u32,
}

/// Runs a job over pictures with a bar.
fn with_bar<T>(job: impl FnOnce(Step<'_>) -> Result<T>) -> Result<T> {
    let bar = Progress::detect().count("opening pictures", 0);
    let answer = job(&|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    answer
}
