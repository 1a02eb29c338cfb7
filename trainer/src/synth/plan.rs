//! Which photographs a dataset has: label, skin tone, split and fold of each.
//!
//! Both pictures of a photograph share its source, so they are always in the same split and fold.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::condition::Condition;

/// Cross-validation folds of the training photographs.
pub const FOLDS: usize = 5;
/// One photograph in this many is for testing.
const TEST_SHARE: usize = 6;

/// One photograph to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedPhoto {
    /// What it shows.
    pub condition: Condition,
    /// 1, 2, ... within its label.
    pub number: usize,
    /// Fitzpatrick type, 1 to 6.
    pub tone: u8,
    /// Fold 0 to 4 for training; `None` for testing.
    pub fold: Option<usize>,
}

impl PlannedPhoto {
    /// The name that its two pictures share, such as `HMI-0001`.
    pub fn source(&self) -> String {
        format!("{}-{:04}", self.condition.key(), self.number)
    }

    /// `train` or `test`.
    pub fn split(&self) -> &'static str {
        if self.fold.is_some() { "train" } else { "test" }
    }

    /// The photograph's own random stream; `part` tells apart scene and cameras.
    pub fn rng(&self, seed: u64, part: u64) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(((self.condition as u64 + 1) << 40) | ((self.number as u64) << 4) | part);
        rng
    }
}

/// Plans `per_label` photographs of every label, in the order of [`Condition::ALL`].
///
/// Tones are equally frequent, in the test split too; folds are dealt round-robin over tones.
pub fn plan(seed: u64, per_label: usize) -> Vec<PlannedPhoto> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let tests = ((per_label + TEST_SHARE / 2) / TEST_SHARE).max(1);
    let mut photos = Vec::with_capacity(per_label * Condition::ALL.len());
    for (index, condition) in Condition::ALL.into_iter().enumerate() {
        let mut order: Vec<usize> = (0..per_label).collect();
        order.shuffle(&mut rng);
        // Dealing tones along a random order makes any run of that order balanced in tone.
        let mut label: Vec<PlannedPhoto> = vec![
            PlannedPhoto {
                condition,
                number: 0,
                tone: 1,
                fold: None
            };
            per_label
        ];
        for (place, &i) in order.iter().enumerate() {
            label[i] = PlannedPhoto {
                condition,
                number: i + 1,
                tone: 1 + ((place + index) % 6) as u8,
                fold: place.checked_sub(tests).map(|k| k % FOLDS),
            };
        }
        photos.extend(label);
    }
    photos
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn tests_and_folds_are_balanced_over_labels_and_tones() {
        let photos = plan(7, 120);
        let mut tests: HashMap<(Condition, u8), usize> = HashMap::new();
        let mut folds: HashMap<(Condition, usize), usize> = HashMap::new();
        for photo in &photos {
            match photo.fold {
                None => *tests.entry((photo.condition, photo.tone)).or_default() += 1,
                Some(fold) => *folds.entry((photo.condition, fold)).or_default() += 1,
            }
        }
        assert_eq!(tests.values().sum::<usize>(), 140);
        assert!(
            tests.len() == 42 && tests.values().all(|n| (3..=4).contains(n)),
            "{tests:?}"
        );
        assert!(
            folds.len() == 35 && folds.values().all(|n| *n == 20),
            "{folds:?}"
        );
    }

    #[test]
    fn small_plans_still_test() {
        for per_label in 1..9 {
            let photos = plan(1, per_label);
            for condition in Condition::ALL {
                let tests = photos
                    .iter()
                    .filter(|p| p.condition == condition && p.fold.is_none())
                    .count();
                assert_eq!(tests, 1);
            }
        }
    }

    #[test]
    fn streams_differ() {
        use rand::Rng;
        let photos = plan(3, 3);
        let mut seen: Vec<u64> = photos
            .iter()
            .flat_map(|p| (0..3).map(|part| p.rng(3, part).random::<u64>()))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), photos.len() * 3);
    }
}
