//! What went wrong, for everybody; what is going on, for screen readers.

use leptos::prelude::*;

use super::focus::{CHOOSER, SURVEY, focus_later};
use crate::state::AppState;
use crate::text::text;

/// The last failure in plain words, until it is dismissed or the next photograph is opened.
#[component]
pub fn ErrorMessage() -> impl IntoView {
    let state = AppState::get();
    // The live region must be there before its content, or screen readers miss the content.
    view! {
        <div class="error-region" role="alert">
            {move || {
                state
                    .error
                    .get()
                    .map(|problem| {
                        view! {
                            <div class="error">
                                <p data-testid="error-message">{problem.sentence()}</p>
                                <button
                                    type="button"
                                    class="quiet"
                                    data-testid="dismiss-error"
                                    aria-label=move || text().dismiss
                                    on:click=move |_| {
                                        state.error.set(None);
                                        let surveying = untrack(|| state.survey.is_open());
                                        focus_later(if surveying { SURVEY } else { CHOOSER });
                                    }
                                >
                                    "×"
                                </button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

/// Says aloud what others see.
#[component]
pub fn Announcer() -> impl IntoView {
    let state = AppState::get();
    view! {
        <p class="visually-hidden" role="status" aria-live="polite" data-testid="announcement">
            {move || state.announcement.get()}
        </p>
    }
}
