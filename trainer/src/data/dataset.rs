//! The pictures of a set: found, opened once, and given out at the sizes that are asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use genoderm_model::labels::LabelRegistry;
use genoderm_model::preprocess::{DecodeLimits, Photo, Preprocessing, Region, decode_photo};
use rayon::prelude::*;

use crate::data::{Manifest, PictureSet, Row, RowError, Split};
use crate::error::{Error, Result};
use crate::files;

/// One picture that can be learnt from or measured on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The file, as written in the manifest.
    pub image: String,
    /// The file itself.
    pub file: PathBuf,
    /// Position of its label in the registry.
    pub label: usize,
    /// Training or test.
    pub split: Split,
    /// Fold of a training picture.
    pub fold: Option<usize>,
    /// The photograph or person it comes from.
    pub source: String,
    /// Fitzpatrick skin type, 1 to 6.
    pub tone: Option<u8>,
    /// The lesion mask's file.
    pub mask: Option<PathBuf>,
}

/// The pictures of one set.
///
/// Pictures are kept in memory at the sizes in use as far as the selection's limit allows; the
/// others are decoded again whenever they are asked for, with the same result.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// All pictures, in the order of the manifest.
    pub examples: Vec<Example>,
    /// Broken pictures that were left out, with the cause.
    pub skipped: Vec<String>,
    preprocessing: Preprocessing,
    training_size: u32,
    kept: Vec<Kept>,
}

/// What of one picture is kept in memory.
#[derive(Clone, Debug, Default)]
struct Kept {
    input: Option<Arc<Photo>>,
    training: Option<Arc<Photo>>,
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
    /// Size and fit of the network's input.
    pub preprocessing: Preprocessing,
    /// Side of the pictures that augmentation works on, pixels; `None` for the network's.
    pub training_size: Option<u32>,
    /// Most memory to keep pictures in, bytes.
    pub memory: u64,
    /// Leave broken pictures out instead of failing.
    pub skip_broken: bool,
}

impl Selection<'_> {
    /// Memory for pictures where nothing else is asked for: 4 GiB, about 7000 pictures of 448 px.
    pub const MEMORY: u64 = 4 << 30;
}

impl Dataset {
    /// Opens the selected pictures on all cores.
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
        let chosen = choose(manifest, &selection)?;
        let training_size = selection
            .training_size
            .unwrap_or(selection.preprocessing.size);
        let memory = AtomicU64::new(selection.memory);
        let loaded: Vec<std::result::Result<(Example, Kept), String>> = chosen
            .par_iter()
            .map(|(index, row)| {
                let example = Example {
                    image: row.image.clone(),
                    file: manifest.file(&row.image),
                    label: selection.labels.index_of(&row.label).unwrap_or_default(),
                    split: row.split,
                    fold: folds.get(*index).copied().flatten(),
                    source: row.source.clone(),
                    tone: row.tone,
                    mask: row.mask.as_ref().map(|mask| manifest.file(mask)),
                };
                let kept = keep(&example, &selection.preprocessing, training_size, &memory)
                    .map_err(|error| format!("line {}: {error}", row.line))?;
                Ok((example, kept))
            })
            .collect();
        let mut dataset = Self {
            examples: Vec::with_capacity(loaded.len()),
            skipped: Vec::new(),
            preprocessing: selection.preprocessing,
            training_size,
            kept: Vec::with_capacity(loaded.len()),
        };
        for answer in loaded {
            match answer {
                Ok((example, kept)) => {
                    dataset.examples.push(example);
                    dataset.kept.push(kept);
                }
                Err(cause) => dataset.skipped.push(cause),
            }
        }
        if !dataset.skipped.is_empty() && !selection.skip_broken {
            return Err(Error::input(format!(
                "{}: {} broken pictures (--skip-broken leaves them out)\n  {}",
                manifest.path.display(),
                dataset.skipped.len(),
                dataset.skipped.join("\n  ")
            )));
        }
        Ok(dataset)
    }

    /// Pictures that are in memory already, for tests.
    #[cfg(test)]
    pub(crate) fn of_photos(examples: Vec<(Example, Photo)>, preprocessing: Preprocessing) -> Self {
        let kept = |photo: &Photo| {
            let photo = Arc::new(photo.clone());
            Kept {
                input: Some(Arc::clone(&photo)),
                training: Some(photo),
            }
        };
        Self {
            kept: examples.iter().map(|(_, photo)| kept(photo)).collect(),
            examples: examples.into_iter().map(|(example, _)| example).collect(),
            skipped: Vec::new(),
            preprocessing,
            training_size: preprocessing.size,
        }
    }

    /// A picture as the network takes it: a square of its input size.
    ///
    /// # Errors
    ///
    /// When the file has gone or changed since it was opened first.
    ///
    /// # Panics
    ///
    /// When there is no such example.
    pub fn photo(&self, index: usize) -> Result<Arc<Photo>> {
        match &self.kept[index].input {
            Some(photo) => Ok(Arc::clone(photo)),
            None => self.read(index, self.preprocessing.size).map(Arc::new),
        }
    }

    /// A picture as augmentation takes it: a square of the training size.
    ///
    /// # Errors
    ///
    /// As [`photo`](Self::photo).
    ///
    /// # Panics
    ///
    /// When there is no such example.
    pub fn training_photo(&self, index: usize) -> Result<Arc<Photo>> {
        match &self.kept[index].training {
            Some(photo) => Ok(Arc::clone(photo)),
            None => self.read(index, self.training_size).map(Arc::new),
        }
    }

    /// Several pictures as the network takes them, read on all cores.
    ///
    /// # Errors
    ///
    /// As [`photo`](Self::photo).
    pub fn photos(&self, indices: &[usize]) -> Result<Vec<Arc<Photo>>> {
        indices.par_iter().map(|index| self.photo(*index)).collect()
    }

    fn read(&self, index: usize, side: u32) -> Result<Photo> {
        let file = &self.examples[index].file;
        let photo = decode(file)?;
        self.preprocessing
            .square_of(&photo, side)
            .map_err(Error::content(file))
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

/// The rows of the selection with their places in the manifest; all labels are known.
fn choose<'a>(manifest: &'a Manifest, selection: &Selection<'_>) -> Result<Vec<(usize, &'a Row)>> {
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
    Ok(chosen)
}

