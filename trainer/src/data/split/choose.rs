//! Which pictures are tested on.

use std::collections::{BTreeMap, BTreeSet};

use rand::Rng;
use rand::seq::{IndexedRandom, SliceRandom};

use super::SplitOptions;
use crate::data::PictureSet;
use crate::seed;

/// What the choice depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    pub label: &'a str,
    pub set: PictureSet,
    pub photograph: &'a str,
    pub source: &'a str,
}

/// Where a picture goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Train,
    Test,
    /// Of a source that is tested, but not itself the test picture.
    LeftOut,
}

/// The sources of one label.
#[derive(Default)]
struct Sources<'a> {
    all: BTreeSet<&'a str>,
    /// For each source that can be tested on, its whole photographs: indices of the leading set's
    /// pictures and of the other set's.
    testable: BTreeMap<&'a str, BTreeMap<&'a str, [Vec<usize>; 2]>>,
}

/// Chooses `test_per_label` photographs of each own label, of as many sources.
///
/// When there are pictures of both sets, a photograph that can be tested on has both, and one
/// picture of each is taken. A source counts under the label of most of its pictures.
///
/// # Errors
///
/// Names every label that has too few sources, with one left for each fold.
pub(super) fn choose_tests(
    pieces: &[Piece<'_>],
    options: &SplitOptions,
) -> Result<Vec<Place>, String> {
    let mut places = vec![Place::Train; pieces.len()];
    let own: BTreeSet<&str> = options
        .labels
        .iter()
        .filter(|label| label.own)
        .map(|label| label.key.as_str())
        .collect();
    let by_label = sources_by_label(pieces, &own);
    require_enough(&by_label, options)?;
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, piece) in pieces.iter().enumerate() {
        members.entry(piece.source).or_default().push(index);
    }
    for (number, sources) in by_label.values().enumerate() {
        let mut random = seed::generator(&[options.seed, 0x7E57, number as u64]);
        let mut order: Vec<&str> = sources.testable.keys().copied().collect();
        order.shuffle(&mut random);
        for source in order.into_iter().take(options.test_per_label) {
            for index in &members[source] {
                places[*index] = Place::LeftOut;
            }
            for index in one_of_each(&sources.testable[source], &mut random) {
                places[index] = Place::Test;
            }
        }
    }
    Ok(places)
}

/// One photograph of a source: a picture of each set.
fn one_of_each(photographs: &BTreeMap<&str, [Vec<usize>; 2]>, random: &mut impl Rng) -> Vec<usize> {
    let photographs: Vec<&[Vec<usize>; 2]> = photographs.values().collect();
    let photograph = photographs.choose(random);
    let sets = photograph.into_iter().flat_map(|sets| sets.iter());
    sets.filter_map(|indices| indices.choose(random).copied())
        .collect()
}

fn sources_by_label<'a>(
    pieces: &[Piece<'a>],
    own: &BTreeSet<&str>,
) -> BTreeMap<&'a str, Sources<'a>> {
    let label_of = label_of_source(pieces);
    let tested = |piece: &&Piece<'_>| own.contains(piece.label);
    let has = |set| pieces.iter().filter(tested).any(|piece| piece.set == set);
    let both = has(PictureSet::Panoramic) && has(PictureSet::Focused);
    let leading = match has(PictureSet::Panoramic) {
        true => PictureSet::Panoramic,
        false => PictureSet::Focused,
    };
    let mut by_label: BTreeMap<&str, Sources<'_>> = BTreeMap::new();
    for (index, piece) in pieces.iter().enumerate().filter(|(_, piece)| tested(piece)) {
        let sources = by_label.entry(piece.label).or_default();
        if label_of.get(piece.source) != Some(&piece.label) {
            continue;
        }
        sources.all.insert(piece.source);
        let photographs = sources.testable.entry(piece.source).or_default();
        let sets = photographs.entry(piece.photograph).or_default();
        sets[usize::from(piece.set != leading)].push(index);
    }
    for sources in by_label.values_mut() {
        for photographs in sources.testable.values_mut() {
            photographs
                .retain(|_, [leading, other]| !leading.is_empty() && (!both || !other.is_empty()));
        }
        sources
            .testable
            .retain(|_, photographs| !photographs.is_empty());
    }
    by_label
}

