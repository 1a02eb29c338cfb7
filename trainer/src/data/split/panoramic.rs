//! The panoramic pictures, and how focused ones name them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::candidate::Candidate;
use crate::data::PictureSet;
use crate::data::fingerprint::Fingerprint;

/// The panoramic pictures among all, found by what they are called.
pub(super) struct Panoramic<'a> {
    candidates: &'a [Candidate],
    /// The photograph of each panoramic picture.
    own_names: BTreeMap<usize, &'a str>,
    by_source: BTreeMap<&'a str, Vec<usize>>,
    by_photograph: BTreeMap<&'a str, Vec<usize>>,
    by_stem: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    /// By the name of the file, with and without its ending.
    by_file: BTreeMap<String, Vec<usize>>,
}

impl<'a> Panoramic<'a> {
    /// Sorts the panoramic pictures by their names; files with the same bytes are one photograph.
    pub fn of(candidates: &'a [Candidate], prints: &'a [Option<Fingerprint>]) -> Self {
        let mut panoramic = Self {
            candidates,
            own_names: BTreeMap::new(),
            by_source: BTreeMap::new(),
            by_photograph: BTreeMap::new(),
            by_stem: BTreeMap::new(),
            by_file: BTreeMap::new(),
        };
        let mut first: BTreeMap<&str, &str> = BTreeMap::new();
        for (index, candidate) in candidates.iter().enumerate() {
            if candidate.set != PictureSet::Panoramic {
                continue;
            }
            let own = candidate.source.as_ref().unwrap_or(&candidate.photograph);
            let own = match prints.get(index).and_then(Option::as_ref) {
                Some(print) => *first.entry(&print.sha256).or_insert(own),
                None => own,
            };
            panoramic.own_names.insert(index, own);
            if let Some(source) = &candidate.source {
                panoramic.by_source.entry(source).or_default().push(index);
            }
            let photograph = panoramic.by_photograph.entry(&candidate.photograph);
            photograph.or_default().push(index);
            let stem = panoramic.by_stem.entry((&candidate.label, &candidate.stem));
            stem.or_default().push(index);
            let file = &candidate.file;
            for name in [file.file_name(), file.file_stem()].into_iter().flatten() {
                let name = name.to_string_lossy().into_owned();
                panoramic.by_file.entry(name).or_default().push(index);
            }
        }
        panoramic
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.own_names.is_empty()
    }

    /// The photograph of a panoramic picture.
    pub fn own_name(&self, index: usize) -> &'a str {
        self.own_names.get(&index).copied().unwrap_or_default()
    }

    /// The photographs of a label that are called `stem`; `None` where there are none that `candidate`
    /// may come from.
    pub fn called(&self, candidate: &Candidate, stem: &str) -> Option<BTreeSet<&'a str>> {
        let options = self.by_stem.get(&(candidate.label.as_str(), stem))?;
        Some(self.fitting(candidate, options)).filter(|found| !found.is_empty())
    }

    /// The photographs that a table's `source` may mean: those of the pictures with that `source`, or
    /// called so (`LABEL/name`), or whose path is or ends so, with the ending of the file or without.
    pub fn named(&self, candidate: &Candidate, source: &str) -> BTreeSet<&'a str> {
        let path = Path::new(source);
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let of_file = self.by_file.get(file.as_ref()).into_iter().flatten();
        let of_path = |bare: bool| -> Vec<usize> {
            let meant = |index: &&usize| {
                let candidate = &self.candidates[**index];
                match bare {
                    true => candidate.file.with_extension("").ends_with(path),
                    false => candidate.name == source || candidate.file.ends_with(path),
                }
            };
            of_file.clone().filter(meant).copied().collect()
        };
        let known = |names: &BTreeMap<&str, Vec<usize>>| names.get(source).cloned();
        [
            known(&self.by_source).unwrap_or_default(),
            known(&self.by_photograph).unwrap_or_default(),
            of_path(false),
            of_path(true),
        ]
        .iter()
        .map(|options| self.fitting(candidate, options))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
    }

    /// Of these pictures' photographs those that show no other person; of several, those of the same
    /// person, and then those of the same label.
    fn fitting(&self, candidate: &Candidate, options: &[usize]) -> BTreeSet<&'a str> {
        let person = candidate.person.as_ref();
        let names = |options: &[usize]| -> BTreeSet<&'a str> {
            options.iter().map(|index| self.own_name(*index)).collect()
        };
        let chosen = |options: &[usize], fits: &dyn Fn(&Candidate) -> bool| -> Vec<usize> {
            let options = options.iter().copied();
            options
                .filter(|index| fits(&self.candidates[*index]))
                .collect()
        };
        let mut options = chosen(options, &|other| {
            person.is_none() || other.person.is_none() || other.person.as_ref() == person
        });
        let same_person = |other: &Candidate| person.is_some() && other.person.as_ref() == person;
        let same_label = |other: &Candidate| other.label == candidate.label;
        for better in [&same_person as &dyn Fn(&Candidate) -> bool, &same_label] {
            let fewer = chosen(&options, better);
            if names(&options).len() > 1 && !fewer.is_empty() {
                options = fewer;
            }
        }
        names(&options)
    }

    /// A name for a focused picture that comes from none of these, though one may be called alike.
    pub fn unlike(&self, photograph: &str) -> String {
        match self.by_photograph.contains_key(photograph) {
            true => format!("{photograph} (focused)"),
            false => photograph.to_string(),
        }
    }
}
