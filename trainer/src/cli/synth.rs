//! `genoderm synth`

use std::path::PathBuf;

use clap::Args;

use crate::cli::shared::print;
use crate::error::{Error, Result};
use crate::output::require_folder;
use crate::synth::{SynthError, SynthOptions, generate};
use crate::training::Progress;

/// Draw synthetic skin photographs with lesions, to try everything without patients' pictures
///
/// Writes whole photographs (panoramic), their lesions (focused), lesion masks and manifest.csv.
/// They are drawings: a model trained on them is useless for diagnosis.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder to create
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The same seed gives the same pictures
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Photographs of each condition
    #[arg(long, default_value_t = 120, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=9999))]
    per_label: u32,
    /// Longer side of every picture, pixels
    #[arg(long, default_value_t = 448, value_name = "PX", value_parser = clap::value_parser!(u32).range(32..=2048))]
    size: u32,
    /// Draw N pictures that show no skin too, into DIR/not-skin, for `genoderm calibrate`
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=9999))]
    not_skin: u32,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let options = SynthOptions {
            out: self.out.clone(),
            seed: self.seed,
            per_label: self.per_label as usize,
            size: self.size,
            not_skin: self.not_skin as usize,
        };
        require_folder(&self.out)?;
        let bar = Progress::detect().count("drawing", 0);
        let summary = generate(&options, &|done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        })
        .map_err(|error| match error {
            SynthError::Write { path, source } => Error::io("write", &path)(source),
            error if error.is_bad_input() => Error::input(error.to_string()),
            error => Error::internal(error),
        })?;
        bar.finish_and_clear();
        print(&format!(
            "wrote {}: {} photographs of {} labels, {} for training, {} for testing",
            self.out.display(),
            summary.photographs,
            summary.labels,
            summary.train,
            summary.test
        ))?;
        match summary.not_skin {
            0 => Ok(()),
            count => print(&format!(
                "wrote {}: {count} pictures without skin",
                self.out.join("not-skin").display()
            )),
        }
    }
}
