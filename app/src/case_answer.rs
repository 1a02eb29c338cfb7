//! Several photographs of one person as one case.
//!
//! The rule is a simple one: the mean of the probabilities of all photographs that were answered and that the guard does not
//! refuse. It was not calibrated, so there is no list of labels that cannot be ruled out for it.

use genoderm_protocol::{RankedLabel, SetAnswer};

use crate::batch::Outcome;
use crate::state::is_refused;

/// The answer for all photographs together.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseAnswer {
    /// The set of networks that was asked.
    pub set: String,
    /// All labels by their mean probability, the most probable first.
    pub ranking: Vec<RankedLabel>,
    /// Places, from 0, of the photographs that count.
    pub counted: Vec<usize>,
}

/// Combines what is answered so far; `None` where no photograph counts.
///
/// Photographs for which no network was sure enough to vote count like the others, by the plain mean of their networks.
/// One that another set of networks has answered than the first does not count, nor does one with other labels.
pub fn combine(outcomes: &[Outcome]) -> Option<CaseAnswer> {
    let answered = outcomes.iter().enumerate().filter_map(|(place, outcome)| {
        let Outcome::Done(answer) = outcome else {
            return None;
        };
        (!is_refused(answer)).then_some((place, answer))
    });
    let mut answered = answered.peekable();
    let (_, first) = answered.peek()?;
    let (set, mut ranking) = (first.set.clone(), first.ranking.clone());
    let mut sums = vec![0.0_f64; ranking.len()];
    let mut counted = Vec::new();
    for (place, answer) in answered {
        let Some(probabilities) = in_order_of(&ranking, answer).filter(|_| answer.set == set)
        else {
            continue;
        };
        for (sum, probability) in sums.iter_mut().zip(probabilities) {
            *sum += f64::from(probability);
        }
        counted.push(place);
    }
    for (label, sum) in ranking.iter_mut().zip(sums) {
        label.probability = (sum / counted.len().max(1) as f64) as f32;
    }
    // Stable: labels of the same mean stay in the order of the first photograph.
    ranking.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    (!ranking.is_empty()).then_some(CaseAnswer {
        set,
        ranking,
        counted,
    })
}

/// An answer's probabilities in the order of these labels; `None` where it has others.
fn in_order_of(labels: &[RankedLabel], answer: &SetAnswer) -> Option<Vec<f32>> {
    if answer.ranking.len() != labels.len() {
        return None;
    }
    let probability = |label: &RankedLabel| {
        let found = answer.ranking.iter().find(|found| found.key == label.key);
        found.map(|found| found.probability)
    };
    labels.iter().map(probability).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::problem::Problem;
    use genoderm_protocol::{FailureKind, GuardVerdict};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn answer(set: &str, probabilities: &[(&str, f32)], accepted: bool) -> Outcome {
        let label = |&(key, probability): &(&str, f32)| RankedLabel {
            key: key.into(),
            name: key.into(),
            probability,
        };
        Outcome::Done(SetAnswer {
            region: None,
            networks: 0,
            set: set.into(),
            ranking: probabilities.iter().map(label).collect(),
            folds: Vec::new(),
            fallback: false,
            prediction_set: None,
            guard: Some(GuardVerdict {
                accepted,
                kind: "energy".into(),
                score: 0.0,
                threshold: 0.0,
            }),
        })
    }

    #[test]
    fn the_mean_leaves_out_what_is_refused_or_broken_or_still_waits() {
        let outcomes = [
            Outcome::Failed(Problem::Failure(FailureKind::BrokenFile)),
            answer("focused", &[("NF1", 0.75), ("ML", 0.25)], true),
            answer("focused", &[("ML", 1.0), ("NF1", 0.0)], false),
            answer("focused", &[("ML", 0.875), ("NF1", 0.125)], true),
            Outcome::Waiting,
        ];
        let case = combine(&outcomes).unwrap();
        assert_eq!(
            (case.set.as_str(), &case.counted[..]),
            ("focused", &[1, 3][..])
        );
        let ranking: Vec<_> = case
            .ranking
            .iter()
            .map(|label| (label.key.as_str(), label.probability))
            .collect();
        // (0.25 + 0.875) / 2 and (0.75 + 0.125) / 2
        assert_eq!(ranking, [("ML", 0.5625), ("NF1", 0.4375)]);
    }

    #[test]
    fn without_a_photograph_that_counts_there_is_no_answer() {
        assert_eq!(combine(&[]), None);
        assert_eq!(
            combine(&[Outcome::Running, answer("focused", &[("NF1", 1.0)], false)]),
            None
        );
    }

    #[test]
    fn answers_of_other_networks_or_labels_do_not_count() {
        let outcomes = [
            answer("focused", &[("NF1", 0.5), ("ML", 0.5)], true),
            answer("panoramic", &[("NF1", 1.0), ("ML", 0.0)], true),
            answer("focused", &[("NF1", 1.0), ("TSC", 0.0)], true),
        ];
        let case = combine(&outcomes).unwrap();
        assert_eq!(case.counted, [0]);
        assert_eq!(case.ranking[0].probability, 0.5);
    }
}
