//! The way into the reader mode, and what an earlier visit left.

use leptos::prelude::*;

use super::super::confirm::Confirmed;
use super::super::focus::{SURVEY, focus_later};
use crate::state::AppState;
use crate::survey::built_in;
use crate::survey::stored::Stored;
use crate::text::{fill, text};

/// What the mode is, and the button that opens it.
#[component]
pub fn Entry() -> impl IntoView {
    let state = AppState::get();
    let open = move |_| {
        state.open_survey_mode();
        focus_later(SURVEY);
    };
    view! {
        <p class="hint">{text().survey_entry}</p>
        <StoredSurvey />
        <div class="actions">
            <button type="button" data-testid="open-survey" on:click=open>
                {move || {
                    if state.survey.stored.with(Option::is_some) {
                        text().survey_resume
                    } else {
                        text().survey_open
                    }
                }}
            </button>
        </div>
    }
}

/// What is stored on this device, with the button that deletes it; nothing where nothing is.
#[component]
pub fn StoredSurvey() -> impl IntoView {
    let state = AppState::get();
    view! {
        {move || {
            state
                .survey
                .stored
                .get()
                .map(|stored| {
                    let (answered, total) = stored.answered();
                    view! {
                        <div class="survey-stored">
                            <p
                                data-testid="survey-stored"
                                data-answered=answered.to_string()
                                data-total=total.to_string()
                            >
                                {stored_words(&stored)}
                            </p>
                            <Confirmed
                                words=text().survey_forget
                                label=text().survey_forget.to_owned()
                                question=text().survey_forget_sure.to_owned()
                                test_id="forget-survey"
                                on_yes=move || {
                                    state.forget_stored_survey();
                                    focus_later(SURVEY);
                                }
                            />
                        </div>
                    }
                })
        }}
    }
}

/// A stored survey in a sentence.
pub(in super::super) fn stored_words(stored: &Stored) -> String {
    let (answered, total) = stored.answered();
    let values = [
        ("name", survey_name(&stored.survey)),
        ("reader", stored.reader.name.clone()),
        ("group", stored.reader.group.to_string()),
        ("answered", answered.to_string()),
        ("total", total.to_string()),
    ];
    fill(text().survey_stored, &values)
}

/// A survey by its name; the page's own has one in every language.
pub fn survey_name(name: &str) -> String {
    if name == built_in::NAME {
        text().survey_built_in.to_owned()
    } else {
        name.to_owned()
    }
}
