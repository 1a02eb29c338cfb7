//! `genoderm data split`

use std::path::PathBuf;

use clap::Args;
use serde_json::to_value;

use super::{Likeness, with_bar};
use crate::cli::shared::{print, print_json, read_labels};
use crate::data::{PictureSet, SplitInput, SplitOptions, split};
use crate::error::{Error, Result};

/// Split a folder or a table of pictures into test and folds, without leaks
///
/// A folder holds LABEL/photo.jpg for one set, or panoramic/LABEL/photo.jpg and
/// focused/LABEL/photo.jpg for both. A folder below a label's is taken for a person:
/// LABEL/patient_07/photo.jpg. A focused picture belongs to the panoramic one whose name it has or begins
/// with, followed by a separator: mole_2.jpg or mole/2.jpg to mole.jpg. masks/SET/LABEL/photo.png may
/// hold lesion masks; those of a single set may be in masks/LABEL/photo.png.
///
/// A table (--csv) has the columns image and label, and may have set, source (the photograph), person,
/// url, tone (Fitzpatrick 1-6) and mask. A focused row's source is the panoramic picture's path, the end
/// of its path, its file name, or one of these without .jpg; or the same word as in the panoramic row.
/// Without a source, names tell, and pictures of different persons are kept apart.
///
/// Pictures of one photograph, person or URL, and pictures that look alike, are one source. Each own
/// label gets its test photographs from as many sources, with one panoramic and one focused picture
/// each; all else of these sources is left out. The other sources are dealt into folds, stratified by
/// label. Writes manifest.csv and split.json, the report; no picture is copied.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of pictures
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "csv",
        conflicts_with = "csv"
    )]
    folder: Option<PathBuf>,
    /// Table of pictures
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Folder that the table's paths start from [default: the table's]
    #[arg(long, value_name = "DIR", requires = "csv")]
    images: Option<PathBuf>,
    /// Folder of the new manifest.csv; the folder of pictures will do
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Set of the pictures for which none is given
    #[arg(long, value_enum, default_value_t = PictureSet::Panoramic, value_name = "SET")]
    set: PictureSet,
    /// Labels that may occur, of which the own ones are tested: own, paper, or a JSON file
    #[arg(long, default_value = "paper", value_name = "LABELS")]
    labels: String,
    /// Test photographs of each own label
    #[arg(long, default_value_t = 20, value_name = "N")]
    test_per_label: usize,
    /// Folds of the training pictures
    #[arg(long, default_value_t = 5, value_name = "K", value_parser = clap::value_parser!(u32).range(2..=100))]
    folds: u32,
    /// The same seed gives the same split
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    #[command(flatten)]
    likeness: Likeness,
    /// Folders below a label's are no persons
    #[arg(long, conflicts_with = "csv")]
    no_person_folders: bool,
    /// Do not look for pictures that look alike, only for files with the same bytes
    #[arg(long, conflicts_with = "distance")]
    no_near_duplicates: bool,
    /// Leave pictures out that cannot be read, and name them
    #[arg(long)]
    skip_broken: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let input = match (self.folder, self.csv) {
            (Some(folder), _) => SplitInput::Folder(folder),
            (None, Some(csv)) => SplitInput::Table {
                csv,
                images: self.images,
            },
            (None, None) => {
                return Err(Error::input(
                    "say what to split: --folder DIR or --csv FILE",
                ));
            }
        };
        let options = SplitOptions {
            input,
            out: self.out,
            set: self.set,
            labels: read_labels(&self.labels)?,
            test_per_label: self.test_per_label,
            folds: self.folds as usize,
            seed: self.seed,
            near_duplicates: (!self.no_near_duplicates).then_some(self.likeness.distance),
            person_folders: !self.no_person_folders,
            skip_broken: self.skip_broken,
        };
        let report = with_bar(|step| split(&options, step))?;
        match self.json {
            true => print_json(&to_value(&report).map_err(Error::internal)?),
            false => print(&report.to_string()),
        }
    }
}
