//! Pictures in folders named after their labels.
//!
//! ```text
//! DIR/<LABEL>/photo.jpg                 one set
//!
//! DIR/panoramic/<LABEL>/photo.jpg       both sets
//! DIR/focused/<LABEL>/photo.jpg         the lesion of that photograph,
//! DIR/focused/<LABEL>/photo_2.jpg       another one of it
//! DIR/masks/<SET>/<LABEL>/photo.png     lesion masks, where there are any; of one set,
//! DIR/masks/<LABEL>/photo.png           that will do
//!
//! DIR/<LABEL>/patient_07/photo.jpg      photographs of one person, in either layout
//! ```
//!
//! A folder below a label's is taken for a person, folders below that one's are not. Their names
//! belong to the photograph's.

use std::collections::BTreeSet;
use std::path::Path;

use genoderm_model::labels::LabelRegistry;
use walkdir::WalkDir;

use super::candidate::{Candidate, Collected};
use crate::data::PictureSet;
use crate::data::counts::some;
use crate::data::paths::{is_picture, true_folder};
use crate::error::{Error, Result};

const SETS: [PictureSet; 2] = [PictureSet::Panoramic, PictureSet::Focused];

/// Finds the pictures below `folder`; those of the one-set layout are of `set`. A label's sub-folders
/// are persons where `person_folders` says so.
///
/// # Errors
///
/// [`Error::Input`] names every folder that is no label, or says that there are no pictures.
pub(super) fn collect(
    folder: &Path,
    set: PictureSet,
    labels: &LabelRegistry,
    person_folders: bool,
) -> Result<Collected> {
    let root = true_folder(folder)?;
    let both = SETS.iter().any(|set| root.join(set.to_string()).is_dir());
    let places: Vec<(PictureSet, String)> = match both {
        true => SETS.iter().map(|set| (*set, set.to_string())).collect(),
        false => vec![(set, String::new())],
    };
    let mut found = Found {
        root: &root,
        labels,
        person_folders,
        candidates: Vec::new(),
        strange: Vec::new(),
        others: 0,
    };
    if both {
        found.look_for_strange_folders(&["panoramic", "focused", "masks"])?;
    }
    for (set, name) in &places {
        if root.join(name).is_dir() {
            found.look_into(*set, name)?;
        }
    }
    let Found {
        mut candidates,
        strange,
        others,
        ..
    } = found;
    if !strange.is_empty() {
        let known: Vec<&str> = labels.keys().collect();
        return Err(Error::input(format!(
            "{}: no labels: {}; known are {} (other conditions need a file: --labels, and `genoderm data labels` to begin one)",
            folder.display(),
            strange.join(", "),
            known.join(", ")
        )));
    }
    if candidates.is_empty() {
        return Err(Error::input(format!(
            "{}: no pictures in folders named after labels (LABEL/photo.jpg, or panoramic/LABEL/photo.jpg and focused/LABEL/photo.jpg)",
            folder.display()
        )));
    }
    candidates.sort();
    let mut notes = Vec::new();
    if others > 0 {
        notes.push(format!(
            "passed over: {} of another kind",
            some(others, "file")
        ));
    }
    let persons: BTreeSet<&String> = candidates
        .iter()
        .filter_map(|it| it.person.as_ref())
        .collect();
    if !persons.is_empty() {
        notes.push(format!(
            "taken for persons: {} of labels (--no-person-folders: they are none)",
            some(persons.len(), "sub-folder")
        ));
    }
    Ok(Collected { candidates, notes })
}

struct Found<'a> {
    root: &'a Path,
    labels: &'a LabelRegistry,
    person_folders: bool,
    candidates: Vec<Candidate>,
    strange: Vec<String>,
    others: usize,
}

impl Found<'_> {
    fn look_for_strange_folders(&mut self, expected: &[&str]) -> Result<()> {
        for entry in WalkDir::new(self.root)
            .min_depth(1)
            .max_depth(1)
            .sort_by_file_name()
        {
            let entry = entry.map_err(|error| unreadable(self.root, &error))?;
            let name = entry.file_name().to_string_lossy();
            if entry.file_type().is_dir() && !name.starts_with('.') && !expected.contains(&&*name) {
                self.strange
                    .push(format!("{name}/ beside panoramic/ and focused/"));
            }
        }
        Ok(())
    }

    /// Takes the pictures of one set.
    fn look_into(&mut self, set: PictureSet, name: &str) -> Result<()> {
        let top = self.root.join(name);
        let masks = |entry: &walkdir::DirEntry| {
            name.is_empty() && entry.depth() == 1 && entry.file_name() == "masks"
        };
        let hidden = |entry: &walkdir::DirEntry| {
            entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
        };
        let walk = WalkDir::new(&top).follow_links(true).sort_by_file_name();
        for entry in walk
            .into_iter()
            .filter_entry(|entry| !hidden(entry) && !masks(entry))
        {
            let entry = entry.map_err(|error| unreadable(&top, &error))?;
            let below = entry.path().strip_prefix(&top).unwrap_or(entry.path());
            let mut parts = below.iter();
            let label = parts.next().map(|part| part.to_string_lossy().into_owned());
            let Some(label) = label else { continue };
            if entry.file_type().is_dir() {
                if entry.depth() == 1 && self.labels.index_of(&label).is_none() {
                    self.strange
                        .push(Path::new(name).join(&label).display().to_string());
                }
            } else if entry.depth() > 1 && is_picture(entry.path()) {
                let candidate = self.candidate(set, name, label, parts.as_path(), entry.path());
                self.candidates.push(candidate);
            } else if entry.file_name() != "manifest.csv" && entry.file_name() != "split.json" {
                self.others += 1;
            }
        }
        Ok(())
    }

    fn candidate(
        &self,
        set: PictureSet,
        top: &str,
        label: String,
        below: &Path,
        file: &Path,
    ) -> Candidate {
        let stem = below
            .with_extension("")
            .to_string_lossy()
            .replace('\\', "/");
        let mask = |set: &str| {
            let folder = self.root.join("masks").join(set).join(&label);
            Some(folder.join(below.with_extension("png"))).filter(|mask| mask.is_file())
        };
        // In the one-set layout `top` is empty: masks/LABEL, but masks/SET/LABEL will do too.
        let mask = mask(top).or_else(|| mask(&set.to_string()));
        let mut folders = below.parent().unwrap_or(Path::new("")).iter();
        let person = folders.next().filter(|_| self.person_folders);
        Candidate {
            set,
            name: Path::new(top)
                .join(&label)
                .join(below)
                .display()
                .to_string(),
            line: 0,
            file: file.to_path_buf(),
            photograph: format!("{label}/{stem}"),
            person: person.map(|folder| format!("{label}/{}", folder.to_string_lossy())),
            label,
            stem,
            source: None,
            url: None,
            mask,
            tone: None,
        }
    }
}

fn unreadable(folder: &Path, error: &walkdir::Error) -> Error {
    Error::input(format!("cannot read {}: {error}", folder.display()))
}
