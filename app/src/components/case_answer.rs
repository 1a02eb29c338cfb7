//! Photographs of one person: the switch above the table, and the answer for all of them together.

use genoderm_protocol::RankedLabel;
use leptos::prelude::*;

use crate::case_answer::CaseAnswer;
use crate::format;
use crate::state::AppState;
use crate::text::{fill, text};

/// The switch, and the answer while it is on.
#[component]
pub fn OnePerson() -> impl IntoView {
    let state = AppState::get();
    let on = state.batch.one_person;
    view! {
        <label class="check">
            <input
                type="checkbox"
                data-testid="one-person"
                aria-describedby="one-person-hint"
                prop:checked=move || on.get()
                on:change=move |event| on.set(event_target_checked(&event))
            />
            {text().person_switch}
        </label>
        <p class="hint" id="one-person-hint">
            {text().person_hint}
        </p>
        <Show when=move || on.get()>
            {move || match state.batch.case_answer() {
                Some(answer) => view! { <Together answer /> }.into_any(),
                None => view! { <p data-testid="case-answer-none">{text().person_none}</p> }.into_any(),
            }}
        </Show>
    }
}

#[component]
fn Together(answer: CaseAnswer) -> impl IntoView {
    let state = AppState::get();
    let total = state.batch.rows.with_untracked(Vec::len);
    let places: Vec<_> = answer
        .counted
        .iter()
        .map(|place| (place + 1).to_string())
        .collect();
    let values = [
        ("count", places.len().to_string()),
        ("total", total.to_string()),
        ("places", places.join(text().list_separator)),
    ];
    let sentence = fill(text().person_counted.form(places.len() as u64), &values);
    let rows = answer
        .ranking
        .into_iter()
        .map(|label| view! { <Row label /> })
        .collect_view();
    view! {
        <div
            class="case-answer"
            role="group"
            aria-labelledby="case-answer-title"
            data-testid="case-answer"
            data-counted=places.join(" ")
        >
            <h3 id="case-answer-title">{text().person_title}</h3>
            <ol class="ranking">{rows}</ol>
            <p>{sentence}</p>
            <p class="hint">{text().person_rule}</p>
        </div>
    }
}

#[component]
fn Row(label: RankedLabel) -> impl IntoView {
    let state = AppState::get();
    let name = untrack(|| state.label_name(&label.key));
    let width = format!(
        "{:.2}%",
        f64::from(label.probability).clamp(0.0, 1.0) * 100.0
    );
    view! {
        <li
            class="result"
            data-testid="case-answer-row"
            data-label=label.key
            data-probability=label.probability.to_string()
        >
            <span>{name}</span>
            <span class="bar" aria-hidden="true">
                <span class="bar-fill" style:width=width></span>
            </span>
            <span class="result-percent">{format::percent(label.probability)}</span>
        </li>
    }
}
