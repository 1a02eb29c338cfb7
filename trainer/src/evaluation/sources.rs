//! Figures of sources: persons or photographs that several pictures may come from.

use serde::Serialize;

use crate::evaluation::bootstrap::{Bootstrap, Clusters, percentile_interval};

/// How good the answers are when every source counts the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceFigures {
    /// How many sources the pictures come from.
    pub sources: usize,
    /// Most pictures of one source.
    pub most_pictures: usize,
    /// Mean over the sources of the share of their pictures answered rightly: a person with many
    /// pictures counts no more than one with a single picture.
    pub accuracy: f64,
    /// Its 95% interval of the bootstrap over sources.
    pub accuracy_interval: Option<[f64; 2]>,
}

/// One source's pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceRow {
    /// The source as the manifest names it.
    pub source: String,
    /// How many of its pictures were measured.
    pub pictures: usize,
    /// How many of them were answered rightly.
    pub right: usize,
}

impl SourceRow {
    /// Share of its pictures that were answered rightly, 0 to 1.
    pub fn share(&self) -> f64 {
        self.right as f64 / self.pictures.max(1) as f64
    }
}

impl SourceFigures {
    /// Counts by source; `right` says whether each picture was answered rightly.
    pub(crate) fn of(clusters: &Clusters, right: &[bool], bootstrap: Bootstrap) -> Self {
        let share = |members: &Vec<usize>| {
            let hits = members.iter().filter(|picture| right[**picture]).count();
            hits as f64 / members.len() as f64
        };
        let shares: Vec<f64> = clusters.members.iter().map(share).collect();
        let mean = |counts: &[u32]| {
            // Every picture of a source was drawn as often as the source.
            let drawn = clusters.members.iter().map(|members| counts[members[0]]);
            let sum: f64 = drawn.zip(&shares).map(|(n, s)| f64::from(n) * s).sum();
            sum / shares.len() as f64
        };
        Self {
            sources: shares.len(),
            most_pictures: clusters.members.iter().map(Vec::len).max().unwrap_or(0),
            accuracy: shares.iter().sum::<f64>() / shares.len().max(1) as f64,
            accuracy_interval: percentile_interval(bootstrap.run(clusters, mean)),
        }
    }
}

/// A row for each source, in the order of their names.
pub(crate) fn source_rows(clusters: &Clusters, names: &[&str], right: &[bool]) -> Vec<SourceRow> {
    let row = |members: &Vec<usize>| SourceRow {
        source: names[members[0]].to_owned(),
        pictures: members.len(),
        right: members.iter().filter(|picture| right[**picture]).count(),
    };
    clusters.members.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_source_counts_the_same() {
        // Person a has four pictures, three right; b and c one each, right and wrong.
        let names = ["a", "b", "a", "a", "c", "a"];
        let right = [true, true, true, false, false, true];
        let clusters = Clusters::of(names);
        let figures = SourceFigures::of(&clusters, &right, Bootstrap::default());
        assert_eq!((figures.sources, figures.most_pictures), (3, 4));
        assert!((figures.accuracy - (0.75 + 1.0 + 0.0) / 3.0).abs() < 1e-12);
        let [low, high] = figures.accuracy_interval.unwrap();
        assert!(low < 0.3 && high > 0.9, "{low} {high}");
        let rows = source_rows(&clusters, &names, &right);
        assert_eq!(
            (rows[0].source.as_str(), rows[0].pictures, rows[0].right),
            ("a", 4, 3)
        );
        assert_eq!((rows[2].pictures, rows[2].right), (1, 0));
    }
}
