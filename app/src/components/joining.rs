//! The networks after the first: how many are there, and what that means for the answer.

use genoderm_protocol::{SetAnswer, SetInfo};
use leptos::prelude::*;

use super::focus::{ANSWER, BATCH, MODEL, focus_later};
use crate::format;
use crate::joining::{Joining, missing_bytes, network_values};
use crate::state::{Answer, AppState, EngineState};
use crate::text::{fill, kind_name, text};

/// How many networks there are, how the next one comes, and a button that stops or resumes it.
#[component]
pub fn NetworkStatus() -> impl IntoView {
    let state = AppState::get();
    let ready = move || state.engine.get() == EngineState::Ready;
    let count = Memo::new(move |_| state.network_count().unwrap_or_default());
    let key = move || joining_key(&state.joining.get());
    view! {
        <Show when=ready>
            <p
                data-testid="networks"
                data-present=move || count.get().0.to_string()
                data-total=move || count.get().1.to_string()
                data-joining=key
            >
                {move || state.network_words()}
            </p>
            <Show when=move || { count.get().0 < count.get().1 }>
                <Rest />
            </Show>
        </Show>
    }
}

/// What the style sheet and the tests call it.
fn joining_key(joining: &Joining) -> &'static str {
    match joining {
        Joining::Resting => "resting",
        Joining::Running(_) => "running",
        Joining::Held => "held",
        Joining::Stopped => "stopped",
        Joining::Failed => "failed",
    }
}

/// The networks that are still to come.
#[component]
fn Rest() -> impl IntoView {
    let state = AppState::get();
    let goes_on = Memo::new(move |_| state.joining.with(Joining::goes_on));
    let hint = move || match state.joining.get() {
        Joining::Held => Some(text().fast_held),
        Joining::Resting | Joining::Running(_) => Some(text().fast_hint),
        Joining::Stopped | Joining::Failed => None,
    };
    // With a photograph the button stands beside its answer, where it says what it does to it.
    let free = move || !goes_on.get() && !state.requests.is_counting();
    let missing = move || {
        state.loaded.with(|loaded| {
            let bundle = loaded.as_ref().map(|(_, bundle)| bundle);
            bundle.map_or(0, |bundle| bundle.total_bytes - bundle.loaded_bytes)
        })
    };
    view! {
        <Show when=move || goes_on.get()>
            <div class="progress-row">
                <JoinProgress />
                <button
                    type="button"
                    data-testid="stop-joining"
                    on:click=move |_| {
                        state.stop_joining();
                        focus_later(MODEL);
                    }
                >
                    {text().fast_stop}
                </button>
            </div>
        </Show>
        <p class="hint" data-testid="joining-hint">
            {hint}
        </p>
        <Show when=free>
            <button
                type="button"
                class="fitting"
                data-testid="load-rest"
                on:click=move |_| {
                    state.load_rest();
                    focus_later(MODEL);
                }
            >
                {move || fill(text().fast_load_rest, &[("size", &format::bytes(missing()))])}
            </button>
        </Show>
    }
}

/// How many bytes of the whole model have come.
#[component]
fn JoinProgress() -> impl IntoView {
    let state = AppState::get();
    let total = move || {
        state.loaded.with(|loaded| {
            let bundle = loaded.as_ref().map(|(_, bundle)| bundle);
            bundle.map_or(0, |bundle| bundle.total_bytes)
        })
    };
    let words = move || {
        let values = [
            ("done", format::bytes(state.bytes_loaded.get())),
            ("total", format::bytes(total())),
        ];
        fill(text().fast_progress, &values)
    };
    view! {
        <progress
            data-testid="joining-progress"
            aria-label=text().fast_progress_label
            max=move || total().to_string()
            value=move || state.bytes_loaded.get().to_string()
        ></progress>
        <span class="progress-words">{words}</span>
    }
}

