//! How many workers share the work, and the reader's limit.

use genoderm_protocol::Backend;
use leptos::prelude::*;

use crate::state::AppState;
use crate::text::{fill, text};
use crate::workers;

/// The menu; there while the processor is to be used.
#[component]
pub fn WorkerChoice() -> impl IntoView {
    let state = AppState::get();
    let on_processor = move || matches!(state.backend.get(), Some((Backend::Cpu, _)));
    view! {
        <Show when=on_processor>
            <WorkerSelect />
        </Show>
    }
}

#[component]
fn WorkerSelect() -> impl IntoView {
    let state = AppState::get();
    let picked = state.workers.picked;
    let automatic = workers::automatic();
    let automatic = [("count", automatic.to_string())];
    let numbers = workers::choices().map(|number| {
        view! {
            <option value=number.to_string() prop:selected=move || picked.get() == Some(number)>
                {number}
            </option>
        }
    });
    let hint = move || {
        if state.workers.alone.get() {
            return text().workers_alone.to_owned();
        }
        let used = state
            .loaded
            .with(|loaded| loaded.as_ref().map(|(engine, _)| engine.workers));
        let count = used.unwrap_or_else(|| state.workers.now());
        let form = text().workers_used.form(count as u64);
        fill(form, &[("count", &count.to_string())])
    };
    view! {
        <label for="workers">{text().workers_label}</label>
        <select
            id="workers"
            data-testid="worker-select"
            aria-describedby="workers-hint"
            on:change=move |event| state.pick_workers(event_target_value(&event).parse().ok())
        >
            <option value="" prop:selected=move || picked.get().is_none()>
                {fill(text().workers_auto, &automatic)}
            </option>
            {numbers.collect_view()}
        </select>
        <p id="workers-hint" class="hint" data-testid="workers-hint">
            {hint}
        </p>
    }
}
