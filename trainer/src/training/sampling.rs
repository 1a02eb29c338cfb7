//! Which pictures an epoch shows, in what order, and how they are cut into steps.

use std::collections::BTreeMap;

use rand::Rng;
use rand::seq::SliceRandom;

use crate::seed;

/// Tells the uses of the run's seed apart.
const ORDER: u64 = 1;

/// One use of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Draw {
    /// Position of the picture in the dataset.
    pub index: usize,
    /// How often the epoch has shown it before.
    pub repeat: u64,
}

/// The pictures of one optimiser step, cut into parts that go through the network one by one.
pub type Step = Vec<Vec<Draw>>;

/// Orders and cuts the pictures of each epoch; seed and epoch decide everything.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// Positions and labels of the training pictures.
    pub pictures: Vec<(usize, usize)>,
    /// Show each label equally often instead of each picture once.
    pub balanced: bool,
    /// Largest number of pictures in a step.
    pub batch: usize,
    /// Into how many parts a step is cut.
    pub parts: usize,
    /// Seed of the fold.
    pub seed: u64,
}

impl Sampler {
    /// How many steps every epoch has.
    ///
    /// Steps have `batch` pictures at most, and 2 at least: the statistics of one picture mean
    /// nothing. Only where both cannot be had (an odd number of pictures in steps of 2) one step is
    /// larger by one.
    pub fn step_count(&self) -> usize {
        let count = self.pictures.len();
        count.div_ceil(self.batch.max(1)).min(count / 2).max(1)
    }

    /// The steps of an epoch; sizes of steps, and of a step's parts, differ by at most one.
    pub fn steps(&self, epoch: usize) -> Vec<Step> {
        let mut random = seed::generator(&[self.seed, ORDER, epoch as u64]);
        let draws = if self.balanced {
            self.balanced_draws(&mut random)
        } else {
            let mut draws: Vec<Draw> = self
                .pictures
                .iter()
                .map(|(index, _)| Draw {
                    index: *index,
                    repeat: 0,
                })
                .collect();
            draws.shuffle(&mut random);
            draws
        };
        let steps = cut(&draws, self.step_count());
        steps
            .map(|step| {
                let parts = self.parts.min(step.len() / 2).max(1);
                cut(step, parts).map(<[Draw]>::to_vec).collect()
            })
            .collect()
    }

    /// As many draws as there are pictures, of each label equally many (to one). A label's pictures
    /// take turns: none comes again before all others of its label have come as often.
    fn balanced_draws(&self, random: &mut impl Rng) -> Vec<Draw> {
        let mut by_label: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, label) in &self.pictures {
            by_label.entry(*label).or_default().push(*index);
        }
        let mut labels: Vec<Vec<usize>> = by_label.into_values().collect();
        // Chance decides which labels come once more than the others.
        labels.shuffle(random);
        let count = self.pictures.len();
        let (each, more) = (count / labels.len().max(1), count % labels.len().max(1));
        let mut draws = Vec::with_capacity(count);
        for (position, pictures) in labels.iter_mut().enumerate() {
            let size = pictures.len();
            for turn in 0..each + usize::from(position < more) {
                if turn % size == 0 {
                    pictures.shuffle(random);
                }
                draws.push(Draw {
                    index: pictures[turn % size],
                    repeat: (turn / size) as u64,
                });
            }
        }
        draws.shuffle(random);
        draws
    }
}

/// Cuts into `count` pieces (1 or more) whose sizes differ by at most one.
fn cut(draws: &[Draw], count: usize) -> impl Iterator<Item = &[Draw]> {
    let (each, more) = (draws.len() / count, draws.len() % count);
    let mut rest = draws;
    (0..count).map(move |index| {
        let (piece, after) = rest.split_at(each + usize::from(index < more));
        rest = after;
        piece
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(count: usize, batch: usize) -> Sampler {
        Sampler {
            pictures: (0..count).map(|index| (index, index % 3)).collect(),
            balanced: false,
            batch,
            parts: 1,
            seed: 5,
        }
    }

    fn sizes(steps: &[Step]) -> Vec<usize> {
        let size = |step: &Step| step.iter().map(Vec::len).sum();
        steps.iter().map(size).collect()
    }

    #[test]
    fn every_picture_comes_once_in_steps_of_nearly_equal_size() {
        let sampler = sampler(33, 8);
        let steps = sampler.steps(1);
        assert_eq!(sizes(&steps), [7, 7, 7, 6, 6]);
        assert_eq!(steps.len(), sampler.step_count());
        let mut all = steps.concat().concat();
        all.sort_unstable();
        let once = (0..33).map(|index| Draw { index, repeat: 0 });
        assert_eq!(all, once.collect::<Vec<_>>());
        assert_ne!(steps, sampler.steps(2));
        assert_eq!(steps, sampler.steps(1));
    }

    #[test]
    fn no_part_of_any_step_has_a_single_picture() {
        for count in 2..40 {
            for batch in 2..9 {
                for parts in 1..5 {
                    let sampler = Sampler {
                        parts,
                        ..sampler(count, batch)
                    };
                    let steps = sampler.steps(1);
                    let smallest = steps.iter().flatten().map(Vec::len).min();
                    assert!(smallest >= Some(2), "{count} {batch} {parts}");
                    let most = if batch == 2 { 3 } else { batch };
                    assert!(sizes(&steps).iter().all(|size| *size <= most));
                }
            }
        }
    }

    #[test]
    fn steps_are_cut_into_equal_parts() {
        let sampler = Sampler {
            parts: 4,
            ..sampler(64, 16)
        };
        for step in sampler.steps(1) {
            let parts: Vec<usize> = step.iter().map(Vec::len).collect();
            assert_eq!(parts, [4; 4]);
        }
    }

    #[test]
    fn balanced_epochs_show_each_label_equally_often() {
        // 50 pictures of label 0, 9 of label 1, 1 of label 2.
        let label = |index: usize| usize::from(index >= 50) + usize::from(index == 59);
        let sampler = Sampler {
            pictures: (0..60).map(|index| (index, label(index))).collect(),
            balanced: true,
            ..sampler(60, 8)
        };
        let draws = sampler.steps(3).concat().concat();
        let mut counts = [0; 3];
        draws.iter().for_each(|draw| counts[label(draw.index)] += 1);
        assert_eq!(counts, [20; 3]);
        // Label 1 takes turns: each of its pictures twice, two of them a third time.
        let times = |index| draws.iter().filter(|draw| draw.index == index).count();
        let of_label_1: Vec<usize> = (50..59).map(times).collect();
        assert!(of_label_1.iter().all(|times| (2..=3).contains(times)));
        // Every use of a picture has another number, so that it is changed in another way.
        let mut of_label_2: Vec<u64> = draws
            .iter()
            .filter(|draw| draw.index == 59)
            .map(|draw| draw.repeat)
            .collect();
        of_label_2.sort_unstable();
        assert_eq!(of_label_2, (0..20).collect::<Vec<_>>());
        assert_eq!(draws, sampler.steps(3).concat().concat());
        assert_ne!(draws, sampler.steps(4).concat().concat());
    }
}
