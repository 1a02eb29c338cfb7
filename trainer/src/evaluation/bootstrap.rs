//! How far figures would move on other pictures: the bootstrap over sources.
//!
//! Pictures of one source (a person, a photograph) are alike, so drawing single pictures would make
//! intervals too narrow. Whole sources are drawn with replacement (the cluster bootstrap, Field and
//! Welsh 2007); where every source has one picture this is the usual bootstrap over pictures.

use std::collections::BTreeMap;

use rand::Rng;
use rayon::prelude::*;
use serde::Serialize;

use crate::seed;

/// Tells the bootstrap's random numbers from other uses of a seed.
const BOOTSTRAP: u64 = 40;

/// How often to draw, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bootstrap {
    /// Number of drawings; 0 for no intervals.
    pub replicates: usize,
    /// The same seed gives the same intervals, on any number of cores.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self {
            replicates: 1000,
            seed: 0,
        }
    }
}

/// Pictures grouped by their source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clusters {
    /// The pictures of each source, in the order of the sources' names.
    pub members: Vec<Vec<usize>>,
    pictures: usize,
}

impl Clusters {
    /// Groups pictures, given the source of each.
    pub fn of<'a>(sources: impl IntoIterator<Item = &'a str>) -> Self {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut pictures = 0;
        for source in sources {
            groups.entry(source).or_default().push(pictures);
            pictures += 1;
        }
        Self {
            members: groups.into_values().collect(),
            pictures,
        }
    }

    /// Draws as many sources as there are, and counts how often each picture came.
    pub fn draw(&self, random: &mut impl Rng) -> Vec<u32> {
        let mut counts = vec![0; self.pictures];
        for _ in 0..self.members.len() {
            for picture in &self.members[random.random_range(0..self.members.len())] {
                counts[*picture] += 1;
            }
        }
        counts
    }
}

impl Bootstrap {
    /// The statistic of every drawing, computed on all cores.
    ///
    /// `statistic` gets how often each picture was drawn. Empty when there are fewer than two
    /// sources: nothing can be said about others then.
    pub fn run<T: Send>(
        &self,
        clusters: &Clusters,
        statistic: impl Fn(&[u32]) -> T + Sync,
    ) -> Vec<T> {
        if clusters.members.len() < 2 {
            return Vec::new();
        }
        (0..self.replicates)
            .into_par_iter()
            .map(|replicate| {
                let mut random = seed::generator(&[self.seed, BOOTSTRAP, replicate as u64]);
                statistic(&clusters.draw(&mut random))
            })
            .collect()
    }
}

/// The middle 95% of the values (percentile interval, Efron 1981; interpolated as numpy does).
///
/// `None` without values. Drawings in which the statistic is undefined are left out by the caller.
pub fn percentile_interval(values: impl IntoIterator<Item = f64>) -> Option<[f64; 2]> {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let quantile = |share: f64| {
        let position = share * last as f64;
        let below = position.floor() as usize;
        let above = (below + 1).min(last);
        sorted[below] + (sorted[above] - sorted[below]) * (position - below as f64)
    };
    Some([quantile(0.025), quantile(0.975)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn percentiles_are_numpys() {
        // numpy.percentile(range(11), [2.5, 97.5])
        let [low, high] = percentile_interval((0..11).map(f64::from)).unwrap();
        assert!((low - 0.25).abs() < 1e-12 && (high - 9.75).abs() < 1e-12);
        assert_eq!(percentile_interval([3.0]), Some([3.0, 3.0]));
        assert_eq!(percentile_interval([]), None);
    }

    #[test]
    fn whole_sources_are_drawn() {
        let clusters = Clusters::of(["b", "a", "b", "c", "b"]);
        assert_eq!(clusters.members, [vec![1], vec![0, 2, 4], vec![3]]);
        let mut random = seed::generator(&[1]);
        for _ in 0..50 {
            let counts = clusters.draw(&mut random);
            assert!(counts[0] == counts[2] && counts[2] == counts[4]);
            assert_eq!(counts[0] + counts[1] + counts[3], 3);
        }
    }

    #[test]
    fn a_seed_gives_the_same_numbers_and_another_one_others() {
        let clusters = Clusters::of((0..30).map(|i| ["a", "b", "c", "d", "e"][i % 5]));
        let run = |seed| {
            let bootstrap = Bootstrap {
                replicates: 20,
                seed,
            };
            bootstrap.run(&clusters, <[u32]>::to_vec)
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let single = Clusters::of(["a", "a"]);
        assert!(Bootstrap::default().run(&single, |_| ()).is_empty());
    }

    /// Of 300 experiments with a known truth about 95% of the intervals must hold it; with four
    /// equal pictures a source, drawing pictures instead of sources must miss it far more often.
    #[test]
    fn intervals_cover_the_truth_as_often_as_they_say() {
        let (truth, sources, copies) = (0.7, 60, 4);
        let mut held = [0; 2];
        for experiment in 0..300 {
            let mut random = seed::generator(&[99, experiment]);
            let right: Vec<bool> = (0..sources).map(|_| random.random_bool(truth)).collect();
            let pictures: Vec<bool> = right.iter().flat_map(|r| [*r; 4]).collect();
            let names: Vec<String> = (0..sources * copies).map(|i| i.to_string()).collect();
            let by_source = Clusters::of((0..sources * copies).map(|i| names[i / copies].as_str()));
            let by_picture = Clusters::of(names.iter().map(String::as_str));
            let bootstrap = Bootstrap {
                replicates: 200,
                seed: experiment,
            };
            for (held, clusters) in held.iter_mut().zip([by_source, by_picture]) {
                let shares = bootstrap.run(&clusters, |counts| {
                    let hits: u32 = counts
                        .iter()
                        .zip(&pictures)
                        .map(|(c, r)| c * u32::from(*r))
                        .sum();
                    f64::from(hits) / f64::from(counts.iter().sum::<u32>())
                });
                let [low, high] = percentile_interval(shares).unwrap();
                *held += usize::from(low <= truth && truth <= high);
            }
        }
        // 95% of 300 is 285, with a standard deviation of 4; a percentile interval loses a little.
        assert!((270..=298).contains(&held[0]), "{held:?}");
        assert!(held[1] < 240, "{held:?}");
    }
}