/// Above an answer of a part of the networks: that it is preliminary, why, and how it becomes complete.
#[component]
pub fn PreliminaryNote(
    answer: SetAnswer,
    /// Whether it says how the answers become complete; one of two does.
    completes: bool,
) -> impl IntoView {
    answer.is_preliminary().then(|| {
        let values = network_values(&answer);
        view! {
            <div
                class="preliminary"
                data-testid="preliminary"
                data-present=answer.folds.len().to_string()
                data-networks=answer.networks.to_string()
            >
                <p>
                    <strong>{fill(text().fast_preliminary, &values)}</strong>
                    " "
                    {text().fast_preliminary_meaning}
                </p>
                {completes.then(|| view! { <Completion /> })}
            </div>
        }
    })
}

/// Above the answers: sets that were asked and have no network yet.
#[component]
pub fn AbsentSets(
    /// The sets that have answered.
    answers: Vec<SetAnswer>,
) -> impl IntoView {
    let state = AppState::get();
    let completes = !answers.iter().any(SetAnswer::is_preliminary);
    let answered: Vec<_> = answers.into_iter().map(|answer| answer.set).collect();
    let absent = Memo::new(move |_| {
        let names = state.asked_sets().into_iter().map(|set| set.name);
        let absent = names.filter(|name| !answered.contains(name));
        absent.collect::<Vec<_>>()
    });
    let sentences = move || {
        let sentence = |name: String| {
            let kind = kind_name(&name);
            view! { <p>{fill(text().fast_missing_set, &[("kind", &kind)])}</p> }
        };
        absent.get().into_iter().map(sentence).collect_view()
    };
    view! {
        <Show when=move || absent.with(|absent| !absent.is_empty())>
            <div class="preliminary" data-testid="missing-set">
                {sentences}
                {completes.then(|| view! { <Completion /> })}
            </div>
        </Show>
    }
}

/// In the place of an answer, of a photograph or with `batch` of a batch: the networks for this kind of photograph are not
/// there, and may not be fetched unasked.
#[component]
pub fn MissingSet(#[prop(optional)] batch: bool) -> impl IntoView {
    let state = AppState::get();
    let waits = move || {
        let ready = state.engine.get() == EngineState::Ready;
        let waiting = match batch {
            true => state.batch.running.get(),
            false => state.answer.get() == Answer::Waiting,
        };
        ready && waiting
    };
    let lacking = move || {
        let set = state.set_now().filter(|set| !set.is_whole());
        set.filter(|_| waits() && !state.joining.with(Joining::goes_on))
    };
    move || {
        lacking().map(|set| {
            let kind = kind_name(&set.name);
            let sentence = fill(text().fast_missing_set, &[("kind", &kind)]);
            view! {
                <div class="preliminary" data-testid="missing-set">
                    <p>{sentence}</p>
                    <Completion />
                </div>
            }
        })
    }
}

/// What becomes of a preliminary answer: networks that are on their way, or a button.
#[component]
fn Completion() -> impl IntoView {
    let state = AppState::get();
    let goes_on = Memo::new(move |_| state.joining.with(Joining::goes_on));
    let sets = Memo::new(move |_| state.asked_sets());
    let sum = move |number: fn(&SetInfo) -> usize| {
        let sum: usize = sets.with(|sets| sets.iter().map(number).sum());
        sum.to_string()
    };
    let coming = move || {
        let values = [
            ("present", sum(|set| set.present.len())),
            ("networks", sum(|set| set.folds.len())),
        ];
        fill(text().fast_coming, &values)
    };
    let size = move || format::bytes(sets.with(|sets| sets.iter().map(missing_bytes).sum()));
    let lacking = move || sets.with(|sets| !sets.iter().all(SetInfo::is_whole));
    view! {
        <Show when=move || goes_on.get() && lacking()>
            <p>{coming}</p>
        </Show>
        <Show when=move || !goes_on.get() && lacking()>
            <p class="hint" id="complete-hint">
                {text().fast_complete_hint}
            </p>
            <button
                type="button"
                class="fitting"
                aria-describedby="complete-hint"
                data-testid="complete-answer"
                on:click=move |_| {
                    state.load_rest();
                    let with_photo = state.photo.with_untracked(Option::is_some);
                    focus_later(if with_photo { ANSWER } else { BATCH });
                }
            >
                {move || fill(text().fast_complete, &[("size", &size())])}
            </button>
        </Show>
    }
}
