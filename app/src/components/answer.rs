//! The answer: conditions by probability, and whether the networks agree.

use genoderm_protocol::{RankedLabel, SetAnswer};
use leptos::prelude::*;

use super::folds::Folds;
use super::limits::{GuardNote, SetSentence};
use crate::format;
use crate::state::{Answer, AppState};
use crate::text::{engine_name, fill, text};

/// The panel beside the photograph.
#[component]
pub fn AnswerPanel() -> impl IntoView {
    let state = AppState::get();
    view! {
        <section class="panel" aria-labelledby="answer-title" aria-busy=move || is_busy(state).to_string()>
            <h2 id="answer-title">{text().step_answer}</h2>
            {move || match state.shown_answer() {
                Some(answer) => view! { <Ranking answer /> }.into_any(),
                None => view! { <p class="hint">{empty_words(state)}</p> }.into_any(),
            }}
        </section>
    }
}

fn is_busy(state: AppState) -> bool {
    matches!(state.answer.get(), Answer::Waiting | Answer::Running(_))
}

fn empty_words(state: AppState) -> &'static str {
    match state.answer.get() {
        Answer::Waiting => text().waiting_for_model,
        Answer::Running(_) => text().classifying,
        Answer::None | Answer::Done(_) => text().answer_empty,
    }
}

#[component]
fn Ranking(answer: SetAnswer) -> impl IntoView {
    let state = AppState::get();
    let top = answer.ranking.first().map(|label| label.key.clone());
    let rows = answer
        .ranking
        .iter()
        .map(|label| {
            let first = top.as_ref() == Some(&label.key);
            view! { <Row label=label.clone() first sure=!answer.fallback /> }
        })
        .collect_view();
    let timing = move || {
        let Answer::Done(classification) = state.answer.get() else {
            return None;
        };
        let total = format::milliseconds(classification.timings.total_ms);
        let (backend, _) = state.backend.get()?;
        Some(fill(
            text().timing,
            &[("total", total.as_str()), ("engine", engine_name(backend))],
        ))
    };
    let fallback = answer.fallback.to_string();
    let threshold = state.loaded.with_untracked(|loaded| {
        let threshold = loaded.as_ref().map_or(0.0, |(_, bundle)| bundle.threshold);
        format!("{:.0}%", threshold * 100.0)
    });
    let set = answer.set.clone();
    view! {
        <SetSelect />
        {answer.guard.clone().map(|verdict| view! { <GuardNote verdict /> })}
        {answer
            .fallback
            .then(|| {
                view! {
                    <p class="warning" data-testid="fallback-note">
                        {fill(text().folds_fallback, &[("threshold", threshold)])}
                    </p>
                }
            })}
        <p class="visually-hidden" id="ranking-title">
            {text().ranking}
        </p>
        <ol
            class="ranking"
            aria-labelledby="ranking-title"
            data-testid="result-list"
            data-set=set
            data-fallback=fallback
        >
            {rows}
        </ol>
        {answer
            .prediction_set
            .clone()
            .filter(|_| answer.guard.as_ref().is_none_or(|verdict| verdict.accepted))
            .map(|set| view! { <SetSentence set /> })}
        <Folds answer />
        <p class="hint">{timing}</p>
    }
}

#[component]
fn Row(label: RankedLabel, first: bool, sure: bool) -> impl IntoView {
    let state = AppState::get();
    let RankedLabel {
        key,
        name,
        probability,
    } = label;
    let percent = format::percent(probability);
    let width = format!("{:.2}%", f64::from(probability).clamp(0.0, 1.0) * 100.0);
    let explain_label = fill(text().explain_label, &[("label", &name)]);
    let about_label = fill(text().about_label, &[("label", &name)]);
    let (card_key, card_now, explain_key) = (key.clone(), key.clone(), key.clone());
    // Before anything is picked, the card is that of the first.
    let is_shown = move || {
        state
            .card
            .with(|card| card.as_ref().map_or(first, |card| *card == card_now))
    };
    view! {
        <li
            class="result"
            class:first=first && sure
            data-testid="result-row"
            data-label=key.clone()
            data-probability=probability.to_string()
        >
            <button
                type="button"
                class="result-name"
                aria-label=about_label
                aria-pressed=move || is_shown().to_string()
                data-testid=format!("about-{key}")
                on:click=move |_| state.card.set(Some(card_key.clone()))
            >
                {name}
            </button>
            <span class="bar" aria-hidden="true">
                <span class="bar-fill" style:width=width></span>
            </span>
            <span class="result-percent">{percent}</span>
            <button
                type="button"
                class="result-explain"
                aria-label=explain_label
                data-testid=format!("explain-{key}")
                on:click=move |_| state.explain(explain_key.clone())
            >
                {text().explain}
            </button>
        </li>
    }
}

/// Which networks' answer is shown, where the bundle has several sets.
#[component]
fn SetSelect() -> impl IntoView {
    let state = AppState::get();
    let sets = move || {
        state.loaded.with(|loaded| {
            let names = loaded
                .iter()
                .flat_map(|(_, bundle)| &bundle.sets)
                .map(|set| set.name.clone());
            names.collect::<Vec<_>>()
        })
    };
    let several = move || sets().len() > 1;
    let option = move |name: String| {
        let words = match name.as_str() {
            "focused" => text().set_focused.to_owned(),
            "panoramic" => text().set_panoramic.to_owned(),
            other => other.to_owned(),
        };
        let selected = state.set.get_untracked() == name;
        view! {
            <option value=name prop:selected=selected>
                {words}
            </option>
        }
    };
    view! {
        <Show when=several>
            <div class="field">
                <label for="set">{text().set_label}</label>
                <select
                    id="set"
                    data-testid="set-select"
                    on:change=move |event| {
                        state.remove_map();
                        state.set.set(event_target_value(&event));
                    }
                >
                    {move || sets().into_iter().map(option).collect_view()}
                </select>
            </div>
        </Show>
    }
}
