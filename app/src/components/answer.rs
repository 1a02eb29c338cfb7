//! The answer: conditions by probability, and whether the networks agree. Where two sets were asked, their answers stand
//! side by side.

use genoderm_protocol::{RankedLabel, Region, SetAnswer};
use leptos::prelude::*;

use super::focus::{ANSWER, keep_focus_in};
use super::folds::Folds;
use super::joining::{AbsentSets, MissingSet, PreliminaryNote};
use super::kind::with_kind;
use super::limits::{GuardNote, SetSentence};
use super::truth::TruthNote;
use crate::format;
use crate::session::region_words;
use crate::state::{Answer, AppState, is_refused};
use crate::text::{engine_name, fill, kind_name, text};

/// The panel beside the photograph.
#[component]
pub fn AnswerPanel() -> impl IntoView {
    let state = AppState::get();
    view! {
        <section class="panel" id=ANSWER tabindex="-1" aria-labelledby="answer-title" aria-busy=move || is_busy(state).to_string()>
            <h2 id="answer-title">{text().step_answer}</h2>
            {move || {
                let answers = state.answers();
                // An answer that is renewed may have the focus in it.
                keep_focus_in(ANSWER);
                if answers.is_empty() {
                    view! { <Empty /> }.into_any()
                } else {
                    view! { <Answers answers /> }.into_any()
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

/// One answer, or several side by side, and how long they took.
#[component]
fn Answers(answers: Vec<SetAnswer>) -> impl IntoView {
    let state = AppState::get();
    let several = answers.len() > 1;
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
    let several_sets = move || state.sets().len() > 1;
    let only = answers.first().filter(|_| !several);
    let answered = only.map(|only| fill(text().kind_answered, &[("kind", kind_name(&only.set))]));
    let absent = view! { <AbsentSets answers=answers.clone() /> };
    let first_preliminary = answers.iter().position(SetAnswer::is_preliminary);
    let columns = answers
        .into_iter()
        .enumerate()
        .map(|(place, answer)| {
            view! { <Answered answer several completes=first_preliminary == Some(place) /> }
        })
        .collect_view();
    view! {
        {absent}
        <div class="answers" class:several=several>
            {columns}
        </div>
        <p class="hint">
            <Show when=several_sets>{answered.clone()} " "</Show>
            {timing}
        </p>
    }
}

/// One set's answer.
#[component]
fn Answered(
    answer: SetAnswer,
    /// Whether another set's answer stands beside it.
    several: bool,
    /// Whether its note says how preliminary answers become complete.
    completes: bool,
) -> impl IntoView {
    let SetAnswer { set, region, .. } = answer.clone();
    let title = format!("answer-of-{set}");
    let seen = match &region {
        Some(region) => Some(fill(
            text().crop_answered,
            &[("region", region_words(region))],
        )),
        None => several.then(|| text().both_whole.to_owned()),
    };
    // What the tests pass to the command line: every digit counts.
    let exact = region.map(|region| {
        let Region {
            x,
            y,
            width,
            height,
            degrees,
        } = region;
        format!("{x},{y},{width},{height},{degrees}")
    });
    view! {
        <section class="answer" aria-labelledby=title.clone() data-testid="answer" data-set=set.clone() data-region=exact>
            <h3 id=title.clone() class:visually-hidden=!several>
                {kind_name(&set)}
            </h3>
            {seen.map(|words| view! { <p class="hint" data-testid="answered-for">{words}</p> })}
            <Ranking answer several completes />
        </section>
    }
}

#[component]
fn Ranking(answer: SetAnswer, several: bool, completes: bool) -> impl IntoView {
    view! {
        <PreliminaryNote answer=answer.clone() completes />
        {answer.guard.clone().map(|verdict| view! { <GuardNote verdict /> })}
        <TruthNote answer=answer.clone() />
        {if is_refused(&answer) {
            view! {
                <details class="settings" data-testid="refused-ranking">
                    <summary>{text().guard_ranking}</summary>
                    <p class="hint">{text().guard_ranking_note}</p>
                    <RankedLabels answer several />
                </details>
            }
                .into_any()
        } else {
            view! { <RankedLabels answer several /> }.into_any()
        }}
    }
}

/// Every label with its probability, and how far that is to be trusted.
#[component]
fn RankedLabels(answer: SetAnswer, several: bool) -> impl IntoView {
    let state = AppState::get();
    let refused = is_refused(&answer);
    let top = answer.ranking.first().map(|label| label.key.clone());
    let rows = answer
        .ranking
        .iter()
        .map(|label| {
            let first = top.as_ref() == Some(&label.key) && !refused;
            let set = answer.set.clone();
            view! { <Row label=label.clone() set first sure=!answer.fallback several /> }
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
        <ol
            class="ranking"
            aria-label=text().ranking
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
fn Row(
    label: RankedLabel,
    /// The set that was asked.
    set: String,
    first: bool,
    sure: bool,
    several: bool,
) -> impl IntoView {
    let state = AppState::get();
    let RankedLabel {
        key, probability, ..
    } = label;
    let name = untrack(|| state.label_name(&key));
    let percent = format::percent(probability);
    let width = format!("{:.2}%", f64::from(probability).clamp(0.0, 1.0) * 100.0);
    let explain_label = fill(text().explain_label, &[("label", &name)]);
    let explain_label = with_kind(explain_label, &set, several);
    let about_label = fill(text().about_label, &[("label", &name)]);
    let about_label = with_kind(about_label, &set, several);
    let (card_key, card_now, explain_key) = (key.clone(), key.clone(), key.clone());
    let is_shown = move || state.shown_label().as_ref() == Some(&card_now);
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
                on:click=move |_| state.show_card(card_key.clone())
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
                on:click=move |_| state.explain(set.clone(), explain_key.clone())
            >
                {text().explain}
            </button>
        </li>
    }
}
