//! `genoderm data preview`

use std::io::Cursor;
use std::path::PathBuf;

use clap::Args;
use genoderm_model::preprocess::Fit;
use image::ImageFormat;

use crate::augment::{PreviewPlan, preview};
use crate::cli::shared::print;
use crate::data::{Manifest, PictureSet};
use crate::error::{Error, Result};
use crate::files;
use crate::output::require_file;
use crate::training::{AugmentationChoice, Preset, TrainConfig};

/// Draw a sheet of training pictures as augmentation changes them
///
/// Each row begins with a picture as it is; the others are what training may see of it. The names of
/// the pictures, and of the columns with --each, are printed. With --config, the plan says which
/// pictures are taken, how they become square, at which size they are changed (training_size) and how
/// large they are shown (size); --set, --size and --cell go over it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of manifest.csv
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// PNG file to write
    #[arg(long, value_name = "FILE.png")]
    out: PathBuf,
    /// Panoramic or focused pictures [default: the plan's, or focused]
    #[arg(long, value_enum, value_name = "SET")]
    set: Option<PictureSet>,
    /// Which changes are made
    #[arg(long, value_enum, default_value_t = AugmentationChoice::Paper, value_name = "LIST")]
    augmentation: AugmentationChoice,
    /// Show what this training plan does instead (TOML or JSON)
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
    /// Side of the pictures that are changed, pixels; some ranges are in pixels too [default: the plan's,
    /// or 512]
    #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=2048))]
    size: Option<u32>,
    /// Side of the pictures on the sheet, pixels [default: the plan's size, or 160]
    #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=1024))]
    cell: Option<u32>,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        require_file(&self.out, &[self.data.join("manifest.csv")])?;
        let plan = self.plan()?;
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
            plan.size,
            plan.seed
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

    /// What is shown: the training plan's unless said otherwise.
    fn plan(&self) -> Result<PreviewPlan> {
        let mut plan = PreviewPlan {
            set: PictureSet::Focused,
            augmentation: self.augmentation.augmentation(),
            fit: Fit::default(),
            each: self.each,
            seed: self.seed,
            rows: self.rows as usize,
            columns: self.columns as usize,
            size: 512,
            cell: 160,
        };
        if let Some(file) = &self.config {
            let config = TrainConfig::of_file(file, Preset::Focused)?;
            plan.set = config.set;
            plan.augmentation = config.augmentation;
            plan.fit = config.fit;
            plan.size = config.training_size.unwrap_or(config.size);
            plan.cell = config.size;
        }
        plan.set = self.set.unwrap_or(plan.set);
        plan.size = self.size.unwrap_or(plan.size);
        plan.cell = self.cell.unwrap_or(plan.cell);
        Ok(plan)
    }
}
