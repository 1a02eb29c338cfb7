//! Which photograph each picture comes from.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::Candidate;
use crate::data::PictureSet;
use crate::data::counts::some;

/// What may follow a photograph's name in the name of a focused picture of it.
const SEPARATORS: [char; 6] = ['-', '_', '.', ' ', '(', '+'];

/// The photograph of each picture.
///
/// A panoramic picture is a photograph of its own, called after its file. A focused one comes from the
/// panoramic picture of its label with the same name, or else with the longest name that its own
/// begins with, followed by a separator: `mole_2.jpg` comes from `mole.jpg`. A table's `source`
/// overrules names.
///
/// # Errors
///
/// Every focused picture that could come from several photographs.
pub(super) fn photographs(
    candidates: &[Candidate],
    notes: &mut Vec<String>,
) -> Result<Vec<String>, Vec<String>> {
    let panoramic = |candidate: &&Candidate| candidate.set == PictureSet::Panoramic;
    let mut by_name: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for candidate in candidates.iter().filter(panoramic) {
        let names = by_name.entry((&candidate.label, &candidate.stem));
        names.or_default().insert(own_name(candidate));
    }
    let (mut faults, mut lonely) = (Vec::new(), 0);
    let names = candidates
        .iter()
        .map(|candidate| {
            if candidate.set == PictureSet::Panoramic || candidate.source.is_some() {
                return own_name(candidate).to_string();
            }
            let found = beginnings(&candidate.stem)
                .find_map(|stem| by_name.get(&(candidate.label.as_str(), stem)));
            let mut found = found.into_iter().flatten();
            match (found.next(), found.next()) {
                (Some(only), None) => (*only).to_string(),
                (Some(first), Some(second)) => {
                    faults.push(format!(
                        "`{}` may come from `{first}` or `{second}`: a column `source` would tell",
                        candidate.name
                    ));
                    String::new()
                }
                (None, _) => {
                    lonely += 1;
                    own_name(candidate).to_string()
                }
            }
        })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    if lonely > 0 && !by_name.is_empty() {
        notes.push(format!(
            "taken for photographs of their own, without a panoramic picture of their name: {}",
            some(lonely, "focused picture")
        ));
    }
    Ok(names)
}

fn own_name(candidate: &Candidate) -> &str {
    candidate.source.as_ref().unwrap_or(&candidate.photograph)
}

/// A name and its beginnings that end before a separator, the longest first.
fn beginnings(stem: &str) -> impl Iterator<Item = &str> {
    let ends = stem.char_indices().rev();
    let ends = ends.filter(|(end, letter)| *end > 0 && SEPARATORS.contains(letter));
    std::iter::once(stem).chain(ends.map(|(end, _)| &stem[..end]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn candidate(set: PictureSet, label: &str, stem: &str, folder: &str) -> Candidate {
        Candidate {
            set,
            label: label.into(),
            name: format!("{stem}.jpg"),
            line: 0,
            file: format!("{stem}.jpg").into(),
            stem: stem.into(),
            photograph: format!("{label}/{folder}{stem}"),
            source: None,
            person: None,
            url: None,
            mask: None,
            tone: None,
        }
    }

    #[test]
    fn focused_pictures_find_their_photograph() {
        use PictureSet::{Focused, Panoramic};
        let mut told = candidate(Focused, "NF1", "whatever", "");
        told.source = Some("NF1/a_1".into());
        let candidates = [
            candidate(Panoramic, "NF1", "a", ""),
            candidate(Panoramic, "NF1", "a_1", ""),
            candidate(Focused, "NF1", "a", ""),
            candidate(Focused, "NF1", "a_1", ""),
            candidate(Focused, "NF1", "a_1-b", ""),
            candidate(Focused, "NF1", "a_2", ""),
            candidate(Focused, "NF1", "ab", ""),
            candidate(Focused, "IP", "a", ""),
            told,
        ];
        let mut notes = Vec::new();
        let found = photographs(&candidates, &mut notes).unwrap();
        let expected = [
            "NF1/a", "NF1/a_1", "NF1/a", "NF1/a_1", "NF1/a_1", "NF1/a", "NF1/ab", "IP/a", "NF1/a_1",
        ];
        assert_eq!(found, expected);
        assert!(notes[0].ends_with("2 focused pictures"), "{notes:?}");
    }

    #[test]
    fn an_ambiguous_name_is_a_fault() {
        let candidates = [
            candidate(PictureSet::Panoramic, "NF1", "a", "x/"),
            candidate(PictureSet::Panoramic, "NF1", "a", "y/"),
            candidate(PictureSet::Focused, "NF1", "a_2", ""),
        ];
        let faults = photographs(&candidates, &mut Vec::new()).unwrap_err();
        assert!(faults[0].contains("`NF1/x/a` or `NF1/y/a`"), "{faults:?}");
    }
}
