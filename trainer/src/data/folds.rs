//! Dealing training pictures into folds, without a source ever being in two of them.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;

use crate::data::{Manifest, Row, Split};
use crate::error::{Error, Result};
use crate::seed;

/// Which fold each training row belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldPlan {
    /// How many folds there are.
    pub count: usize,
    /// Fold of each row of the manifest; `None` for test rows.
    pub of_row: Vec<Option<usize>>,
}

impl FoldPlan {
    /// The manifest's own folds, or newly dealt ones.
    ///
    /// With `count`, training rows are dealt into that many folds and the manifest's column is not
    /// looked at. Without it the column is used; when it is empty everywhere, five are dealt.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when there are fewer than two folds or one would be empty;
    /// [`Error::Manifest`] when only some training rows have a fold.
    pub fn of(manifest: &Manifest, count: Option<usize>, seed: u64) -> Result<Self> {
        let training = || manifest.rows.iter().filter(|row| row.split == Split::Train);
        let none_given = training().all(|row| row.fold.is_none());
        let plan = match count {
            Some(count) => deal_folds(&manifest.rows, count, seed),
            None if none_given => deal_folds(&manifest.rows, 5, seed),
            None => {
                let faults = training()
                    .filter(|row| row.fold.is_none())
                    .map(|row| crate::data::RowError {
                        line: row.line,
                        column: "fold".into(),
                        cause: "is empty although other training rows have one".into(),
                    })
                    .collect();
                manifest.refuse(faults)?;
                let highest = training().filter_map(|row| row.fold).max().unwrap_or(0);
                Self {
                    count: highest + 1,
                    of_row: manifest.rows.iter().map(|row| row.fold).collect(),
                }
            }
        };
        plan.require_filled(manifest)?;
        Ok(plan)
    }

    fn require_filled(&self, manifest: &Manifest) -> Result<()> {
        if self.count < 2 {
            return Err(Error::input(format!(
                "{}: cross-validation needs at least two folds, there is {}",
                manifest.path.display(),
                self.count
            )));
        }
        let empty = (0..self.count).find(|fold| !self.of_row.contains(&Some(*fold)));
        match empty {
            None => Ok(()),
            Some(0) => Err(Error::input(format!(
                "{}: no training row is in fold 0: folds are numbered from 0 to {}",
                manifest.path.display(),
                self.count - 1
            ))),
            Some(fold) => Err(Error::input(format!(
                "{}: fold {fold} of {} has no pictures: use fewer folds (--folds) or more sources",
                manifest.path.display(),
                self.count
            ))),
        }
    }
}

/// Deals the sources of the training rows into `count` folds, label by label.
///
/// Sources of one label are shuffled and dealt in turn, each label starting where the one before
/// stopped, so that the folds are stratified and of about equal size. A source counts under the
/// label of its first row.
pub fn deal_folds(rows: &[Row], count: usize, seed: u64) -> FoldPlan {
    let mut by_label: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut fold_of_source: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.split == Split::Train) {
        if fold_of_source.insert(&row.source, 0).is_none() {
            by_label.entry(&row.label).or_default().push(&row.source);
        }
    }
    let mut next = 0;
    for (index, sources) in by_label.values_mut().enumerate() {
        // Sorted first: the deal must not depend on the order of the file.
        sources.sort_unstable();
        sources.shuffle(&mut seed::generator(&[seed, 0xF01D, index as u64]));
        for source in sources.iter() {
            fold_of_source.insert(source, next % count.max(1));
            next += 1;
        }
    }
    let of_row = rows
        .iter()
        .map(|row| match row.split {
            Split::Train => fold_of_source.get(row.source.as_str()).copied(),
            Split::Test => None,
        })
        .collect();
    FoldPlan { count, of_row }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::data::PictureSet;

    fn row(label: &str, source: usize, split: Split) -> Row {
        Row {
            line: 0,
            image: format!("{label}{source}.jpg"),
            set: PictureSet::Focused,
            label: label.into(),
            source: format!("{label}{source}"),
            split,
            fold: None,
            mask: None,
            tone: None,
        }
    }

    fn rows() -> Vec<Row> {
        let labels = ["A", "B", "C"];
        let mut rows = Vec::new();
        for label in labels {
            for source in 0..7 {
                // Two pictures of each source.
                rows.push(row(label, source, Split::Train));
                rows.push(row(label, source, Split::Train));
            }
            rows.push(row(label, 99, Split::Test));
        }
        rows
    }

    #[test]
    fn sources_stay_together_and_labels_are_spread() {
        let rows = rows();
        let plan = deal_folds(&rows, 3, 1);
        let mut fold_of = BTreeMap::new();
        let mut per_fold = BTreeMap::new();
        for (row, fold) in rows.iter().zip(&plan.of_row) {
            assert_eq!(fold.is_none(), row.split == Split::Test);
            let Some(fold) = fold else { continue };
            assert_eq!(*fold_of.entry(&row.source).or_insert(*fold), *fold);
            *per_fold.entry((&row.label, *fold)).or_insert(0) += 1;
        }
        // Seven sources of two pictures in three folds: 4 or 6 pictures of each label in each.
        assert!(per_fold.values().all(|count| (4..=6).contains(count)));
        assert_eq!(per_fold.len(), 9);
    }

    #[test]
    fn the_deal_depends_on_the_seed_but_not_on_the_order_of_rows() {
        let rows = rows();
        let reversed: Vec<Row> = rows.iter().rev().cloned().collect();
        let mut backwards = deal_folds(&reversed, 3, 1).of_row;
        backwards.reverse();
        assert_eq!(deal_folds(&rows, 3, 1).of_row, backwards);
        assert_ne!(deal_folds(&rows, 3, 1), deal_folds(&rows, 3, 2));
    }

    #[test]
    fn a_fold_without_pictures_is_refused() {
        let manifest = Manifest {
            path: "manifest.csv".into(),
            rows: vec![row("A", 0, Split::Train), row("A", 1, Split::Train)],
            sha256: String::new(),
        };
        assert!(FoldPlan::of(&manifest, Some(2), 0).is_ok());
        let message = FoldPlan::of(&manifest, Some(3), 0).unwrap_err().to_string();
        assert!(message.contains("fold 2 of 3 has no pictures"), "{message}");
        assert!(FoldPlan::of(&manifest, Some(1), 0).is_err());
    }

    #[test]
    fn folds_numbered_from_1_are_refused_with_the_reason() {
        let mut rows = vec![row("A", 0, Split::Train), row("A", 1, Split::Train)];
        for (row, fold) in rows.iter_mut().zip(1..) {
            row.fold = Some(fold);
        }
        let manifest = Manifest {
            path: "manifest.csv".into(),
            rows,
            sha256: String::new(),
        };
        let message = FoldPlan::of(&manifest, None, 0).unwrap_err().to_string();
        assert!(message.contains("numbered from 0"), "{message}");
    }
}
