//! Which focused and panoramic pictures are one photograph's, as far as their slide numbers tell.
//!
//! `<LABEL>Slide<N>.jpg` and `<LABEL>_recropSlide<N>.jpg` come from two slide shows. One photograph may
//! have several focused pictures, so that the same number does not prove a pair. Where the test
//! pictures of a label have exactly the same numbers in both sets, it does: for 20 of about 100
//! numbers, chance would not.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;

use crate::data::import::authors::Found;
use crate::data::{PictureSet, Split};

/// When a focused and a panoramic picture with the same slide number are one photograph's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Pairing {
    /// For a label whose test pictures have the same numbers in both sets (three or more)
    #[default]
    Auto,
    /// Always
    Numbers,
    /// Never: each picture is a source of its own
    None,
}

/// The number of `...Slide46`.
pub(super) fn slide_number(stem: &str) -> Option<u64> {
    let (_, number) = stem.rsplit_once("Slide")?;
    number.parse().ok()
}

/// Gives a photograph's focused and panoramic picture one source, where their numbers tell.
pub(super) fn pair(found: &mut [Found], pairing: Pairing, notes: &mut Vec<String>) {
    let mut labels: BTreeMap<String, [Numbers; 2]> = BTreeMap::new();
    for picture in found.iter() {
        let sets = labels.entry(picture.row.label.clone()).or_default();
        let set = &mut sets[usize::from(picture.row.set == PictureSet::Focused)];
        set.pictures += 1;
        if picture.row.split == Split::Test {
            set.tests.extend(picture.number);
        }
    }
    let (paired, mut unknown): (BTreeMap<_, _>, BTreeMap<_, _>) =
        labels
            .into_iter()
            .partition(|(_, [panoramic, focused])| match pairing {
                Pairing::Auto => panoramic.tests.len() >= 3 && panoramic.tests == focused.tests,
                Pairing::Numbers => true,
                Pairing::None => false,
            });
    for picture in found.iter_mut() {
        if let Some(number) = picture.number
            && paired.contains_key(&picture.row.label)
        {
            picture.row.source = format!("{}-{number}", picture.row.label);
        }
    }
    if pairing == Pairing::Auto {
        let names = |labels: BTreeMap<String, _>| labels.into_keys().collect::<Vec<_>>().join(", ");
        if !paired.is_empty() {
            let names = names(paired);
            notes.push(format!(
                "focused and panoramic pictures of the same number share a source: {names}"
            ));
        }
        unknown.retain(|_, sets| sets.iter().all(|set| set.pictures > 0));
        if !unknown.is_empty() {
            let names = names(unknown);
            notes.push(format!(
                "slide numbers do not tell which pictures are one photograph's, each is a source of its own: {names}"
            ));
        }
    }
}

/// What one set of a label holds.
#[derive(Default)]
struct Numbers {
    pictures: usize,
    /// Slide numbers of the test pictures.
    tests: BTreeSet<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slide_numbers() {
        assert_eq!(slide_number("TSC_recropSlide46"), Some(46));
        assert_eq!(slide_number("EverythingElseSlide210"), Some(210));
        assert_eq!(slide_number("photo7"), None);
    }
}
