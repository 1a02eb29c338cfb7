//! The pictures of a set, decoded and resized once and kept in memory.

use std::path::Path;

use genoderm_model::labels::LabelRegistry;
use genoderm_model::preprocess::{DecodeLimits, Photo, decode_photo};
use rayon::prelude::*;

use crate::data::{Manifest, PictureSet, Row, RowError, Split};
use crate::error::{Error, Result};
use crate::files;

/// One picture that is ready to be learnt from or measured on.
#[derive(Clone, Debug)]
pub struct Example {
    /// The file, as written in the manifest.
    pub image: String,
    /// Position of its label in the registry.
    pub label: usize,
    /// Training or test.
    pub split: Split,
    /// Fold of a training picture.
    pub fold: Option<usize>,
    /// Fitzpatrick skin type, 1 to 6.
    pub tone: Option<u8>,
    /// The resized picture, `size` x `size` pixels.
    pub photo: Photo,
}

/// The pictures of one set at one size.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// All pictures, in the order of the manifest.
    pub examples: Vec<Example>,
    /// Width and height of every picture, pixels.
    pub size: u32,
    /// Broken pictures that were left out, with the cause.
    pub skipped: Vec<String>,
}

/// What to load.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// Panoramic or focused pictures.
    pub set: PictureSet,
    /// Only this split, or both.
    pub split: Option<Split>,
    /// The labels that the network knows.
    pub labels: &'a LabelRegistry,
    /// Width and height to resize to, pixels.
    pub size: u32,
    /// Leave broken pictures out instead of failing.
    pub skip_broken: bool,
}

impl Dataset {
    /// Decodes and resizes the selected pictures on all cores.
    ///
    /// `folds` holds one fold for each row of the manifest (see [`crate::data::FoldPlan`]); empty
    /// when folds do not matter.
    ///
    /// # Errors
    ///
    /// [`Error::Manifest`] lists every row whose label is unknown; [`Error::Input`] lists every
    /// picture that cannot be read, or says that nothing was selected.
    pub fn load(
        manifest: &Manifest,
        folds: &[Option<usize>],
        selection: Selection<'_>,
    ) -> Result<Self> {
        let chosen: Vec<(usize, &Row)> = manifest
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.set == selection.set)
            .filter(|(_, row)| selection.split.is_none_or(|split| split == row.split))
            .collect();
        if chosen.is_empty() {
            return Err(Error::input(format!(
                "{}: no {} pictures{}",
                manifest.path.display(),
                selection.set,
                match selection.split {
                    Some(Split::Train) => " for training",
                    Some(Split::Test) => " for testing",
                    None => "",
                }
            )));
        }
        let unknown = chosen
            .iter()
            .filter(|(_, row)| selection.labels.index_of(&row.label).is_none())
            .map(|(_, row)| unknown_label(row, selection.labels))
            .collect();
        manifest.refuse(unknown)?;
        let loaded: Vec<std::result::Result<Example, String>> = chosen
            .par_iter()
            .map(|(index, row)| {
                let file = manifest.file(&row.image);
                let photo = load_photo(&file, selection.size)
                    .map_err(|error| format!("line {}: {error}", row.line))?;
                Ok(Example {
                    image: row.image.clone(),
                    label: selection.labels.index_of(&row.label).unwrap_or_default(),
                    split: row.split,
                    fold: folds.get(*index).copied().flatten(),
                    tone: row.tone,
                    photo,
                })
            })
            .collect();
        let mut examples = Vec::with_capacity(loaded.len());
        let mut skipped = Vec::new();
        for answer in loaded {
            match answer {
                Ok(example) => examples.push(example),
                Err(cause) => skipped.push(cause),
            }
        }
        if !skipped.is_empty() && !selection.skip_broken {
            return Err(Error::input(format!(
                "{}: {} broken pictures (--skip-broken leaves them out)\n  {}",
                manifest.path.display(),
                skipped.len(),
                skipped.join("\n  ")
            )));
        }
        Ok(Self {
            examples,
            size: selection.size,
            skipped,
        })
    }

    /// Indices of the training pictures outside `fold`, and of those inside it.
    pub fn split_fold(&self, fold: usize) -> (Vec<usize>, Vec<usize>) {
        let training = |index: &usize| self.examples[*index].split == Split::Train;
        let inside = |index: &usize| self.examples[*index].fold == Some(fold);
        (0..self.examples.len())
            .filter(training)
            .partition(|index| !inside(index))
    }
}

/// Reads, decodes and resizes one picture with the preprocessing that the page uses.
pub fn load_photo(file: &Path, size: u32) -> Result<Photo> {
    let bytes = files::read(file)?;
    decode_photo(&bytes, &DecodeLimits::default())
        .and_then(|photo| photo.resize_square(size))
        .map_err(Error::content(file))
}

fn unknown_label(row: &Row, labels: &LabelRegistry) -> RowError {
    let known: Vec<&str> = labels.iter().map(|label| label.key.as_str()).collect();
    RowError {
        line: row.line,
        column: "label".into(),
        cause: format!("`{}` is not one of {}", row.label, known.join(", ")),
    }
}
