//! The networks after the first: how they come, and what is said of an answer before all have come.

use genoderm_protocol::{FailureKind, Progress, SetAnswer, SetInfo};

use crate::text::text;

/// How the networks after the first come.
#[derive(Clone, Debug, PartialEq)]
pub enum Joining {
    /// Nothing is under way: all are there, there is no engine, or it is at other work.
    Resting,
    /// The next one is on its way; `None` before it says how far.
    Running(Option<Progress>),
    /// They are not kept on this device, and nothing is fetched while a photograph is open.
    Held,
    /// The reader stopped it.
    Stopped,
    /// One could not be used.
    Failed,
}

impl Joining {
    /// Whether it goes on by itself as soon as the engine is free.
    pub fn goes_on(&self) -> bool {
        matches!(self, Self::Resting | Self::Running(_))
    }
}

/// Gaps of the sentences on an answer: `{present}` networks of `{networks}`.
pub fn network_values(answer: &SetAnswer) -> [(&'static str, String); 2] {
    [
        ("present", answer.folds.len().to_string()),
        ("networks", answer.networks.to_string()),
    ]
}

/// About how many bytes of a set are still to come: its networks are equally large.
pub fn missing_bytes(set: &SetInfo) -> u64 {
    let missing = set.folds.len().saturating_sub(set.present.len()) as u64;
    set.bytes * missing / (set.folds.len() as u64).max(1)
}

/// Whether some set that was asked has all its networks now, and not all of them are in the answers.
pub fn can_be_renewed(answers: &[SetAnswer], asked: &[SetInfo]) -> bool {
    let lacks_some = |set: &&SetInfo| {
        let answer = answers.iter().find(|answer| answer.set == set.name);
        answer.is_none_or(SetAnswer::is_preliminary)
    };
    let whole = |set: &&SetInfo| set.is_whole() && !set.folds.is_empty();
    asked.iter().filter(whole).any(|set| lacks_some(&set))
}

/// Why a network is not used, in one sentence.
pub fn failed_sentence(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Download => text().fast_failed_download,
        FailureKind::Checksum | FailureKind::BadBundle => text().fast_failed_checksum,
        FailureKind::GoldenMismatch => text().fast_failed_golden,
        _ => text().fast_failed,
    }
}

#[cfg(test)]
mod tests {
    use genoderm_protocol::FoldAnswer;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// A set of five networks, of which so many are there.
    fn set(name: &str, present: usize) -> SetInfo {
        SetInfo {
            name: name.into(),
            folds: (0..5).collect(),
            present: (0..present).collect(),
            bytes: 1_000,
        }
    }

    /// The answer of so many of its networks.
    fn answer(name: &str, networks: usize) -> SetAnswer {
        let fold = |fold| FoldAnswer {
            fold,
            logits: Vec::new(),
            probabilities: Vec::new(),
            voted: true,
        };
        SetAnswer {
            set: name.into(),
            region: None,
            ranking: Vec::new(),
            folds: (0..networks).map(fold).collect(),
            networks: 5,
            fallback: false,
            prediction_set: None,
            guard: None,
        }
    }

    #[test]
    fn what_is_missing_is_measured_by_networks() {
        assert_eq!(missing_bytes(&set("focused", 0)), 1_000);
        assert_eq!(missing_bytes(&set("focused", 2)), 600);
        assert_eq!(missing_bytes(&set("focused", 5)), 0);
    }

    #[test]
    fn an_answer_is_renewed_when_any_of_its_sets_is_complete() {
        let one = |networks, present| {
            can_be_renewed(&[answer("focused", networks)], &[set("focused", present)])
        };
        assert!(!one(1, 4) && one(1, 5) && !one(5, 5));
        let both = |answered: (usize, usize), present: (usize, usize)| {
            let answers = [
                answer("panoramic", answered.0),
                answer("focused", answered.1),
            ];
            let asked = [set("panoramic", present.0), set("focused", present.1)];
            can_be_renewed(&answers, &asked)
        };
        // The first lacks some, the second, neither.
        assert!(both((2, 5), (5, 5)) && !both((2, 5), (3, 5)));
        assert!(both((2, 2), (2, 5)) && both((5, 1), (5, 5)) && !both((5, 1), (5, 4)));
        assert!(!both((5, 5), (5, 5)));
    }

    #[test]
    fn a_set_that_could_not_answer_at_all_answers_once_it_is_complete() {
        let answers = [answer("focused", 5)];
        let asked = |present| [set("panoramic", present), set("focused", 5)];
        assert!(!can_be_renewed(&answers, &asked(0)) && !can_be_renewed(&answers, &asked(4)));
        assert!(can_be_renewed(&answers, &asked(5)));
        let empty = SetInfo {
            folds: Vec::new(),
            ..set("panoramic", 0)
        };
        assert!(!can_be_renewed(&answers, &[empty, set("focused", 5)]));
    }
}
