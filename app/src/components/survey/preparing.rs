//! Photographs and model are on their way. No photograph is shown before both are there.

use leptos::prelude::*;

use super::super::focus::{SURVEY, focus_later};
use super::super::model_panel::load_words;
use crate::joining::Joining;
use crate::state::{AppState, EngineState};
use crate::text::text;

/// How far they have come, and what else can be done.
#[component]
pub fn Preparing() -> impl IntoView {
    let state = AppState::get();
    let pictured = Memo::new(move |_| state.survey_waits_for_model());
    let failed = Memo::new(move |_| {
        let stopped = matches!(
            state.joining.get(),
            Joining::Held | Joining::Stopped | Joining::Failed
        );
        match state.engine.get() {
            EngineState::Failed | EngineState::Idle => true,
            EngineState::Ready => stopped,
            EngineState::Probing | EngineState::Starting | EngineState::Loading(_) => false,
        }
    });
    let words = move || match (state.engine.get(), state.joining.get()) {
        _ if failed.get() => text().survey_no_model.to_owned(),
        (EngineState::Loading(progress), _)
        | (EngineState::Ready, Joining::Running(Some(progress))) => load_words(&progress),
        (EngineState::Ready, _) if !pictured.get() => text().survey_fetching.to_owned(),
        _ => text().waiting_for_model.to_owned(),
    };
    let go = move |action: fn(AppState)| {
        action(state);
        focus_later(SURVEY);
    };
    view! {
        <p class:working=move || !failed.get() data-testid="survey-preparing">
            <Show when=move || !failed.get()>
                <span class="lamp" aria-hidden="true"></span>
            </Show>
            {words}
        </p>
        <p class="hint">{text().survey_preparing_hint}</p>
        <div class="actions">
            <Show when=move || failed.get()>
                <button type="button" data-testid="survey-try-again" on:click=move |_| go(AppState::load_for_survey)>
                    {text().survey_try_again}
                </button>
            </Show>
            <Show when=move || pictured.get()>
                <button
                    type="button"
                    data-testid="survey-without-model"
                    on:click=move |_| go(AppState::begin_without_model)
                >
                    {text().survey_begin_without}
                </button>
            </Show>
            <button
                type="button"
                class="quiet"
                data-testid="survey-stop-preparing"
                on:click=move |_| go(AppState::stop_preparing)
            >
                {text().survey_back_to_settings}
            </button>
        </div>
    }
}
