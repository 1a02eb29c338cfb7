//! Rows whose folds somebody else dealt, made free of leaks.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::{PictureSet, Row, Split};

/// What had to be changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// Training rows left out because their source is for testing.
    pub left_out: usize,
    /// Training rows moved to the fold of most pictures of their source.
    pub moved: usize,
}

/// Makes each source lie in one split and, within a set, in one fold.
pub(super) fn settle(rows: &mut Vec<Row>) -> Settled {
    let tested: BTreeSet<String> = rows
        .iter()
        .filter(|row| row.split == Split::Test)
        .map(|row| row.source.clone())
        .collect();
    let before = rows.len();
    rows.retain(|row| row.split == Split::Test || !tested.contains(&row.source));
    let mut votes: BTreeMap<(String, PictureSet), BTreeMap<Option<usize>, usize>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.split == Split::Train) {
        let votes = votes.entry((row.source.clone(), row.set)).or_default();
        *votes.entry(row.fold).or_default() += 1;
    }
    let mut settled = Settled {
        left_out: before - rows.len(),
        moved: 0,
    };
    for row in rows.iter_mut().filter(|row| row.split == Split::Train) {
        let Some(votes) = votes.get(&(row.source.clone(), row.set)) else {
            continue;
        };
        // The lowest of the folds with most votes.
        let most = votes.values().max();
        let fold = votes.iter().find(|(_, count)| Some(*count) == most);
        if let Some((fold, _)) = fold
            && *fold != row.fold
        {
            row.fold = *fold;
            settled.moved += 1;
        }
    }
    settled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(set: PictureSet, source: &str, fold: Option<usize>) -> Row {
        Row {
            line: 0,
            image: String::new(),
            set,
            label: "NF1".into(),
            source: source.into(),
            split: fold.map_or(Split::Test, |_| Split::Train),
            fold,
            mask: None,
            tone: None,
        }
    }

    #[test]
    fn sources_are_kept_together() {
        use PictureSet::{Focused, Panoramic};
        let mut rows = vec![
            row(Focused, "a", Some(2)),
            row(Focused, "a", Some(1)),
            row(Focused, "a", Some(1)),
            row(Panoramic, "a", Some(4)),
            row(Focused, "b", None),
            row(Panoramic, "b", Some(3)),
        ];
        let settled = settle(&mut rows);
        assert_eq!((settled.left_out, settled.moved), (1, 1));
        let folds: Vec<Option<usize>> = rows.iter().map(|row| row.fold).collect();
        assert_eq!(folds, [Some(1), Some(1), Some(1), Some(4), None]);
    }
}
