//! The authors' tables: 13 columns, of which `filepath`, `diagnosis`, `tfrecord` and `is_test` count.
//!
//! Paths are those of the authors' machine: what follows `/Crop/` (focused) or `/Recrop/`
//! (panoramic) is looked for in the given folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use genoderm_model::labels::LabelRegistry;

use crate::data::counts::some;
use crate::data::csv_table::CsvCells;
use crate::data::fingerprint::Step;
use crate::data::import::ImportReport;
use crate::data::import::alike::join_alike;
use crate::data::import::pairing::{Pairing, pair, slide_number};
use crate::data::import::settle::settle;
use crate::data::import::tables::{read_all, whole_number};
use crate::data::import::tfrecord::fold_of;
use crate::data::paths::{future_folder, name_in_manifest, true_folder};
use crate::data::{Manifest, PictureSet, Row, RowError, Split};
use crate::error::{Error, Result};
use crate::files;

const REQUIRED: [&str; 4] = ["filepath", "diagnosis", "tfrecord", "is_test"];

/// What to import.
#[derive(Clone, Debug)]
pub struct AuthorsImport {
    /// The tables.
    pub csv: Vec<PathBuf>,
    /// Folder that holds `Crop` and `Recrop`.
    pub images: PathBuf,
    /// Folder of the manifest.
    pub out: PathBuf,
    /// Diagnoses that may occur.
    pub labels: LabelRegistry,
    /// Which pictures share a source.
    pub pairing: Pairing,
    /// Gives pictures one source whose hashes differ in at most this many bits.
    pub near_duplicates: Option<u32>,
    /// Leaves pictures out that cannot be read, where pictures are opened to compare them.
    pub skip_broken: bool,
    /// Leaves rows out whose file is missing.
    pub skip_missing: bool,
    /// Copies the pictures into the manifest's folder.
    pub copy: bool,
}

/// A row and where its picture is.
pub(super) struct Found {
    pub row: Row,
    /// The file, absolute.
    pub file: PathBuf,
    /// Below `Crop` or `Recrop`, that folder included.
    place: PathBuf,
    /// Number of the slide that it was.
    pub number: Option<u64>,
}

/// Reads the tables and writes a manifest.
///
/// # Errors
///
/// Every bad row of every table; nothing is written then.
pub fn import_authors(import: &AuthorsImport, step: Step<'_>) -> Result<ImportReport> {
    match import.copy {
        true => files::refuse_existing(&import.out)?,
        false => files::refuse_existing(&import.out.join("manifest.csv"))?,
    }
    let mut notes = Vec::new();
    let mut found = find(import, &mut notes)?;
    pair(&mut found, import.pairing, &mut notes);
    if let Some(distance) = import.near_duplicates {
        join_alike(&mut found, distance, import.skip_broken, step, &mut notes)?;
    }
    let pictures: BTreeMap<String, (PathBuf, PathBuf)> = found
        .iter()
        .map(|found| {
            let paths = (found.file.clone(), found.place.clone());
            (found.row.image.clone(), paths)
        })
        .collect();
    let mut rows: Vec<Row> = found.into_iter().map(|found| found.row).collect();
    let settled = settle(&mut rows);
    if settled.left_out > 0 {
        let pictures = some(settled.left_out, "training picture");
        notes.push(format!(
            "left out, as their sources are for testing: {pictures}"
        ));
    }
    if settled.moved > 0 {
        let pictures = some(settled.moved, "training picture");
        notes.push(format!(
            "moved to the fold of most pictures of their source: {pictures}"
        ));
    }
    let manifest = match import.copy {
        true => write_copies(&import.out, rows.clone(), &pictures)?,
        false => Manifest::create(&import.out, &rows)?,
    };
    Ok(ImportReport::of(manifest, &rows, notes))
}

fn find(import: &AuthorsImport, notes: &mut Vec<String>) -> Result<Vec<Found>> {
    let images = true_folder(&import.images)?;
    let out = future_folder(&import.out)?;
    let mut seen: BTreeMap<PathBuf, (usize, u64)> = BTreeMap::new();
    let (mut missing, mut dropped) = (0, 0);
    let found = read_all(&import.csv, &REQUIRED, |table, cells| {
        let picture = match read_row(cells, &import.labels, &images, &out) {
            Ok(Some(picture)) => picture,
            Ok(None) => {
                dropped += 1;
                return Ok(None);
            }
            Err(faults) => return Err(faults),
        };
        if let Some((earlier, line)) = seen.insert(picture.file.clone(), (table, cells.line)) {
            let place = match earlier == table {
                true => String::new(),
                false => format!(" of {}", import.csv[earlier].display()),
            };
            let cause = format!("`{}` is already on line {line}{place}", picture.row.image);
            return Err(vec![cells.fault("filepath", cause)]);
        }
        if picture.file.is_file() {
            return Ok(Some(picture));
        }
        if import.skip_missing {
            missing += 1;
            return Ok(None);
        }
        let cause = format!("there is no file {}", picture.file.display());
        Err(vec![cells.fault("filepath", cause)])
    })?;
    if missing > 0 {
        let rows = some(missing, "row");
        notes.push(format!("left out, as their files are missing: {rows}"));
    }
    if dropped > 0 {
        let rows = some(dropped, "row");
        notes.push(format!("left out, as duplicates: {rows} with tfrecord -1"));
    }
    Ok(found)
}

