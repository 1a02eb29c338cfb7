//! What a split did.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::data::counts::{some, write_table};
use crate::data::fingerprint::HASH_BITS;
use crate::data::{LabelCounts, Row};

/// A picture that is in no row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The picture.
    pub image: String,
    /// Why.
    pub cause: String,
}

/// Two pictures that were given one source because they look alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LookAlike {
    /// One picture.
    pub first: String,
    /// The other.
    pub second: String,
    /// How many of 256 bits of their hashes differ.
    pub distance: u32,
    /// Their labels differ, so that one may be wrong.
    pub other_label: bool,
}

/// What a split did.
#[derive(Clone, Debug, Serialize)]
pub struct SplitReport {
    /// The manifest that was written.
    pub manifest: PathBuf,
    /// Seed of everything that was random.
    pub seed: u64,
    /// Number of folds.
    pub folds: usize,
    /// For each label: panoramic training, panoramic test, focused training, focused test.
    pub counts: LabelCounts,
    /// For each label: sources in each fold, then those for testing. A source with several labels
    /// counts under each.
    pub sources: BTreeMap<String, Vec<usize>>,
    /// Pictures of different photographs that were given one source.
    pub look_alikes: Vec<LookAlike>,
    /// Pictures that are in no row.
    pub left_out: Vec<LeftOut>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

/// For each label: sources in each fold, then those for testing.
pub(super) fn sources_of(rows: &[Row], folds: usize) -> BTreeMap<String, Vec<usize>> {
    let mut sources: BTreeMap<&str, Vec<BTreeSet<&str>>> = BTreeMap::new();
    for row in rows {
        let label = sources.entry(&row.label).or_default();
        label.resize(folds + 1, BTreeSet::new());
        label[row.fold.unwrap_or(folds).min(folds)].insert(&row.source);
    }
    sources
        .into_iter()
        .map(|(label, sets)| (label.to_string(), sets.iter().map(BTreeSet::len).collect()))
        .collect()
}

impl fmt::Display for SplitReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "pictures\n{}\n\nsources", self.counts)?;
        let folds = (0..self.folds).map(|fold| format!("fold {fold}"));
        let header: Vec<String> = std::iter::once("label".to_string())
            .chain(folds)
            .chain(["test".to_string()])
            .collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let rows = self.sources.iter().map(|(label, counts)| {
            let counts = counts.iter().map(usize::to_string);
            std::iter::once(label.clone()).chain(counts).collect()
        });
        write_table(f, &header, rows)?;
        writeln!(f)?;
        for pair in &self.look_alikes {
            let warning = match pair.other_label {
                true => "; their labels differ, one may be wrong",
                false => "",
            };
            writeln!(
                f,
                "one source, for they look alike: {} and {} ({} of {HASH_BITS} bits differ{warning})",
                pair.first, pair.second, pair.distance
            )?;
        }
        for left in &self.left_out {
            writeln!(f, "left out: {}: {}", left.image, left.cause)?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        write!(
            f,
            "wrote {}; {} left out, {} of look-alikes joined",
            self.manifest.display(),
            some(self.left_out.len(), "picture"),
            some(self.look_alikes.len(), "pair")
        )
    }
}
