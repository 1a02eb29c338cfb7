//! Which photograph each picture comes from.

use std::collections::BTreeSet;

use super::absent::join_by_names;
use super::candidate::Candidate;
use super::panoramic::Panoramic;
use crate::data::PictureSet;
use crate::data::counts::{named, some};
use crate::data::fingerprint::Fingerprint;

/// What may follow a photograph's name in the name of a focused picture of it.
const SEPARATORS: [char; 7] = ['-', '_', '.', ' ', '(', '+', '/'];

/// The photograph of each picture, broken ones and copies included; `prints` is `None` for a broken
/// one.
///
/// A panoramic picture is a photograph of its own, called after its file; files with the same bytes
/// are one photograph. A focused picture comes from the panoramic one that a table's `source` names
/// ([`Panoramic::named`]). Without a `source` it comes from the panoramic picture of its label with
/// the same name, or else with the longest name that its own begins with, followed by a separator:
/// `mole_2.jpg` comes from `mole.jpg`. Two different persons are never on one photograph. Focused
/// pictures of a photograph that is not there are joined by their names ([`join_by_names`]).
///
/// # Errors
///
/// Every focused picture that could come from several photographs.
pub(super) fn photographs(
    candidates: &[Candidate],
    prints: &[Option<Fingerprint>],
    notes: &mut Vec<String>,
) -> Result<Vec<String>, Vec<String>> {
    let panoramic = Panoramic::of(candidates, prints);
    let mut names: Vec<String> = Vec::with_capacity(candidates.len());
    let (mut faults, mut unknown, mut lonely) = (Vec::new(), Vec::new(), Vec::new());
    for (index, candidate) in candidates.iter().enumerate() {
        let (found, told) = match (candidate.set, &candidate.source) {
            (PictureSet::Panoramic, _) => (BTreeSet::from([panoramic.own_name(index)]), true),
            (PictureSet::Focused, Some(source)) => (panoramic.named(candidate, source), true),
            (PictureSet::Focused, None) => {
                let mut beginnings = beginnings(&candidate.stem);
                let found = beginnings.find_map(|stem| panoramic.called(candidate, stem));
                (found.unwrap_or_default(), false)
            }
        };
        let mut found = found.into_iter();
        names.push(match (found.next(), found.next()) {
            (Some(only), None) => only.to_string(),
            (Some(first), Some(second)) => {
                let remedy = match told {
                    true => "the whole path of its photograph in `source` would tell",
                    false => "a column `source` or `person` would tell",
                };
                faults.push(format!(
                    "`{}` may come from `{first}` or `{second}`: {remedy}",
                    candidate.name
                ));
                String::new()
            }
            (None, _) if told => {
                let source = candidate.source.clone().unwrap_or_default();
                unknown.push(format!("`{}` ({source})", candidate.name));
                source
            }
            (None, _) => {
                lonely.push(index);
                panoramic.unlike(&candidate.photograph)
            }
        });
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if panoramic.is_empty() {
        return Ok(names);
    }
    if !unknown.is_empty() {
        notes.push(format!(
            "without the panoramic picture that their source names: {}",
            named(&unknown)
        ));
    }
    let joined = join_by_names(candidates, &lonely, &mut names);
    if !joined.is_empty() {
        let pictures = joined.values().map(|(stem, count)| {
            format!(
                "{} ({})",
                stem.trim_end_matches(SEPARATORS),
                some(*count, "picture")
            )
        });
        notes.push(format!(
            "focused pictures without a panoramic one, taken for one photograph by their names: {}",
            named(&pictures.collect::<Vec<_>>())
        ));
    }
    let alone = lonely.len() - joined.values().map(|(_, count)| count).sum::<usize>();
    if alone > 0 {
        notes.push(format!(
            "taken for photographs of their own, without a panoramic picture of their name: {}",
            some(alone, "focused picture")
        ));
    }
    Ok(names)
}

/// A name and its beginnings that end before a separator, the longest first.
pub(super) fn beginnings(stem: &str) -> impl Iterator<Item = &str> {
    let ends = stem.char_indices().rev();
    let ends = ends.filter(|(end, letter)| *end > 0 && SEPARATORS.contains(letter));
    std::iter::once(stem).chain(ends.map(|(end, _)| &stem[..end]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use PictureSet::{Focused, Panoramic};

    use super::*;
    use crate::data::fingerprint::PictureHash;

    fn candidate(set: PictureSet, label: &str, stem: &str, folder: &str) -> Candidate {
        Candidate {
            set,
            label: label.into(),
            name: format!("{folder}{stem}.jpg"),
            line: 0,
            file: format!("/photos/{folder}{stem}.jpg").into(),
            stem: stem.into(),
            photograph: format!("{label}/{folder}{stem}"),
            source: None,
            person: None,
            url: None,
            mask: None,
            tone: None,
        }
    }

    fn told(source: &str) -> Candidate {
        Candidate {
            source: Some(source.into()),
            ..candidate(Focused, "NF1", "whatever", "")
        }
    }

    fn of(person: &str, candidate: Candidate) -> Candidate {
        Candidate {
            person: Some(person.into()),
            ..candidate
        }
    }

    /// The photographs of pictures that all differ, and the notes.
    fn found(candidates: &[Candidate]) -> Result<(Vec<String>, Vec<String>), Vec<String>> {
        let mut notes = Vec::new();
        let prints = vec![None; candidates.len()];
        let names = photographs(candidates, &prints, &mut notes)?;
        Ok((names, notes))
    }

    #[test]
    fn focused_pictures_find_their_photograph() {
        let candidates = [
            candidate(Panoramic, "NF1", "a", ""),
            candidate(Panoramic, "NF1", "a_1", ""),
            candidate(Focused, "NF1", "a", ""),
            candidate(Focused, "NF1", "a_1", ""),
            candidate(Focused, "NF1", "a_1-b", ""),
            candidate(Focused, "NF1", "a_2", ""),
            candidate(Focused, "NF1", "a/2", ""),
            candidate(Focused, "NF1", "ab", ""),
            candidate(Focused, "IP", "a", ""),
        ];
        let (found, notes) = found(&candidates).unwrap();
        let expected = [
            "NF1/a", "NF1/a_1", "NF1/a", "NF1/a_1", "NF1/a_1", "NF1/a", "NF1/a", "NF1/ab", "IP/a",
        ];
        assert_eq!(found, expected);
        assert!(notes[0].ends_with("2 focused pictures"), "{notes:?}");
    }

    #[test]
    fn a_source_may_be_spelt_in_several_ways() {
        let mut candidates = vec![
            candidate(Panoramic, "NF1", "a", "x/"),
            candidate(Panoramic, "NF1", "a", "y/"),
            candidate(Panoramic, "NF1", "b", "x/"),
        ];
        candidates[2].source = Some("slide 7".into());
        let spelt = [
            ("x/a.jpg", "NF1/x/a"),
            ("/photos/y/a.jpg", "NF1/y/a"),
            ("y/a", "NF1/y/a"),
            ("NF1/x/a", "NF1/x/a"),
            ("b.jpg", "slide 7"),
            ("b", "slide 7"),
            ("slide 7", "slide 7"),
            ("c.jpg", "c.jpg"),
        ];
        candidates.extend(spelt.map(|(source, _)| told(source)));
        let (found, notes) = found(&candidates).unwrap();
        assert_eq!(found[3..], spelt.map(|(_, photograph)| photograph));
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(
            notes[0].ends_with("names: `whatever.jpg` (c.jpg)"),
            "{notes:?}"
        );
    }

    #[test]
    fn an_ambiguous_name_is_a_fault_unless_the_person_tells() {
        let mut candidates = vec![
            of("P1", candidate(Panoramic, "NF1", "a", "x/")),
            of("P2", candidate(Panoramic, "NF1", "a", "y/")),
            candidate(Focused, "NF1", "a_2", ""),
            told("a.jpg"),
        ];
        let faults = found(&candidates).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
        for fault in faults {
            assert!(fault.contains("`NF1/x/a` or `NF1/y/a`"), "{fault}");
        }
        candidates[2].person = Some("P2".into());
        candidates[3].person = Some("P1".into());
        let (found, _) = found(&candidates).unwrap();
        assert_eq!(found[2..], ["NF1/y/a", "NF1/x/a"]);
    }

    #[test]
    fn another_person_is_on_another_photograph() {
        let candidates = [
            of("P1", candidate(Panoramic, "NF1", "a", "")),
            of("P2", candidate(Focused, "NF1", "a_1", "")),
            of("P2", candidate(Focused, "NF1", "a", "")),
        ];
        let (found, _) = found(&candidates).unwrap();
        assert!(!found[1..].contains(&"NF1/a".to_string()), "{found:?}");
    }

    #[test]
    fn copies_are_one_photograph() {
        let candidates = [
            candidate(Panoramic, "NF1", "a", ""),
            candidate(Panoramic, "NF1", "twin", ""),
            candidate(Focused, "NF1", "twin_1", ""),
        ];
        let print = |sha256: &str| {
            Some(Fingerprint {
                sha256: sha256.into(),
                hash: PictureHash::of_bits([0; 4]),
                width: 1,
                height: 1,
            })
        };
        let prints = [print("a"), print("a"), print("b")];
        let found = photographs(&candidates, &prints, &mut Vec::new()).unwrap();
        assert_eq!(found, ["NF1/a"; 3]);
    }

    #[test]
    fn pictures_of_a_photograph_that_is_not_there_stay_together() {
        let candidates = [
            candidate(Panoramic, "NF1", "IMG_1", ""),
            candidate(Focused, "NF1", "x_1", ""),
            candidate(Focused, "NF1", "x_2", ""),
            candidate(Focused, "NF1", "IMG_2", ""),
            candidate(Focused, "NF1", "IMG_3", ""),
            // No name of this label leads to a photograph.
            candidate(Focused, "IP", "y_1", ""),
            candidate(Focused, "IP", "y_2", ""),
        ];
        let (names, notes) = found(&candidates).unwrap();
        assert_eq!(names[1], names[2]);
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 6, "{names:?}");
        assert!(notes[0].ends_with("names: x (2 pictures)"), "{notes:?}");
        assert!(notes[1].ends_with("4 focused pictures"), "{notes:?}");
        // Where nothing but focused pictures is there, names are no more than numbers.
        let (names, notes) = found(&candidates[1..]).unwrap();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 6);
        assert!(notes.is_empty(), "{notes:?}");
    }
}
