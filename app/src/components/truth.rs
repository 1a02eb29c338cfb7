//! What the opened sample is known to show, beside what the model says.

use genoderm_protocol::SetAnswer;
use leptos::prelude::*;

use crate::outcome::Outcome;
use crate::samples::Truth;
use crate::state::AppState;
use crate::text::{fill, text};

/// A verdict and the truth in words; nothing for a photograph of the reader's own.
#[component]
pub fn TruthNote(answer: SetAnswer) -> impl IntoView {
    let state = AppState::get();
    let sample = state
        .photo
        .with_untracked(|photo| photo.as_ref().and_then(|photo| photo.sample.clone()));
    sample.map(|sample| {
        let outcome = Outcome::of(&sample.truth, &answer);
        let key = match &sample.truth {
            Truth::Label(key) => Some(key.clone()),
            Truth::NotSkin => None,
        };
        let name = key.as_deref().map(|key| untrack(|| state.label_name(key)));
        let sentence = fill(
            truth_sentence(outcome, key.is_some()),
            &[("label", name.unwrap_or_default())],
        );
        view! {
            <p
                class="truth"
                data-testid="truth"
                data-grade=outcome.grade()
                data-truth=key.unwrap_or_else(|| "not-skin".to_owned())
            >
                <strong>{verdict(outcome)}</strong>
                " "
                {sentence}
            </p>
        }
    })
}

fn verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Right => text().verdict_right,
        Outcome::RightUnsure => text().verdict_right_unsure,
        Outcome::Near => text().verdict_near,
        Outcome::Wrong | Outcome::Refused | Outcome::Passed | Outcome::Unguarded => {
            text().verdict_wrong
        }
    }
}

fn truth_sentence(outcome: Outcome, is_skin: bool) -> &'static str {
    match outcome {
        Outcome::Refused => text().truth_label_refused,
        Outcome::Unguarded => text().truth_not_skin_unguarded,
        _ if is_skin => text().truth_label,
        _ => text().truth_not_skin,
    }
}
