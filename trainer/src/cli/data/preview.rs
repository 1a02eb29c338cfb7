//! `genoderm data preview`

use std::io::Cursor;
use std::path::PathBuf;

use clap::Args;
use image::ImageFormat;

use crate::augment::{PreviewPlan, preview};
use crate::cli::shared::print;
use crate::data::{Manifest, PictureSet};
use crate::error::{Error, Result};
use crate::files;
use crate::training::{AugmentationChoice, Preset, TrainConfig};

/// Draw a sheet of training pictures as augmentation changes them
///
/// Each row begins with a picture as it is; the others are what training may see of it. The names of
/// the pictures, and of the columns with --each, are printed.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of manifest.csv
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// PNG file to write
    #[arg(long, value_name = "FILE.png")]
    out: PathBuf,
    /// Panoramic or focused pictures
    #[arg(long, value_enum, default_value_t = PictureSet::Focused, value_name = "SET")]
    set: PictureSet,
    /// Which changes are made
    #[arg(long, value_enum, default_value_t = AugmentationChoice::Paper, value_name = "LIST")]
    augmentation: AugmentationChoice,
    /// Show the augmentation of this training plan instead (TOML or JSON)
    #[arg(long, value_name = "FILE", conflicts_with = "augmentation")]
    config: Option<PathBuf>,
    /// A column for each transform alone, whatever its probability
    #[arg(long, conflicts_with = "columns")]
    each: bool,
    /// The same seed gives the same sheet
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Pictures, of as many labels as possible
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    rows: u32,
    /// Changed versions of each picture
    #[arg(long, default_value_t = 7, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    columns: u32,
    /// Side of the pictures that are changed, pixels; some ranges are in pixels too
    #[arg(long, default_value_t = 512, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=2048))]
    size: u32,
    /// Side of the pictures on the sheet, pixels
    #[arg(long, default_value_t = 160, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=1024))]
    cell: u32,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let augmentation = match &self.config {
            Some(file) => TrainConfig::of_file(file, Preset::Focused)?.augmentation,
            None => self.augmentation.augmentation(),
        };
        let plan = PreviewPlan {
            set: self.set,
            augmentation,
            each: self.each,
            seed: self.seed,
            rows: self.rows as usize,
            columns: self.columns as usize,
            size: self.size,
            cell: self.cell,
        };
        let preview = preview(&Manifest::read(&self.data)?, &plan)?;
        let mut png = Cursor::new(Vec::new());
        preview
            .sheet
            .write_to(&mut png, ImageFormat::Png)
            .map_err(Error::internal)?;
        files::write(&self.out, png.get_ref())?;
        print(&format!(
            "wrote {}: {} pictures in {} columns, changed at {} px, seed {}",
            self.out.display(),
            preview.rows.len(),
            preview.columns.len(),
            self.size,
            self.seed
        ))?;
        for (index, row) in preview.rows.iter().enumerate() {
            print(&format!("  row {}: {row}", index + 1))?;
        }
        if self.each {
            for (index, column) in preview.columns.iter().enumerate() {
                print(&format!("  column {}: {column}", index + 1))?;
            }
        }
        Ok(())
    }
}
