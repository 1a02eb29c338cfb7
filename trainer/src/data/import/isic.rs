//! The `train.csv` of the 512-pixel JPEG re-packs of the ISIC 2019 and 2020 challenges: the auxiliary
//! pictures, which only help training.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::data::counts::some;
use crate::data::csv_table::CsvCells;
use crate::data::folds::deal_folds;
use crate::data::import::ImportReport;
use crate::data::import::settle::settle;
use crate::data::import::tables::{read_all, whole_number};
use crate::data::import::tfrecord::{FOLD_COUNT, fold_of};
use crate::data::paths::{future_folder, name_in_manifest, true_folder};
use crate::data::{Manifest, PictureSet, Row, RowError, Split};
use crate::error::{Error, Result};
use crate::files;

const REQUIRED: [&str; 4] = ["image_name", "patient_id", "diagnosis", "tfrecord"];

/// Diagnoses of both years and the labels that they stand for.
const DIAGNOSES: [(&str, &str); 18] = [
    ("AK", "AK"),
    ("BCC", "BCC"),
    ("BKL", "BKL"),
    ("DF", "DF"),
    ("MEL", "melanoma"),
    ("NV", "nevus"),
    ("SCC", "SCC"),
    ("UNK", "unknown"),
    ("VASC", "VASC"),
    ("atypical melanocytic proliferation", "unknown"),
    ("cafe-au-lait macule", "unknown"),
    ("lentigo NOS", "BKL"),
    ("lichenoid keratosis", "BKL"),
    ("melanoma", "melanoma"),
    ("nevus", "nevus"),
    ("seborrheic keratosis", "BKL"),
    ("solar lentigo", "BKL"),
    ("unknown", "unknown"),
];

/// What to import.
#[derive(Clone, Debug)]
pub struct IsicImport {
    /// The tables.
    pub csv: Vec<PathBuf>,
    /// Folders to look for pictures in, each with its sub-folder `train`; empty for the folder of
    /// each table.
    pub images: Vec<PathBuf>,
    /// Folder of the manifest.
    pub out: PathBuf,
    /// The sets that the pictures serve; not empty.
    pub sets: Vec<PictureSet>,
    /// Adds to a manifest that is there.
    pub append: bool,
    /// Leaves rows out whose file is missing.
    pub skip_missing: bool,
}

/// Reads the tables and writes a manifest, or adds to one. All pictures are for training.
///
/// # Errors
///
/// Every bad row of every table; nothing is written then.
pub fn import_isic(import: &IsicImport) -> Result<ImportReport> {
    if !import.append {
        files::refuse_existing(&import.out.join("manifest.csv"))?;
    }
    let existing = match import.append {
        true => Some(Manifest::read(&import.out)?),
        false => None,
    };
    let mut notes = Vec::new();
    let mut rows = find(import, &mut notes)?;
    let settled = settle(&mut rows);
    if settled.moved > 0 {
        let moved = some(settled.moved, "picture");
        notes.push(format!(
            "moved to the fold of most pictures of their patient: {moved}"
        ));
    }
    if let Some(existing) = &existing {
        refuse_known(existing, &rows)?;
        notes.extend(fit_folds(existing, &mut rows));
    }
    // One row for each set that the pictures serve.
    let rows: Vec<Row> = import
        .sets
        .iter()
        .flat_map(|set| {
            rows.iter().map(|row| Row {
                set: *set,
                ..row.clone()
            })
        })
        .collect();
    let manifest = match import.append {
        true => Manifest::append(&import.out, &rows)?,
        false => Manifest::create(&import.out, &rows)?,
    };
    Ok(ImportReport::of(manifest, &rows, notes))
}

