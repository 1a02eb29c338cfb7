//! How an answer compares with what a picture is known to show.

use genoderm_protocol::SetAnswer;

use crate::samples::Truth;

/// An answer as good as one of these many is still of use to a reader.
const NEAR: usize = 3;

/// What the answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The right label is first, or the guard refuses what shows no skin.
    Right,
    /// The right label is first, but no network was sure.
    RightUnsure,
    /// The right label is among the first three.
    Near,
    /// It is not.
    Wrong,
    /// The guard refuses a picture of skin.
    Refused,
    /// A picture without skin passes the guard.
    Passed,
    /// A picture without skin is answered, for there is no guard.
    Unguarded,
}

impl Outcome {
    /// Judges an answer.
    pub fn of(truth: &Truth, answer: &SetAnswer) -> Self {
        let accepted = answer.guard.as_ref().map(|guard| guard.accepted);
        let key = match (truth, accepted) {
            (Truth::NotSkin, Some(false)) => return Self::Right,
            (Truth::NotSkin, Some(true)) => return Self::Passed,
            (Truth::NotSkin, None) => return Self::Unguarded,
            (Truth::Label(_), Some(false)) => return Self::Refused,
            (Truth::Label(key), _) => key,
        };
        match answer.ranking.iter().position(|label| label.key == *key) {
            Some(0) if answer.fallback => Self::RightUnsure,
            Some(0) => Self::Right,
            Some(place) if place < NEAR => Self::Near,
            _ => Self::Wrong,
        }
    }

    /// Right, near or wrong: what the style sheet and the tests tell apart.
    pub fn grade(self) -> &'static str {
        match self {
            Self::Right | Self::RightUnsure => "right",
            Self::Near => "near",
            Self::Wrong | Self::Refused | Self::Passed | Self::Unguarded => "wrong",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use genoderm_protocol::{GuardVerdict, RankedLabel};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn answer(accepted: Option<bool>, fallback: bool) -> SetAnswer {
        let label = |key: &str| RankedLabel {
            key: key.into(),
            name: String::new(),
            probability: 0.25,
        };
        SetAnswer {
            set: "focused".into(),
            region: None,
            ranking: ["NF1", "ML", "MA", "TSC"].map(label).into(),
            folds: Vec::new(),
            networks: 0,
            fallback,
            prediction_set: None,
            guard: accepted.map(|accepted| GuardVerdict {
                accepted,
                kind: "energy".into(),
                score: 0.0,
                threshold: 0.0,
            }),
        }
    }

    #[test]
    fn a_label_is_judged_by_its_place() {
        let judged = |key: &str| Outcome::of(&Truth::Label(key.into()), &answer(Some(true), false));
        assert_eq!(judged("NF1"), Outcome::Right);
        assert_eq!(judged("MA"), Outcome::Near);
        assert_eq!(judged("TSC"), Outcome::Wrong);
        assert_eq!(judged("unknown"), Outcome::Wrong);
        let unsure = Outcome::of(&Truth::Label("NF1".into()), &answer(None, true));
        assert_eq!(unsure, Outcome::RightUnsure);
    }

    #[test]
    fn a_guard_is_right_about_foreign_pictures_only() {
        let judged = |truth: &Truth, accepted| Outcome::of(truth, &answer(accepted, false));
        let skin = Truth::Label("NF1".into());
        assert_eq!(judged(&Truth::NotSkin, Some(false)), Outcome::Right);
        assert_eq!(judged(&Truth::NotSkin, Some(true)), Outcome::Passed);
        assert_eq!(judged(&Truth::NotSkin, None), Outcome::Unguarded);
        assert_eq!(judged(&skin, Some(false)), Outcome::Refused);
        assert_eq!(Outcome::Refused.grade(), "wrong");
    }
}
