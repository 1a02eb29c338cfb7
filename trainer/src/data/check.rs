//! `genoderm data check`: what a folder holds, and what is wrong with it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use genoderm_model::labels::LabelRegistry;
use genoderm_model::preprocess::{DecodeLimits, decode_photo};
use rayon::prelude::*;
use serde::Serialize;

use crate::data::{Manifest, PictureSet, Row, Split};
use crate::error::Result;
use crate::files;

/// Counts of pictures by label, and every fault.
#[derive(Clone, Debug, Serialize)]
pub struct DataReport {
    /// The manifest's file.
    pub manifest: String,
    /// For each label: panoramic training, panoramic test, focused training, focused test.
    pub counts: BTreeMap<String, [usize; 4]>,
    /// One line for each fault, with the line of the manifest.
    pub faults: Vec<String>,
}

/// Reads the manifest and opens every file it names.
///
/// # Errors
///
/// Only what stops the reading of the manifest itself; faults of single rows that are well-formed
/// (missing or broken files, leaks, unknown labels) are in the report.
pub fn check(folder: &Path, labels: &LabelRegistry) -> Result<DataReport> {
    let manifest = Manifest::read(folder)?;
    let mut counts: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for row in &manifest.rows {
        counts.entry(row.label.clone()).or_default()[column_of(row)] += 1;
    }
    let mut faults: Vec<(u64, String)> = manifest
        .rows
        .par_iter()
        .flat_map_iter(|row| {
            faults_of(&manifest, row, labels)
                .into_iter()
                .map(|cause| (row.line, cause))
        })
        .collect();
    faults.extend(
        manifest
            .leaks()
            .into_iter()
            .map(|leak| (leak.line, format!("column {}: {}", leak.column, leak.cause))),
    );
    faults.sort();
    Ok(DataReport {
        manifest: manifest.path.display().to_string(),
        counts,
        faults: faults
            .into_iter()
            .map(|(line, cause)| format!("line {line}, {cause}"))
            .collect(),
    })
}

fn column_of(row: &Row) -> usize {
    match (row.set, row.split) {
        (PictureSet::Panoramic, Split::Train) => 0,
        (PictureSet::Panoramic, Split::Test) => 1,
        (PictureSet::Focused, Split::Train) => 2,
        (PictureSet::Focused, Split::Test) => 3,
    }
}

fn faults_of(manifest: &Manifest, row: &Row, labels: &LabelRegistry) -> Vec<String> {
    let mut faults = Vec::new();
    if labels.index_of(&row.label).is_none() {
        faults.push(format!("column label: `{}` is not known", row.label));
    }
    let size_of = |name: &str| {
        let bytes = files::read(&manifest.file(name)).map_err(|error| error.to_string())?;
        decode_photo(&bytes, &DecodeLimits::default())
            .map(|photo| (photo.width(), photo.height()))
            .map_err(|error| format!("{name}: {error}"))
    };
    let picture = size_of(&row.image);
    if let Err(cause) = &picture {
        faults.push(format!("column image: {cause}"));
    }
    if let Some(mask) = &row.mask {
        match (size_of(mask), picture) {
            (Err(cause), _) => faults.push(format!("column mask: {cause}")),
            (Ok(mask_size), Ok(size)) if mask_size != size => faults.push(format!(
                "column mask: {mask} is {}x{} and its picture {}x{}",
                mask_size.0, mask_size.1, size.0, size.1
            )),
            _ => {}
        }
    }
    faults
}

impl fmt::Display for DataReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .counts
            .keys()
            .map(String::len)
            .max()
            .unwrap_or(0)
            .max(5);
        writeln!(f, "{:width$}  panoramic      focused", "")?;
        writeln!(f, "{:width$}  train   test   train   test", "label")?;
        let mut total = [0; 4];
        for (label, row) in &self.counts {
            writeln!(
                f,
                "{label:width$}  {:5}  {:5}   {:5}  {:5}",
                row[0], row[1], row[2], row[3]
            )?;
            for (sum, count) in total.iter_mut().zip(row) {
                *sum += count;
            }
        }
        writeln!(
            f,
            "{:width$}  {:5}  {:5}   {:5}  {:5}",
            "all", total[0], total[1], total[2], total[3]
        )?;
        for fault in &self.faults {
            writeln!(f, "{fault}")?;
        }
        match self.faults.len() {
            0 => write!(f, "no faults"),
            1 => write!(f, "1 fault"),
            count => write!(f, "{count} faults"),
        }
    }
}