/// Opens a picture, which shows whether it is broken, and keeps it while there is memory.
fn keep(
    example: &Example,
    preprocessing: &Preprocessing,
    training_size: u32,
    memory: &AtomicU64,
) -> Result<Kept> {
    let photo = decode(&example.file)?;
    let square = |side: u32| {
        let square = preprocessing.square_of(&photo, side);
        square.map(Arc::new).map_err(Error::content(&example.file))
    };
    let bytes = |side: u32| 3 * u64::from(side) * u64::from(side);
    let reserve = |bytes: u64| {
        memory
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes)
            })
            .is_ok()
    };
    let size = preprocessing.size;
    let input = match reserve(bytes(size)) {
        true => Some(square(size)?),
        false => None,
    };
    let training = if training_size == size {
        input.clone()
    } else if example.split == Split::Train && reserve(bytes(training_size)) {
        Some(square(training_size)?)
    } else {
        None
    };
    Ok(Kept { input, training })
}

/// Reads and decodes one picture, upright, at its own size.
pub fn decode(file: &Path) -> Result<Photo> {
    decode_photo(&files::read(file)?, &DecodeLimits::default()).map_err(Error::content(file))
}

/// Reads one picture upright; of a region, only that part.
pub fn decode_region(file: &Path, region: Option<&Region>) -> Result<Photo> {
    let photo = decode(file)?;
    match region {
        Some(region) => region.cut(&photo).map_err(Error::content(file)),
        None => Ok(photo),
    }
}

/// Reads one picture, or a region of it, and makes it the network's square, as the page does.
pub fn load_region(
    file: &Path,
    region: Option<&Region>,
    preprocessing: &Preprocessing,
) -> Result<Photo> {
    preprocessing
        .square(&decode_region(file, region)?)
        .map_err(Error::content(file))
}

/// Reads one picture and makes it the network's square, as the page does.
pub fn load_photo(file: &Path, preprocessing: &Preprocessing) -> Result<Photo> {
    load_region(file, None, preprocessing)
}

fn unknown_label(row: &Row, labels: &LabelRegistry) -> RowError {
    let known: Vec<&str> = labels.iter().map(|label| label.key.as_str()).collect();
    RowError {
        line: row.line,
        column: "label".into(),
        cause: format!("`{}` is not one of {}", row.label, known.join(", ")),
    }
}
