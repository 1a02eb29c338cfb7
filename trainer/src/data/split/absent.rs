//! Focused pictures whose photograph is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::candidate::Candidate;
use super::pairing::beginnings;
use crate::data::PictureSet;
use crate::data::groups::Groups;

/// What the focused pictures of one photograph have in common.
type Key<'a> = (&'a str, Option<&'a Path>, Option<&'a str>, &'a str);

/// Gives the `lonely` pictures of one label, folder and person one photograph that share the beginning
/// of their names: `mole_1.jpg` and `mole_2.jpg` without `mole.jpg`.
///
/// That says something only where names lead to photographs, so not in a label without panoramic
/// pictures, and not with a beginning that panoramic pictures have too (`IMG_`). Returns for each
/// such photograph the beginning and the number of pictures.
pub(super) fn join_by_names<'a>(
    candidates: &'a [Candidate],
    lonely: &[usize],
    names: &mut [String],
) -> BTreeMap<usize, (&'a str, usize)> {
    let panoramic = || {
        let candidates = candidates.iter();
        candidates.filter(|candidate| candidate.set == PictureSet::Panoramic)
    };
    let labels: BTreeSet<&str> = panoramic().map(|found| found.label.as_str()).collect();
    let common: BTreeSet<&str> = panoramic()
        .flat_map(|found| beginnings(&found.stem))
        .collect();
    let keys = |index: usize| {
        let found = &candidates[index];
        beginnings(&found.stem)
            .filter(|beginning| {
                labels.contains(found.label.as_str()) && !common.contains(beginning)
            })
            .map(|beginning| -> Key<'a> {
                let (folder, person) = (found.file.parent(), found.person.as_deref());
                (&found.label, folder, person, beginning)
            })
    };
    let mut sharing: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for index in lonely {
        for key in keys(*index) {
            sharing.entry(key).or_default().push(*index);
        }
    }
    sharing.retain(|_, pictures| pictures.len() > 1);
    // Of each picture, its longest beginning that it shares.
    let shared: BTreeSet<Key<'_>> = lonely
        .iter()
        .filter_map(|index| keys(*index).find(|key| sharing.contains_key(key)))
        .collect();
    let mut groups = Groups::new(candidates.len());
    for pictures in shared.iter().filter_map(|key| sharing.get(key)) {
        for other in pictures {
            groups.join(pictures[0], *other);
        }
    }
    let mut joined: BTreeMap<usize, (&str, usize)> = BTreeMap::new();
    for key in &shared {
        let (.., beginning) = *key;
        if let Some(first) = sharing.get(key).and_then(|pictures| pictures.first()) {
            let (shortest, _) = joined.entry(groups.find(*first)).or_insert((beginning, 0));
            if beginning.len() < shortest.len() {
                *shortest = beginning;
            }
        }
    }
    for index in lonely {
        let root = groups.find(*index);
        if let Some((_, count)) = joined.get_mut(&root) {
            *count += 1;
            names[*index] = names[root].clone();
        }
    }
    joined
}
