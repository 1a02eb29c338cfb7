//! A folder of pictures that show no skin, to compare guards with.

use std::path::{Path, PathBuf};

use genoderm_model::preprocess::{Photo, Preprocessing};
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::data::load_photo;
use crate::error::{Error, Result};

/// Names of files that are taken for pictures.
const EXTENSIONS: [&str; 8] = ["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "gif"];

/// The pictures of a folder and of those in it.
#[derive(Clone, Debug)]
pub struct NotSkin {
    /// The readable pictures, sorted by name.
    pub files: Vec<PathBuf>,
    /// Pictures that were left out, with the cause.
    pub skipped: Vec<String>,
    preprocessing: Preprocessing,
}

impl NotSkin {
    /// Finds the pictures and reads each once.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when there is none, for a data set's own folder, and listing every picture that
    /// cannot be read, unless those are to be left out.
    pub fn open(folder: &Path, preprocessing: Preprocessing, skip_broken: bool) -> Result<Self> {
        let place = folder.display();
        if folder.join("manifest.csv").is_file() {
            return Err(Error::input(format!(
                "{place} holds a manifest.csv, so its pictures are of skin: name a folder of other pictures \
                 (genoderm synth --not-skin draws some)"
            )));
        }
        let mut found = Vec::new();
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.map_err(|error| {
                Error::input(format!("--not-skin: cannot read {place}: {error}"))
            })?;
            if entry.file_type().is_file() && is_picture(entry.path()) {
                found.push(entry.into_path());
            }
        }
        let checked: Vec<std::result::Result<(), String>> = found
            .par_iter()
            .map(|file| match load_photo(file, &preprocessing) {
                Ok(_) => Ok(()),
                Err(error) => Err(error.to_string()),
            })
            .collect();
        let mut files = Vec::new();
        let mut skipped = Vec::new();
        for (file, answer) in found.into_iter().zip(checked) {
            match answer {
                Ok(()) => files.push(file),
                Err(cause) => skipped.push(cause),
            }
        }
        if !skipped.is_empty() && !skip_broken {
            return Err(Error::input(format!(
                "{place}: {} broken pictures (--skip-broken leaves them out)\n  {}",
                skipped.len(),
                skipped.join("\n  ")
            )));
        }
        if files.is_empty() {
            return Err(Error::input(format!(
                "{place}: no pictures ({})",
                EXTENSIONS.join(", ")
            )));
        }
        Ok(Self {
            files,
            skipped,
            preprocessing,
        })
    }

    /// Some of the pictures as the network takes them, read on all cores.
    pub fn photos(&self, files: &[PathBuf]) -> Result<Vec<Photo>> {
        files
            .par_iter()
            .map(|file| load_photo(file, &self.preprocessing))
            .collect()
    }
}

fn is_picture(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        let extension = extension.to_string_lossy().to_lowercase();
        EXTENSIONS.contains(&extension.as_str())
    })
}
