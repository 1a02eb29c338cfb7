//! Pictures listed in a CSV file.
//!
//! | column | meaning |
//! |---|---|
//! | `image` | picture file, relative to the table's folder (or the one given), or absolute |
//! | `label` | key of the condition |
//! | `set` | `panoramic` or `focused`; may be empty or absent |
//! | `source` | the photograph it comes from: any name, the same for all its pictures, or the panoramic picture's path, the end of its path, its file name, or these without the file's ending; may be empty or absent |
//! | `person` | the person it shows; may be empty or absent |
//! | `url` | where it was published; may be empty or absent |
//! | `mask` | lesion mask, as `image`; may be empty or absent |
//! | `tone` | Fitzpatrick skin type 1-6; may be empty or absent |

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use genoderm_model::labels::LabelRegistry;

use super::candidate::{Candidate, Collected};
use crate::data::csv_table::{CsvCells, CsvTable};
use crate::data::paths::{joined, true_folder};
use crate::data::table::parse_tone;
use crate::data::{ManifestError, PictureSet, RowError};
use crate::error::{Error, Result};
use crate::files;

/// Reads all rows; those without a set are of `set`.
///
/// # Errors
///
/// [`Error::Manifest`] with every bad row, missing files included.
pub(super) fn collect(
    csv: &Path,
    images: Option<&Path>,
    set: PictureSet,
    labels: &LabelRegistry,
) -> Result<Collected> {
    let parent = csv.parent().filter(|parent| *parent != Path::new(""));
    let bytes = files::read(csv)?;
    let base = true_folder(images.or(parent).unwrap_or(Path::new(".")))?;
    let read = || -> std::result::Result<Vec<Candidate>, Vec<RowError>> {
        let mut table = CsvTable::read(&bytes, &["image", "label"])?;
        let mut faults = std::mem::take(&mut table.faults);
        let mut candidates = Vec::new();
        let mut seen: BTreeMap<(PathBuf, PictureSet), u64> = BTreeMap::new();
        for cells in table.rows() {
            match candidate(&cells, &base, set, labels) {
                Ok(found) => {
                    let key = (found.file.clone(), found.set);
                    if let Some(earlier) = seen.insert(key, cells.line) {
                        let cause = format!("`{}` is already on line {earlier}", found.name);
                        faults.push(cells.fault("image", cause));
                    }
                    candidates.push(found);
                }
                Err(mut more) => faults.append(&mut more),
            }
        }
        faults.sort_by_key(|fault| fault.line);
        match faults.is_empty() {
            true => Ok(candidates),
            false => Err(faults),
        }
    };
    let mut candidates = read().map_err(|rows| ManifestError {
        path: csv.to_path_buf(),
        rows,
    })?;
    if candidates.is_empty() {
        return Err(Error::input(format!(
            "{}: the table has no rows",
            csv.display()
        )));
    }
    name_apart(&mut candidates);
    candidates.sort();
    Ok(Collected {
        candidates,
        notes: Vec::new(),
    })
}

fn candidate(
    cells: &CsvCells<'_>,
    base: &Path,
    set: PictureSet,
    labels: &LabelRegistry,
) -> std::result::Result<Candidate, Vec<RowError>> {
    let mut faults = Vec::new();
    let mut fault = |column: &str, cause: String| faults.push(cells.fault(column, cause));
    let label = cells.get("label");
    if labels.index_of(label).is_none() {
        let known: Vec<&str> = labels.keys().collect();
        fault(
            "label",
            format!("`{label}` is not one of {}", known.join(", ")),
        );
    }
    let set = match cells.optional("set").map(str::parse::<PictureSet>) {
        None => set,
        Some(Ok(set)) => set,
        Some(Err(cause)) => {
            fault("set", cause);
            set
        }
    };
    let tone = parse_tone(cells.get("tone")).unwrap_or_else(|cause| {
        fault("tone", cause);
        None
    });
    let mut file = |column| {
        let file = cells.optional(column).map(|name| joined(base, name))?;
        if !file.is_file() {
            fault(column, format!("there is no file {}", file.display()));
        }
        Some(file)
    };
    let mask = file("mask");
    let image = file("image");
    let Some(image) = image else {
        fault("image", "is empty".into());
        return Err(faults);
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    let stem = image.file_stem().unwrap_or_default().to_string_lossy();
    let text = |column| cells.optional(column).map(String::from);
    Ok(Candidate {
        set,
        label: label.into(),
        name: cells.get("image").into(),
        line: cells.line,
        photograph: format!("{label}/{stem}"),
        stem: stem.into_owned(),
        file: image,
        source: text("source"),
        person: text("person"),
        url: text("url"),
        mask,
        tone,
    })
}

/// Pictures of one set whose files are called alike, in different folders, are different
/// photographs: they are called by their paths.
fn name_apart(candidates: &mut [Candidate]) {
    let mut folders: BTreeMap<(PictureSet, String), Vec<PathBuf>> = BTreeMap::new();
    let key = |candidate: &Candidate| (candidate.set, candidate.photograph.clone());
    for candidate in candidates.iter() {
        let folder = candidate.file.with_file_name("");
        let known = folders.entry(key(candidate)).or_default();
        if !known.contains(&folder) {
            known.push(folder);
        }
    }
    for candidate in candidates {
        if folders[&key(candidate)].len() > 1 {
            let path = Path::new(&candidate.name).with_extension("");
            candidate.photograph = format!("{}/{}", candidate.label, path.display());
        }
    }
}
