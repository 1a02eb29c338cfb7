//! Pictures that must stay together: those of one photograph, person or page, and near-duplicates.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use super::report::{LeftOut, LookAlike};
use crate::data::PictureSet;
use crate::data::fingerprint::Fingerprint;
use crate::data::groups::Groups;
use crate::data::near::near_pairs;
use crate::error::{Error, Result};

/// Leaves all but one of the files with the same bytes in one set out.
///
/// # Errors
///
/// Every file whose bytes are also those of a file with another label.
pub(super) fn drop_copies(
    opened: Vec<(Candidate, Fingerprint)>,
    left_out: &mut Vec<LeftOut>,
) -> Result<(Vec<Candidate>, Vec<Fingerprint>)> {
    let mut first: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut kept: BTreeMap<(PictureSet, String), String> = BTreeMap::new();
    let mut contradictions = Vec::new();
    let (mut candidates, mut prints) = (Vec::new(), Vec::new());
    for (candidate, print) in opened {
        let entry = first.entry(print.sha256.clone());
        let (name, label) =
            entry.or_insert_with(|| (candidate.name.clone(), candidate.label.clone()));
        if *label != candidate.label {
            contradictions.push(format!(
                "`{}` ({}) is the same file as `{name}` ({label})",
                candidate.name, candidate.label
            ));
            continue;
        }
        match kept.get(&(candidate.set, print.sha256.clone())) {
            Some(earlier) => left_out.push(LeftOut {
                cause: format!("it is the same file as {earlier}"),
                image: candidate.name,
            }),
            None => {
                kept.insert(
                    (candidate.set, print.sha256.clone()),
                    candidate.name.clone(),
                );
                candidates.push(candidate);
                prints.push(print);
            }
        }
    }
    match contradictions.is_empty() {
        true => Ok((candidates, prints)),
        false => Err(Error::input(format!(
            "pictures with two labels: {}",
            contradictions.join("; ")
        ))),
    }
}

/// The source of each picture, called after its first photograph, and the look-alikes that were
/// joined.
pub(super) fn group(
    candidates: &[Candidate],
    prints: &[Fingerprint],
    photographs: &[String],
    near_duplicates: Option<u32>,
) -> (Vec<String>, Vec<LookAlike>) {
    let mut groups = Groups::new(candidates.len());
    groups.join_by(photographs.iter().map(Some));
    groups.join_by(candidates.iter().map(|found| found.person.as_ref()));
    groups.join_by(candidates.iter().map(|found| found.url.as_ref()));
    let mut look_alikes = Vec::new();
    if let Some(distance) = near_duplicates {
        let hashes: Vec<_> = prints.iter().map(|print| print.hash).collect();
        // The most alike come first: of a cluster, the report shows the closest links.
        for pair in near_pairs(&hashes, distance) {
            if groups.join(pair.first, pair.second) {
                let (first, second) = (&candidates[pair.first], &candidates[pair.second]);
                look_alikes.push(LookAlike {
                    first: first.name.clone(),
                    second: second.name.clone(),
                    distance: pair.distance,
                    other_label: first.label != second.label,
                });
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
