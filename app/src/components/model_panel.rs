//! The model: its size, the load with its progress, and what it is computed on.

use genoderm_protocol::{Phase, Progress};
use leptos::prelude::*;

use super::focus::{MODEL, focus_later};
use super::joining::NetworkStatus;
use super::model_card::ModelCardButton;
use super::offline::OfflineStatus;
use super::own_model::OwnModel;
use super::worker_choice::WorkerChoice;
use crate::format;
use crate::probe::{engine_from_key, engine_key};
use crate::state::{AppState, EngineState};
use crate::text::{engine_name, fill, phase_name, text};

/// The panel at the top of the page.
#[component]
pub fn ModelPanel() -> impl IntoView {
    let state = AppState::get();
    view! {
        <section class="panel model-panel" id=MODEL tabindex="-1" aria-labelledby="model-title">
            <div class="model-state">
                <h2 id="model-title">{text().step_model}</h2>
                <ModelSize />
                <EngineStatus />
                <NetworkStatus />
                <Show when=move || state.engine.with(EngineState::is_busy)>
                    <LoadProgress />
                </Show>
                <div class="actions">
                    <LoadButton />
                    <ModelCardButton />
                </div>
                <OfflineStatus />
                <OwnModel />
            </div>
            <EngineSelect />
        </section>
    }
}

#[component]
fn ModelSize() -> impl IntoView {
    let state = AppState::get();
    let sentence = move || {
        let engine = state.engine_bytes.get();
        state.summary.with(|summary| match summary {
            None => text().model_size_unknown.to_owned(),
            Some(Err(_)) => text().model_missing.to_owned(),
            Some(Ok(model)) => {
                let template = match engine {
                    Some(_) => text().model_and_engine_size,
                    None => text().model_size,
                };
                let values = [
                    ("name", model.name.clone()),
                    ("size", format::bytes(model.bytes)),
                    ("engine", format::bytes(engine.unwrap_or_default())),
                ];
                fill(template, &values)
            }
        })
    };
    view! {
        <p data-testid="model-size" data-bytes=move || model_bytes(state)>
            {sentence}
        </p>
    }
}

fn model_bytes(state: AppState) -> Option<u64> {
    state
        .summary
        .with(|summary| Some(summary.as_ref()?.as_ref().ok()?.bytes))
}

#[component]
fn EngineStatus() -> impl IntoView {
    let state = AppState::get();
    let name = move || match state.engine.get() {
        EngineState::Probing => "probing",
        EngineState::Idle => "idle",
        EngineState::Starting => "starting",
        EngineState::Loading(_) => "loading",
        EngineState::Ready => "ready",
        EngineState::Failed => "failed",
    };
    let engine = move || state.backend.get().map(|(backend, _)| engine_key(backend));
    let sentence = move || match state.engine.get() {
        EngineState::Probing => text().probing.to_owned(),
        EngineState::Idle => text().not_loaded.to_owned(),
        EngineState::Starting => text().starting.to_owned(),
        EngineState::Loading(progress) => phase_name(progress.phase).to_owned(),
        EngineState::Ready => {
            let engine = state.backend.get().map(|(backend, _)| engine_name(backend));
            fill(text().ready, &[("engine", engine.unwrap_or_default())])
        }
        EngineState::Failed => text().failed.to_owned(),
    };
    view! {
        <p class="engine-status" data-testid="engine-status" data-state=name data-engine=engine>
            <span class="lamp" aria-hidden="true"></span>
            {sentence}
        </p>
    }
}

#[component]
fn LoadButton() -> impl IntoView {
    let state = AppState::get();
    let words = move || match (state.engine.get(), model_bytes(state)) {
        (EngineState::Failed, _) => text().load_again.to_owned(),
        (_, Some(bytes)) => fill(text().load, &[("size", &format::bytes(bytes))]),
        (_, None) => text().load_plain.to_owned(),
    };
    let wanted = move || matches!(state.engine.get(), EngineState::Idle | EngineState::Failed);
    view! {
        <Show when=wanted>
            <button
                type="button"
                class="primary fitting"
                data-testid="load-model"
                on:click=move |_| {
                    state.load();
                    focus_later(MODEL);
                }
            >
                {words}
            </button>
        </Show>
    }
}

#[component]
fn LoadProgress() -> impl IntoView {
    let state = AppState::get();
    let progress = move || match state.engine.get() {
        EngineState::Loading(progress) => Some(progress),
        _ => None,
    };
    view! {
        <div class="progress-row">
            <progress
                data-testid="load-progress"
                aria-label=text().load_progress_label
                max=move || progress().map(|progress| progress.total.to_string())
                value=move || progress().map(|progress| progress.done.to_string())
            ></progress>
            <span class="progress-words">{move || progress().map(|progress| load_words(&progress))}</span>
            <button
                type="button"
                data-testid="cancel-load"
                on:click=move |_| {
                    state.cancel_load();
                    focus_later(MODEL);
                }
            >
                {text().cancel}
            </button>
        </div>
    }
}

/// How far a load is, in bytes while downloading.
pub(super) fn load_words(progress: &Progress) -> String {
    let amount = |count: u64| match progress.phase {
        Phase::Downloading => format::bytes(count),
        _ => count.to_string(),
    };
    let values = [
        ("phase", phase_name(progress.phase)),
        ("done", &amount(progress.done)),
        ("total", &amount(progress.total)),
    ];
    fill(text().load_progress, &values)
}

#[component]
fn EngineSelect() -> impl IntoView {
    let state = AppState::get();
    let options = [
        ("auto", text().engine_auto),
        ("cpu", text().engine_cpu_option),
        ("webgpu", text().engine_webgpu_option),
    ];
    let reason = move || state.backend.get().map(|(_, reason)| reason.sentence());
    view! {
        <div class="engine-choice">
            <label for="engine">{text().engine_label}</label>
            <select
                id="engine"
                data-testid="engine-select"
                aria-describedby="engine-reason"
                on:change=move |event| state.pick_backend(engine_from_key(&event_target_value(&event)))
            >
                {options
                    .map(|(key, words)| {
                        view! {
                            <option value=key prop:selected=move || state.picked_key() == key>
                                {words}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <p id="engine-reason" class="hint" data-testid="engine-reason">
                {reason}
            </p>
            <WorkerChoice />
        </div>
    }
}
