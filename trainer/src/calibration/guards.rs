//! Guards compared: how well does each score tell photographs of skin from other pictures?

use genoderm_model::calibration::{Guard, GuardScore};
use serde::{Deserialize, Serialize};

use crate::evaluation::RankedScores;

/// How well one score tells skin from other pictures.
///
/// `auroc` and `false_acceptance` compare like with like: single networks on pictures of skin that they
/// did not learn from, single networks on the other pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuardFigures {
    /// The score with the threshold that it would get.
    #[serde(flatten)]
    pub guard: Guard,
    /// Probability that a picture of skin has a higher score than another one; 0.5 is chance.
    pub auroc: f64,
    /// Share of the other pictures that a single network accepts at the threshold.
    pub false_acceptance: f64,
    /// Share of the other pictures that the folds together accept, as the guard is used.
    pub ensemble_false_acceptance: f64,
}

impl GuardFigures {
    /// Measures a guard.
    ///
    /// `skin` and `other` are scores of single networks, `ensemble` those of all folds together on the
    /// other pictures.
    pub fn of(guard: Guard, skin: &[f64], other: &[f64], ensemble: &[f64]) -> Self {
        let accepted = |scores: &[f64]| {
            let count = scores
                .iter()
                .filter(|s| guard.verdict(**s).accepted)
                .count();
            count as f64 / scores.len().max(1) as f64
        };
        Self {
            guard,
            auroc: auroc(skin, other),
            false_acceptance: accepted(other),
            ensemble_false_acceptance: accepted(ensemble),
        }
    }

    fn worse_false_acceptance(&self) -> f64 {
        self.false_acceptance.max(self.ensemble_false_acceptance)
    }

    /// The score.
    pub fn score(&self) -> GuardScore {
        self.guard.score
    }
}

/// Fewest pictures without skin that are shared out.
const FEWEST_TO_SHARE: usize = 8;

/// Whether the picture at `place` of `count` is one to choose a guard by (0), or one to measure the
/// chosen guard on (1): the best of several looks better than it is where it was chosen. Every second
/// one, so that both halves have pictures of all kinds where names tell the kind.
pub(crate) fn half_of(place: usize, count: usize) -> usize {
    match count {
        0..FEWEST_TO_SHARE => 0,
        _ => place % 2,
    }
}

/// The guard that lets the fewest other pictures pass, by one network or by all together, whichever is
/// more; among equals the one with the larger AUROC, then the first.
///
/// `None` when each lets a larger share than `most` pass: the silence of such a guard would be taken for
/// a yes.
pub fn choose_guard(figures: &[GuardFigures], most: f64) -> Option<&GuardFigures> {
    let usable = figures
        .iter()
        .filter(|guard| guard.worse_false_acceptance() <= most);
    usable.min_by(|one, other| {
        one.worse_false_acceptance()
            .total_cmp(&other.worse_false_acceptance())
            .then(other.auroc.total_cmp(&one.auroc))
    })
}

/// Area under the receiver operating characteristic: the probability that a positive has a higher value
/// than a negative, ties counting half (Mann & Whitney). Half without values on either side.
pub fn auroc(positives: &[f64], negatives: &[f64]) -> f64 {
    let scores: Vec<f32> = positives
        .iter()
        .chain(negatives)
        .map(|value| *value as f32)
        .collect();
    let once = vec![1; scores.len()];
    let ranked = RankedScores::new(&scores);
    ranked
        .auroc(|index| index < positives.len(), &once)
        .unwrap_or(0.5)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn auroc_counts_pairs_and_half_of_ties() {
        assert_eq!(auroc(&[2.0, 3.0], &[0.0, 1.0]), 1.0);
        assert_eq!(auroc(&[0.0, 1.0], &[2.0, 3.0]), 0.0);
        assert_eq!(auroc(&[1.0, 1.0], &[1.0]), 0.5);
        // Pairs: 3>2, 3>1, 1<2, 1=1: (2 + 0.5) / 4.
        assert_eq!(auroc(&[3.0, 1.0], &[2.0, 1.0]), 0.625);
        assert_eq!(auroc(&[], &[1.0]), 0.5);
    }

    #[test]
    fn halves_are_equal_and_few_pictures_are_not_shared_out() {
        let second = |count| (0..count).map(|place| half_of(place, count)).sum::<usize>();
        assert_eq!([7, 8, 15, 100].map(second), [0, 4, 7, 50]);
    }

    #[test]
    fn the_guard_that_lets_least_pass_is_chosen() {
        let skin: Vec<f64> = (0..20).map(f64::from).collect();
        let figures = |score, other: &[f64]| {
            let guard = Guard::fit(score, 0.95, &skin).unwrap();
            assert_eq!(guard.threshold, 1.0);
            GuardFigures::of(guard, &skin, other, &[0.0, 5.0])
        };
        let all = [
            figures(GuardScore::MaxProbability, &[0.0, 2.0, 3.0, 4.0]),
            figures(GuardScore::Energy, &[0.0, 0.5, 0.5, 18.0]),
            figures(GuardScore::Cosine, &[0.0, 0.5, 0.5, 1.0]),
        ];
        assert_eq!(all[0].false_acceptance, 0.75);
        assert_eq!(all[0].ensemble_false_acceptance, 0.5);
        assert!(
            choose_guard(&all[..1], 0.5).is_none(),
            "a guard that guards nothing"
        );
        let chosen = choose_guard(&all, 0.5).unwrap();
        assert_eq!(
            chosen.score(),
            GuardScore::Cosine,
            "a tie goes to the AUROC"
        );
        assert!(choose_guard(&[], 1.0).is_none());
    }
}