/// The rows of all tables, of the first of the sets.
fn find(import: &IsicImport, notes: &mut Vec<String>) -> Result<Vec<Row>> {
    let out = future_folder(&import.out)?;
    let folders = folders(import)?;
    let set = import.sets.first().copied();
    let set = set.ok_or_else(|| Error::input("say which set the pictures serve: --set"))?;
    let mut seen: BTreeMap<String, (usize, u64)> = BTreeMap::new();
    let (mut missing, mut dropped) = (0, 0);
    let rows = read_all(&import.csv, &REQUIRED, |table, cells| {
        let mut faults = Vec::new();
        let mut keep = |fault: RowError| faults.push(fault);
        let label = label_of(cells).map_err(&mut keep).ok();
        let tfrecord = whole_number(cells, "tfrecord", -1, i64::MAX);
        let tfrecord = tfrecord.map_err(&mut keep).ok();
        let name = name_of(cells).map_err(&mut keep).ok();
        let (Some(label), Some(tfrecord), Some(name)) = (label, tfrecord, name) else {
            return Err(faults);
        };
        if tfrecord < 0 {
            dropped += 1;
            return Ok(None);
        }
        if let Some((earlier, line)) = seen.insert(name.to_string(), (table, cells.line)) {
            let place = match earlier == table {
                true => String::new(),
                false => format!(" of {}", import.csv[earlier].display()),
            };
            let cause = format!("`{name}` is already on line {line}{place}");
            return Err(vec![cells.fault("image_name", cause)]);
        }
        let Some(file) = picture_of(name, &folders[table]) else {
            if import.skip_missing {
                missing += 1;
                return Ok(None);
            }
            let place = folders[table].first().map(|folder| folder.join(name));
            let place = place.unwrap_or_default();
            let cause = format!("there is no picture {}.jpg, nor in train/", place.display());
            return Err(vec![cells.fault("image_name", cause)]);
        };
        let image = name_in_manifest(&file, &out);
        let image = image.map_err(|cause| vec![cells.fault("image_name", cause)])?;
        Ok(Some(Row {
            line: cells.line,
            image,
            set,
            label: label.into(),
            source: patient_of(cells).unwrap_or(name).into(),
            split: Split::Train,
            fold: fold_of(tfrecord),
            mask: None,
            tone: None,
        }))
    })?;
    if dropped > 0 {
        let rows = some(dropped, "row");
        notes.push(format!(
            "left out, as duplicates: {rows} with a negative tfrecord"
        ));
    }
    if missing > 0 {
        let rows = some(missing, "row");
        notes.push(format!("left out, as their files are missing: {rows}"));
    }
    Ok(rows)
}

/// For each table, the folders to look in.
fn folders(import: &IsicImport) -> Result<Vec<Vec<PathBuf>>> {
    let given: Vec<PathBuf> = import
        .images
        .iter()
        .map(|folder| true_folder(folder))
        .collect::<Result<_>>()?;
    import
        .csv
        .iter()
        .map(|csv| match given.is_empty() {
            false => Ok(given.clone()),
            true => {
                let parent = csv.parent().filter(|parent| *parent != Path::new(""));
                Ok(vec![true_folder(parent.unwrap_or(Path::new(".")))?])
            }
        })
        .collect()
}

fn label_of(cells: &CsvCells<'_>) -> std::result::Result<&'static str, RowError> {
    let diagnosis = cells.get("diagnosis");
    let found = DIAGNOSES.iter().find(|(name, _)| *name == diagnosis);
    found.map(|(_, label)| *label).ok_or_else(|| {
        let known: Vec<&str> = DIAGNOSES.iter().map(|(name, _)| *name).collect();
        let cause = format!("`{diagnosis}` is not one of {}", known.join(", "));
        cells.fault("diagnosis", cause)
    })
}

/// The name of a picture's file, without ending.
fn name_of<'a>(cells: &CsvCells<'a>) -> std::result::Result<&'a str, RowError> {
    let name = cells.get("image_name");
    if name.is_empty() {
        return Err(cells.fault("image_name", "is empty"));
    }
    match name.contains(['/', '\\']) {
        true => Err(cells.fault("image_name", format!("`{name}` is a path, not a name"))),
        false => Ok(name),
    }
}

/// The file of a picture, if it exists.
fn picture_of(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let places = folders
        .iter()
        .flat_map(|folder| [folder.join("train"), folder.clone()]);
    places
        .flat_map(|place| ["jpg", "jpeg", "png"].map(|end| place.join(format!("{name}.{end}"))))
        .find(|file| file.is_file())
}

/// The patient, where one is known: 2019 writes -1.
fn patient_of<'a>(cells: &CsvCells<'a>) -> Option<&'a str> {
    cells
        .optional("patient_id")
        .filter(|patient| !["-1", "-1.0", "nan"].contains(patient))
}

fn refuse_known(existing: &Manifest, rows: &[Row]) -> Result<()> {
    let images: BTreeSet<&str> = existing.rows.iter().map(|row| row.image.as_str()).collect();
    let known: Vec<&str> = rows
        .iter()
        .map(|row| row.image.as_str())
        .filter(|image| images.contains(image))
        .collect();
    match known.first() {
        None => Ok(()),
        Some(first) => Err(Error::input(format!(
            "{}: it has {} of these already, the first is {first}",
            existing.path.display(),
            known.len()
        ))),
    }
}

/// Makes the new rows' folds those of the manifest that they join.
fn fit_folds(existing: &Manifest, rows: &mut [Row]) -> Option<String> {
    let training = || existing.rows.iter().filter(|row| row.split == Split::Train);
    let Some(highest) = training().filter_map(|row| row.fold).max() else {
        training().next()?;
        rows.iter_mut().for_each(|row| row.fold = None);
        return Some(
            "the manifest has no folds, so these pictures get none: training deals them".into(),
        );
    };
    let count = highest + 1;
    if count == FOLD_COUNT {
        return None;
    }
    let dealt = deal_folds(rows, count, 0);
    for (row, fold) in rows.iter_mut().zip(dealt.of_row) {
        row.fold = fold;
    }
    Some(format!(
        "the manifest has {count} folds, so the pictures are dealt anew into as many"
    ))
}
