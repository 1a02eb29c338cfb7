//! `genoderm data check`: what a folder holds, and what is wrong with it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use genoderm_model::labels::LabelRegistry;
use genoderm_model::preprocess::{DecodeLimits, decode_photo};
use rayon::prelude::*;
use serde::Serialize;

use crate::data::counts::some;
use crate::data::duplicates::{Remark, compare};
use crate::data::fingerprint::{Fingerprint, Step, fingerprints};
use crate::data::{LabelCounts, Manifest, PictureSet, Row, Split};
use crate::error::Result;
use crate::files;

/// Counts of pictures by label, and every fault.
#[derive(Clone, Debug, Serialize)]
pub struct DataReport {
    /// The manifest's file.
    pub manifest: String,
    /// For each label: panoramic training, panoramic test, focused training, focused test.
    pub counts: LabelCounts,
    /// One line for each fault, with the line of the manifest.
    pub faults: Vec<String>,
    /// What is worth knowing but harmless.
    pub notes: Vec<String>,
}

/// Reads the manifest and opens every file it names.
///
/// Pictures whose hashes differ in at most `distance` bits count as alike; see
/// [`near_pairs`](crate::data::near_pairs).
///
/// # Errors
///
/// Only what stops the reading of the manifest itself; faults of single rows that are well-formed
/// (missing or broken files, leaks, unknown labels, duplicates) are in the report.
pub fn check(
    folder: &Path,
    labels: &LabelRegistry,
    distance: u32,
    step: Step<'_>,
) -> Result<DataReport> {
    let manifest = Manifest::read(folder)?;
    // A picture that serves both sets is opened once.
    let mut rows_of: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &manifest.rows {
        rows_of.entry(&row.image).or_default().push(row);
    }
    let files: Vec<PathBuf> = rows_of.keys().map(|name| manifest.file(name)).collect();
    let prints = fingerprints(&files, step);
    let opened: BTreeMap<&str, &Result<Fingerprint>> =
        rows_of.keys().copied().zip(&prints).collect();
    let mut faults: Vec<Remark> = manifest
        .rows
        .par_iter()
        .flat_map_iter(|row| {
            faults_of(
                &manifest,
                row,
                labels,
                opened.get(row.image.as_str()).copied(),
            )
            .into_iter()
            .map(|cause| (row.line, cause))
        })
        .collect();
    let leaks = manifest.leaks();
    faults.extend(
        leaks
            .into_iter()
            .map(|leak| (leak.line, format!("column {}: {}", leak.column, leak.cause))),
    );
    let readable: Vec<(Vec<&Row>, &Fingerprint)> = rows_of
        .into_values()
        .zip(&prints)
        .filter_map(|(rows, print)| Some((rows, print.as_ref().ok()?)))
        .collect();
    let (alike, mut notes) = compare(&readable, distance);
    faults.extend(alike);
    faults.sort();
    notes.sort();
    let lines = |remarks: Vec<Remark>| -> Vec<String> {
        let lines = remarks.into_iter();
        lines
            .map(|(line, cause)| format!("line {line}, {cause}"))
            .collect()
    };
    let mut notes = lines(notes);
    notes.extend(lonely_tests(&manifest.rows));
    Ok(DataReport {
        manifest: manifest.path.display().to_string(),
        counts: LabelCounts::of(&manifest.rows),
        faults: lines(faults),
        notes,
    })
}

fn faults_of(
    manifest: &Manifest,
    row: &Row,
    labels: &LabelRegistry,
    picture: Option<&Result<Fingerprint>>,
) -> Vec<String> {
    let mut faults = Vec::new();
    if labels.index_of(&row.label).is_none() {
        let known: Vec<&str> = labels.keys().collect();
        faults.push(format!(
            "column label: `{}` is not one of {}",
            row.label,
            known.join(", ")
        ));
    }
    if let Some(Err(error)) = picture {
        faults.push(format!("column image: {error}"));
    }
    let Some(mask) = &row.mask else {
        return faults;
    };
    let mask_size = files::read(&manifest.file(mask))
        .map_err(|error| error.to_string())
        .and_then(|bytes| {
            decode_photo(&bytes, &DecodeLimits::default())
                .map(|photo| (photo.width(), photo.height()))
                .map_err(|error| format!("{mask}: {error}"))
        });
    match (mask_size, picture) {
        (Err(cause), _) => faults.push(format!("column mask: {cause}")),
        (Ok((width, height)), Some(Ok(print)))
            if (width, height) != (print.width, print.height) =>
        {
            faults.push(format!(
                "column mask: {mask} is {width}x{height} and its picture {}x{}",
                print.width, print.height
            ));
        }
        _ => {}
    }
    faults
}

/// A note when the two sets are not tested on the same photographs.
fn lonely_tests(rows: &[Row]) -> Option<String> {
    let tests = || rows.iter().filter(|row| row.split == Split::Test);
    let of_set = |set| tests().filter(move |row| row.set == set).count();
    if of_set(PictureSet::Panoramic) == 0 || of_set(PictureSet::Focused) == 0 {
        return None;
    }
    let mut sets: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for row in tests() {
        let place = usize::from(row.set == PictureSet::Focused);
        sets.entry(&row.source).or_default()[place] += 1;
    }
    let lonely = sets.values().filter(|counts| **counts != [1, 1]).count();
    (lonely > 0).then(|| {
        format!(
            "{lonely} of {} test sources have not exactly one panoramic and one focused picture",
            sets.len()
        )
    })
}

impl fmt::Display for DataReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.counts)?;
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        for fault in &self.faults {
            writeln!(f, "{fault}")?;
        }
        match self.faults.len() {
            0 => write!(f, "no faults"),
            count => write!(f, "{}", some(count, "fault")),
        }
    }
}
