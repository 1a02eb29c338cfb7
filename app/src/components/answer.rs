//! The answer: conditions by probability, and whether the networks agree.

use genoderm_protocol::{RankedLabel, SetAnswer};
use leptos::prelude::*;

use super::focus::{ANSWER, keep_focus_in};
use super::folds::Folds;
use super::joining::{MissingSet, PreliminaryNote};
use super::kind::kind_name;
use super::limits::{GuardNote, SetSentence};
use super::truth::TruthNote;
use crate::format;
use crate::state::{Answer, AppState, is_refused};
use crate::text::{engine_name, fill, text};

/// The panel beside the photograph.
#[component]
pub fn AnswerPanel() -> impl IntoView {
    let state = AppState::get();
    view! {
        <section class="panel" id=ANSWER tabindex="-1" aria-labelledby="answer-title" aria-busy=move || is_busy(state).to_string()>
            <h2 id="answer-title">{text().step_answer}</h2>
            {move || {
                let answer = state.shown_answer();
                // An answer that is renewed may have the focus in it.
                keep_focus_in(ANSWER);
                match answer {
                    Some(answer) => view! { <Ranking answer /> }.into_any(),
                    None => view! { <Empty /> }.into_any(),
                }
            }}
        </section>
    }
}

fn is_busy(state: AppState) -> bool {
    matches!(state.answer.get(), Answer::Waiting | Answer::Running(_))
}

#[component]
fn Empty() -> impl IntoView {
    let state = AppState::get();
    view! {
        <p class="hint">{move || empty_words(state)}</p>
        <MissingSet />
    }
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
    let several = move || state.sets().len() > 1;
    let answered = fill(text().kind_answered, &[("kind", kind_name(&answer.set))]);
    view! {
        <PreliminaryNote answer=answer.clone() />
        {answer.guard.clone().map(|verdict| view! { <GuardNote verdict /> })}
        <TruthNote answer=answer.clone() />
        {if is_refused(&answer) {
            view! {
                <details class="settings" data-testid="refused-ranking">
                    <summary>{text().guard_ranking}</summary>
                    <p class="hint">{text().guard_ranking_note}</p>
                    <RankedLabels answer />
                </details>
            }
                .into_any()
        } else {
            view! { <RankedLabels answer /> }.into_any()
        }}
        <p class="hint">
            <Show when=several>{answered.clone()} " "</Show>
            {timing}
        </p>
    }
}

/// Every label with its probability, and how far that is to be trusted.
#[component]
fn RankedLabels(answer: SetAnswer) -> impl IntoView {
    let state = AppState::get();
    let refused = is_refused(&answer);
    let top = answer.ranking.first().map(|label| label.key.clone());
    let rows = answer
        .ranking
        .iter()
        .map(|label| {
            let first = top.as_ref() == Some(&label.key) && !refused;
            view! { <Row label=label.clone() first sure=!answer.fallback /> }
        })
        .collect_view();
    let threshold = state.loaded.with_untracked(|loaded| {
        let threshold = loaded.as_ref().map_or(0.0, |(_, bundle)| bundle.threshold);
        format::whole(f64::from(threshold))
    });
    view! {
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
            data-set=answer.set.clone()
            data-fallback=answer.fallback.to_string()
        >
            {rows}
        </ol>
        {answer
            .prediction_set
            .clone()
            .filter(|_| !refused)
            .map(|set| view! { <SetSentence set /> })}
        <Folds answer />
    }
}

#[component]
fn Row(label: RankedLabel, first: bool, sure: bool) -> impl IntoView {
    let state = AppState::get();
    let RankedLabel {
        key, probability, ..
    } = label;
    let name = untrack(|| state.label_name(&key));
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