/// The label of most pictures of each source; of several, the first by name.
fn label_of_source<'a>(pieces: &[Piece<'a>]) -> BTreeMap<&'a str, &'a str> {
    let mut votes: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for piece in pieces {
        let votes = votes.entry(piece.source).or_default();
        *votes.entry(piece.label).or_default() += 1;
    }
    votes
        .into_iter()
        .filter_map(|(source, votes)| {
            // `max_by_key` takes the last of equals: counted from the end, that is the first.
            let (label, _) = votes.into_iter().rev().max_by_key(|(_, count)| *count)?;
            Some((source, label))
        })
        .collect()
}

fn require_enough(
    by_label: &BTreeMap<&str, Sources<'_>>,
    options: &SplitOptions,
) -> Result<(), String> {
    let (tests, folds) = (options.test_per_label, options.folds);
    let few: Vec<String> = by_label
        .iter()
        .filter(|(_, sources)| sources.testable.len() < tests || sources.all.len() < tests + folds)
        .map(
            |(label, sources)| match tests == 0 || sources.testable.len() == sources.all.len() {
                true => format!("{label} has {}", sources.all.len()),
                false => format!(
                    "{label} has {}, of which {} with a picture in each set",
                    sources.all.len(),
                    sources.testable.len()
                ),
            },
        )
        .collect();
    let test = match tests {
        0 => String::new(),
        _ => format!("{tests} test photographs of each label and "),
    };
    match few.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "too few sources for {test}one source in each of {folds} folds: {} (--test-per-label and --folds take smaller numbers)",
            few.join("; ")
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use genoderm_model::labels::LabelRegistry;

    use super::*;
    use crate::data::SplitInput;
    use crate::data::folds::deal_folds;
    use crate::data::{Row, Split};

    fn options(seed: u64, test_per_label: usize, folds: usize) -> SplitOptions {
        SplitOptions {
            input: SplitInput::Folder("photos".into()),
            out: "out".into(),
            set: PictureSet::Panoramic,
            labels: LabelRegistry::paper(),
            test_per_label,
            folds,
            seed,
            near_duplicates: None,
            person_folders: true,
            skip_broken: false,
        }
    }

    /// A picture: label, set, photograph, source.
    type Made = (&'static str, PictureSet, String, String);

    /// Sources of one to four photographs, with none to three focused pictures each.
    fn random_pictures(seed: u64) -> Vec<Made> {
        let mut random = seed::generator(&[seed, 0xDA7A]);
        let mut pictures = Vec::new();
        for (label, sources) in [
            ("NF1", 40),
            ("IP", 24),
            ("EverythingElse", 60),
            ("nevus", 9),
        ] {
            for number in 0..sources {
                let source = format!("{label}{number}");
                for photo in 0..random.random_range(1..=4) {
                    let photograph = format!("{source}/{photo}");
                    let mut push = |set| {
                        pictures.push((label, set, photograph.clone(), source.clone()));
                    };
                    push(PictureSet::Panoramic);
                    // The first photograph of each source has a focused picture: enough to test.
                    for _ in usize::from(photo > 0)..=random.random_range(0..=2) {
                        push(PictureSet::Focused);
                    }
                }
            }
        }
        pictures.shuffle(&mut random);
        pictures
    }

    fn pieces(pictures: &[Made]) -> Vec<Piece<'_>> {
        pictures
            .iter()
            .map(|(label, set, photograph, source)| Piece {
                label,
                set: *set,
                photograph,
                source,
            })
            .collect()
    }

    #[test]
    fn no_seed_makes_a_split_that_leaks_or_is_uneven() {
        for seed in 0..200 {
            let pictures = random_pictures(seed);
            let pieces = pieces(&pictures);
            let options = options(seed, 5 + seed as usize % 12, 2 + seed as usize % 5);
            let places = choose_tests(&pieces, &options).unwrap();
            let placed = || pieces.iter().zip(&places);

            // The test: of each own label as many photographs of as many sources, one picture a set.
            let mut tests: BTreeMap<(&str, PictureSet), Vec<(&str, &str)>> = BTreeMap::new();
            for (piece, _) in placed().filter(|(_, place)| **place == Place::Test) {
                let test = tests.entry((piece.label, piece.set)).or_default();
                test.push((piece.source, piece.photograph));
            }
            assert_eq!(tests.len(), 6, "nevus is not tested");
            for label in ["NF1", "IP", "EverythingElse"] {
                let of_set = |set| {
                    tests[&(label, set)]
                        .iter()
                        .copied()
                        .collect::<BTreeSet<_>>()
                };
                let panoramic = of_set(PictureSet::Panoramic);
                assert_eq!(
                    panoramic,
                    of_set(PictureSet::Focused),
                    "the same photographs"
                );
                let sources: BTreeSet<&str> = panoramic.iter().map(|(source, _)| *source).collect();
                assert_eq!(sources.len(), options.test_per_label);
                assert_eq!(tests[&(label, PictureSet::Focused)].len(), sources.len());
            }

            // Training: nothing of a tested source, each source in one fold, labels evenly spread.
            let tested: BTreeSet<&str> = tests
                .values()
                .flatten()
                .map(|(source, _)| *source)
                .collect();
            for (piece, place) in placed() {
                assert_eq!(*place == Place::Train, !tested.contains(piece.source));
            }
            let rows: Vec<Row> = placed()
                .filter(|(_, place)| **place == Place::Train)
                .map(|(piece, _)| Row {
                    line: 0,
                    image: String::new(),
                    set: piece.set,
                    label: piece.label.into(),
                    source: piece.source.into(),
                    split: Split::Train,
                    fold: None,
                    mask: None,
                    tone: None,
                })
                .collect();
            let folds = deal_folds(&rows, options.folds, seed).of_row;
            let mut fold_of: BTreeMap<&str, usize> = BTreeMap::new();
            let mut spread: BTreeMap<&str, Vec<BTreeSet<&str>>> = BTreeMap::new();
            for (row, fold) in rows.iter().zip(folds) {
                let fold = fold.unwrap();
                assert_eq!(*fold_of.entry(&row.source).or_insert(fold), fold);
                let label = spread.entry(&row.label).or_default();
                label.resize(options.folds, BTreeSet::new());
                label[fold].insert(&row.source);
            }
            for (label, folds) in spread {
                let sizes: Vec<usize> = folds.iter().map(BTreeSet::len).collect();
                let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
                assert!(most - least <= 1, "{label}: {sizes:?}");
            }
        }
    }

    #[test]
    fn the_choice_depends_on_the_seed_but_not_on_the_order() {
        let pictures = random_pictures(1);
        let chosen = |pictures: &[Made], seed| {
            let pieces = pieces(pictures);
            let places = choose_tests(&pieces, &options(seed, 6, 5)).unwrap();
            let tests = pieces
                .iter()
                .zip(places)
                .filter(|(_, place)| *place == Place::Test);
            let tests = tests.map(|(piece, _)| (piece.photograph.to_string(), piece.set));
            tests.collect::<BTreeSet<_>>()
        };
        let mut reversed = pictures.clone();
        reversed.reverse();
        assert_eq!(chosen(&pictures, 1), chosen(&reversed, 1));
        assert_ne!(chosen(&pictures, 1), chosen(&pictures, 2));
    }

    #[test]
    fn labels_with_too_few_sources_are_all_named() {
        let pictures = random_pictures(3);
        let cause = choose_tests(&pieces(&pictures), &options(0, 38, 5)).unwrap_err();
        assert!(cause.contains("IP has 24; NF1 has 40"), "{cause}");
        assert!(!cause.contains("EverythingElse has"), "{cause}");
        // Without focused pictures, a photograph cannot be tested on when there are both sets.
        let only_ip: Vec<Made> = pictures
            .into_iter()
            .filter(|(label, set, ..)| *label != "IP" || *set == PictureSet::Panoramic)
            .collect();
        let cause = choose_tests(&pieces(&only_ip), &options(0, 5, 5)).unwrap_err();
        assert!(cause.contains("IP has 24, of which 0 with"), "{cause}");
    }
}
