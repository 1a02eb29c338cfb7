//! Pictures that must stay together: those of one photograph, person or page, and (near-)duplicates.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use super::report::{LeftOut, LookAlike};
use crate::data::PictureSet;
use crate::data::fingerprint::Fingerprint;
use crate::data::groups::Groups;
use crate::data::near::near_pairs;
use crate::error::{Error, Result};

/// The pictures that become rows: those that can be read and, of files with the same bytes in one
/// set, the first. `prints` is `None` for a broken picture.
///
/// # Errors
///
/// Every file whose bytes are also those of a file with another label.
pub(super) fn without_copies(
    candidates: &[Candidate],
    prints: &[Option<Fingerprint>],
    left_out: &mut Vec<LeftOut>,
) -> Result<Vec<usize>> {
    let mut first: BTreeMap<&str, &Candidate> = BTreeMap::new();
    let mut kept: BTreeMap<(PictureSet, &str), &Candidate> = BTreeMap::new();
    let mut contradictions = Vec::new();
    let mut rows = Vec::new();
    for (index, (candidate, print)) in candidates.iter().zip(prints).enumerate() {
        let Some(print) = print else { continue };
        let original = *first.entry(&print.sha256).or_insert(candidate);
        if original.label != candidate.label {
            contradictions.push(format!(
                "`{}` ({}) is the same file as `{}` ({})",
                candidate.name, candidate.label, original.name, original.label
            ));
            continue;
        }
        match kept.get(&(candidate.set, print.sha256.as_str())) {
            Some(earlier) => left_out.push(LeftOut {
                cause: format!("it is the same file as {}", earlier.name),
                image: candidate.name.clone(),
            }),
            None => {
                kept.insert((candidate.set, &print.sha256), candidate);
                rows.push(index);
            }
        }
    }
    match contradictions.is_empty() {
        true => Ok(rows),
        false => Err(Error::input(format!(
            "pictures with two labels: {}",
            contradictions.join("; ")
        ))),
    }
}

/// The source of each picture, called after its first photograph, and the look-alikes that were
/// joined.
///
/// Copies and broken pictures count too: what they are known to belong to holds their pictures
/// together. Only the search for look-alikes can be left out, not that for equal bytes.
pub(super) fn group(
    candidates: &[Candidate],
    prints: &[Option<Fingerprint>],
    photographs: &[String],
    near_duplicates: Option<u32>,
) -> (Vec<String>, Vec<LookAlike>) {
    let mut groups = Groups::new(candidates.len());
    groups.join_by(photographs.iter().map(Some));
    groups.join_by(candidates.iter().map(|found| found.person.as_ref()));
    groups.join_by(candidates.iter().map(|found| found.url.as_ref()));
    let opened: Vec<(usize, &Fingerprint)> = prints
        .iter()
        .enumerate()
        .filter_map(|(index, print)| Some((index, print.as_ref()?)))
        .collect();
    let mut look_alikes = Vec::new();
    let mut report = |first: usize, second: usize, distance: u32| {
        let (first, second) = (&candidates[first], &candidates[second]);
        look_alikes.push(LookAlike {
            first: first.name.clone(),
            second: second.name.clone(),
            distance,
            other_label: first.label != second.label,
        });
    };
    let mut first_with: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, print) in &opened {
        let first = *first_with.entry(&print.sha256).or_insert(*index);
        // Of one set, the copy is left out, which is reported.
        if groups.join(first, *index) && candidates[first].set != candidates[*index].set {
            report(first, *index, 0);
        }
    }
    if let Some(distance) = near_duplicates {
        let hashes: Vec<_> = opened.iter().map(|(_, print)| print.hash).collect();
        // The most alike come first: of a cluster, the report shows the closest links.
        for pair in near_pairs(&hashes, distance) {
            let (first, second) = (opened[pair.first].0, opened[pair.second].0);
            if groups.join(first, second) {
                report(first, second, pair.distance);
            }
        }
    }
    let mut names: BTreeMap<usize, &str> = BTreeMap::new();
    let roots: Vec<usize> = (0..candidates.len())
        .map(|index| groups.find(index))
        .collect();
    for (root, photograph) in roots.iter().zip(photographs) {
        let name = names.entry(*root).or_insert(photograph);
        *name = (*name).min(photograph);
    }
    let sources = roots.iter().map(|root| names[root].to_string());
    (sources.collect(), look_alikes)
}
