//! What the answer can be trusted for: the labels that cannot be ruled out, and whether the picture is one that the
//! model knows anything about. Shown only where the bundle is calibrated for it.

use genoderm_protocol::{GuardVerdict, PredictionSet};
use leptos::prelude::*;

use crate::format;
use crate::state::AppState;
use crate::text::{alternatives, fill, text};

/// A warning for a picture that does not look like skin; nothing for others.
#[component]
pub fn GuardNote(verdict: GuardVerdict) -> impl IntoView {
    (!verdict.accepted).then(|| {
        view! {
            <div
                class="refusal"
                data-testid="guard-note"
                data-kind=verdict.kind
                data-score=verdict.score.to_string()
            >
                <p class="refusal-title">{text().guard_title}</p>
                <p>{text().guard_note}</p>
            </div>
        }
    })
}

/// The labels that cannot be ruled out, in a sentence.
#[component]
pub fn SetSentence(set: PredictionSet) -> impl IntoView {
    let state = AppState::get();
    let words: Vec<String> = set
        .labels
        .iter()
        .map(|key| untrack(|| state.label_short(key)))
        .collect();
    let values = [
        ("coverage", format::share(set.coverage)),
        ("labels", alternatives(&words)),
    ];
    let sentence = fill(text().prediction_set, &values);
    let meaning = fill(text().prediction_set_meaning, &values);
    view! {
        <p
            data-testid="prediction-set"
            data-coverage=set.coverage.to_string()
            data-labels=set.labels.join(" ")
        >
            {sentence}
        </p>
        <p class="hint">{meaning}</p>
    }
}