fn read_row(
    cells: &CsvCells<'_>,
    labels: &LabelRegistry,
    images: &Path,
    out: &Path,
) -> std::result::Result<Option<Found>, Vec<RowError>> {
    let mut faults = Vec::new();
    let label = cells.get("diagnosis");
    if labels.index_of(label).is_none() {
        let known: Vec<&str> = labels.keys().collect();
        let cause = format!("`{label}` is not one of {}", known.join(", "));
        faults.push(cells.fault("diagnosis", cause));
    }
    let mut number = |column, least, most| {
        let number = whole_number(cells, column, least, most);
        number.map_err(|fault| faults.push(fault)).ok()
    };
    let tfrecord = number("tfrecord", -2, i64::MAX);
    let is_test = number("is_test", 0, 1);
    let located = locate(cells.get("filepath"), images, out)
        .map_err(|cause| faults.push(cells.fault("filepath", cause)))
        .ok();
    let (Some(tfrecord), Some(is_test), Some(located)) = (tfrecord, is_test, located) else {
        return Err(faults);
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    // Either mark keeps a picture out of training.
    let split = match is_test == 1 || tfrecord == -2 {
        true => Split::Test,
        false => Split::Train,
    };
    let fold = fold_of(tfrecord).filter(|_| split == Split::Train);
    if split == Split::Train && fold.is_none() {
        return Ok(None);
    }
    let stem = located.place.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.unwrap_or(&located.image).to_string();
    Ok(Some(Found {
        number: slide_number(&stem),
        row: Row {
            line: cells.line,
            image: located.image,
            set: located.set,
            label: label.into(),
            source: stem,
            split,
            fold,
            mask: None,
            tone: None,
        },
        file: located.file,
        place: located.place,
    }))
}

/// Where the picture of a row is.
struct Located {
    set: PictureSet,
    place: PathBuf,
    file: PathBuf,
    image: String,
}

fn locate(path: &str, images: &Path, out: &Path) -> std::result::Result<Located, String> {
    let (set, place) = place_of(path)?;
    let mut file = images.join(&place);
    // The folder may be `Crop` or `Recrop` itself.
    let inside = images.join(place.iter().skip(1).collect::<PathBuf>());
    if !file.is_file() && inside.is_file() {
        file = inside;
    }
    let image = name_in_manifest(&file, out)?;
    Ok(Located {
        set,
        place,
        file,
        image,
    })
}

/// The set of a path and what of it follows the folder that holds both sets.
fn place_of(path: &str) -> std::result::Result<(PictureSet, PathBuf), String> {
    let path = path.replace('\\', "/");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let sets = [
        ("Crop", PictureSet::Focused),
        ("Recrop", PictureSet::Panoramic),
    ];
    let cut = parts.iter().enumerate().rev().find_map(|(position, part)| {
        let (_, set) = sets.iter().find(|(name, _)| name == part)?;
        Some((position, *set))
    });
    let Some((position, set)) = cut else {
        return Err(format!("`{path}` has neither /Crop/ nor /Recrop/ in it"));
    };
    let place: PathBuf = parts[position..].iter().collect();
    let plain = place
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    match plain && parts.len() > position + 1 {
        true => Ok((set, place)),
        false => Err(format!(
            "`{path}` does not lead to a file below /Crop/ or /Recrop/"
        )),
    }
}

/// Writes a folder with the pictures and their manifest.
fn write_copies(
    out: &Path,
    rows: Vec<Row>,
    pictures: &BTreeMap<String, (PathBuf, PathBuf)>,
) -> Result<PathBuf> {
    files::write_folder(out, |folder| {
        let mut copied = rows;
        for row in &mut copied {
            let Some((file, place)) = pictures.get(&row.image) else {
                return Err(Error::internal(format!("{} has no file", row.image)));
            };
            let target = folder.join(place);
            if let Some(parent) = target.parent() {
                files::create_folder(parent)?;
            }
            fs::copy(file, &target).map_err(Error::io("copy", file))?;
            row.image = place
                .iter()
                .map(|part| part.to_string_lossy())
                .collect::<Vec<_>>()
                .join("/");
        }
        Manifest::create(folder, &copied).map(drop)
    })?;
    Ok(out.join("manifest.csv"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn paths_are_cut_after_the_set() {
        let place = |path| place_of(path).map(|(set, place)| (set, place.display().to_string()));
        let focused = Ok((PictureSet::Focused, "Crop/NF1/x/NF1Slide3.jpg".to_string()));
        assert_eq!(place("/data/me/Crop/NF1/x/NF1Slide3.jpg"), focused);
        assert_eq!(place("Crop/NF1/x/NF1Slide3.jpg"), focused);
        assert_eq!(place("C:\\me\\Crop\\NF1\\x\\NF1Slide3.jpg"), focused);
        let panoramic = place("../Recrop/IP_recrop/IP_recropSlide1.jpg").unwrap();
        assert_eq!(panoramic.0, PictureSet::Panoramic);
        assert_eq!(place("/Crop/me/Recrop/a.jpg").unwrap().1, "Recrop/a.jpg");
        assert!(place("/data/Crops/NF1/a.jpg").is_err());
        assert!(place("/data/Crop/../../a.jpg").is_err());
        assert!(place("/data/Crop/").is_err());
    }
}
