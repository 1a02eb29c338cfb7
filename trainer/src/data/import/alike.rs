//! Imported pictures that look alike.

use std::path::PathBuf;

use crate::data::counts::some;
use crate::data::fingerprint::{HASH_BITS, Step, fingerprints};
use crate::data::groups::Groups;
use crate::data::import::authors::Found;
use crate::data::near::near_pairs;
use crate::error::{Error, Result};

/// Gives pictures that look alike one source, and leaves broken ones out when that is asked for.
///
/// # Errors
///
/// Every broken picture, unless they are left out and some others remain.
pub(super) fn join_alike(
    found: &mut Vec<Found>,
    distance: u32,
    skip_broken: bool,
    step: Step<'_>,
    notes: &mut Vec<String>,
) -> Result<()> {
    let files: Vec<PathBuf> = found.iter().map(|found| found.file.clone()).collect();
    let (mut opened, mut hashes) = (Vec::new(), Vec::new());
    let mut broken = Vec::new();
    for (picture, print) in std::mem::take(found)
        .into_iter()
        .zip(fingerprints(&files, step))
    {
        match print {
            Ok(print) => {
                opened.push(picture);
                hashes.push(print.hash);
            }
            Err(error) => broken.push(error.to_string()),
        }
    }
    if !broken.is_empty() && (!skip_broken || opened.is_empty()) {
        let list = broken.join("\n  ");
        return Err(Error::input(format!(
            "{} broken pictures (--skip-broken leaves them out)\n  {list}",
            broken.len()
        )));
    }
    if !broken.is_empty() {
        let count = some(broken.len(), "broken picture");
        notes.push(format!("left out: {count}: {}", broken.join("; ")));
    }
    let mut groups = Groups::new(opened.len());
    groups.join_by(opened.iter().map(|found| Some(found.row.source.clone())));
    for pair in near_pairs(&hashes, distance) {
        if groups.join(pair.first, pair.second) {
            notes.push(format!(
                "`{}` looks like `{}` ({} of {HASH_BITS} bits differ): they share a source",
                opened[pair.second].row.image, opened[pair.first].row.image, pair.distance
            ));
        }
    }
    for index in 0..opened.len() {
        let root = groups.find(index);
        opened[index].row.source = opened[root].row.source.clone();
    }
    *found = opened;
    Ok(())
}
