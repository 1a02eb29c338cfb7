//! The teacher's settings: which survey, who answers, when the model is shown, what may be stored.

use leptos::html;
use leptos::prelude::*;

use super::super::focus::{SURVEY, focus_later};
use super::super::line_field::LineField;
use super::super::map_settings::MethodField;
use super::entry::{StoredSurvey, survey_name};
use crate::state::AppState;
use crate::survey::{Feedback, Source};
use crate::text::{fill, method_hint, text};

/// All settings, and the button that begins.
#[component]
pub fn SetUp() -> impl IntoView {
    let state = AppState::get();
    let survey = state.survey;
    let resumes = Memo::new(move |_| state.stored_of_chosen().is_some());
    let start = move |afresh| {
        state.start_survey(afresh);
        focus_later(SURVEY);
    };
    let close = move |_| {
        state.close_survey();
        focus_later(SURVEY);
    };
    view! {
        <StoredSurvey />
        <SurveyChoice />
        <div class="survey-who">
            <LineField
                id="survey-reader"
                label=text().survey_reader
                hint=text().survey_reader_hint
                test_id="survey-reader"
                value=survey.reader.get_untracked()
                write=move |name| survey.reader.set(name)
            />
            <LineField
                id="survey-group"
                label=text().survey_group
                hint=text().survey_group_hint
                test_id="survey-group"
                value=survey.group.get_untracked()
                write=move |name| survey.group.set(name)
            />
        </div>
        <fieldset class="kind">
            <legend>{text().survey_feedback}</legend>
            <FeedbackChoice feedback=Feedback::AtTheEnd id="survey-at-the-end" words=text().survey_at_the_end />
            <FeedbackChoice feedback=Feedback::AfterEach id="survey-after-each" words=text().survey_after_each />
        </fieldset>
        <div>
            <div class="fields">
                <MethodField />
            </div>
            <p class="hint" id="method-hint">
                {move || method_hint(state.map_choice.method.get())}
            </p>
        </div>
        <div>
            <label class="check">
                <input type="checkbox" data-testid="survey-may-store" bind:checked=survey.may_store />
                {text().survey_may_store}
            </label>
            <p class="hint">{text().survey_may_store_hint}</p>
        </div>
        <div class="actions">
            <Show when=move || resumes.get()>
                <button type="button" class="primary" data-testid="survey-continue" on:click=move |_| start(false)>
                    {text().survey_continue}
                </button>
            </Show>
            <button
                type="button"
                class:primary=move || !resumes.get()
                data-testid="survey-start"
                on:click=move |_| start(true)
            >
                {move || if resumes.get() { text().survey_start_afresh } else { text().survey_start }}
            </button>
            <button type="button" class="quiet" data-testid="survey-leave" on:click=close>
                {text().survey_leave}
            </button>
        </div>
    }
}

#[component]
fn FeedbackChoice(feedback: Feedback, id: &'static str, words: &'static str) -> impl IntoView {
    let chosen = AppState::get().survey.feedback;
    view! {
        <label class="check">
            <input
                type="radio"
                name="survey-feedback"
                data-testid=id
                prop:checked=move || chosen.get() == feedback
                on:change=move |_| chosen.set(feedback)
            />
            {words}
        </label>
    }
}

/// The page's own survey, or one of a file.
#[component]
fn SurveyChoice() -> impl IntoView {
    let state = AppState::get();
    let source = state.survey.source;
    let choices = [
        (Source::BuiltIn, "survey-built-in", text().survey_built_in),
        (Source::File, "survey-from-file", text().survey_from_file),
    ];
    let choices = choices.map(|(known, id, words)| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="survey-source"
                    data-testid=id
                    prop:checked=move || source.get() == known
                    on:change=move |_| source.set(known)
                />
                {words}
            </label>
        }
    });
    let questions = move || {
        let count = state.chosen_survey()?.questions.len();
        let words = text().survey_questions.form(count as u64);
        Some(fill(words, &[("count", count.to_string())]))
    };
    view! {
        <fieldset class="kind">
            <legend>{text().survey_which}</legend>
            {choices.collect_view()}
        </fieldset>
        <Show when=move || source.get() == Source::File>
            <FileChoice />
        </Show>
        <p class="hint" data-testid="survey-questions">
            {questions}
        </p>
    }
}

#[component]
fn FileChoice() -> impl IntoView {
    let state = AppState::get();
    let folder = NodeRef::<html::Input>::new();
    let archive = NodeRef::<html::Input>::new();
    folder.on_load(|input| {
        // Not yet known to the library of elements.
        let _ = input.set_attribute("webkitdirectory", "");
    });
    let choose_folder = move |_| {
        if let Some(input) = folder.get_untracked() {
            if let Some(files) = input.files().filter(|files| files.length() > 0) {
                state.use_survey_folder(&files);
            }
            // Choosing the same again must count as a change.
            input.set_value("");
        }
    };
    let choose_zip = move |_| {
        if let Some(input) = archive.get_untracked() {
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                state.use_survey_zip(file);
            }
            input.set_value("");
        }
    };
    view! {
        <p class="hint" id="survey-file-hint">
            {text().survey_file_hint}
        </p>
        <div class="actions">
            <div>
                <input
                    node_ref=folder
                    id="survey-folder"
                    class="visually-hidden"
                    type="file"
                    aria-describedby="survey-file-hint"
                    data-testid="survey-folder"
                    on:change=choose_folder
                />
                <label for="survey-folder" class="button">
                    {text().own_folder}
                </label>
            </div>
            <div>
                <input
                    node_ref=archive
                    id="survey-zip"
                    class="visually-hidden"
                    type="file"
                    accept=".zip,application/zip"
                    aria-describedby="survey-file-hint"
                    data-testid="survey-zip"
                    on:change=choose_zip
                />
                <label for="survey-zip" class="button">
                    {text().own_zip}
                </label>
            </div>
        </div>
        <Show when=move || state.survey.reading.get()>
            <p class="working">
                <span class="lamp" aria-hidden="true"></span>
                {text().own_reading}
            </p>
        </Show>
        <FiledSurveys />
    }
}

/// The surveys of the file that was read.
#[component]
fn FiledSurveys() -> impl IntoView {
    let state = AppState::get();
    let chosen = state.survey.chosen;
    let pick = move |event| {
        if let Ok(place) = event_target_value(&event).parse() {
            chosen.set(place);
        }
    };
    view! {
        {move || {
            state
                .survey
                .filed
                .get()
                .map(|filed| {
                    let options = filed
                        .surveys
                        .iter()
                        .enumerate()
                        .map(|(place, survey)| {
                            view! {
                                <option value=place.to_string() prop:selected=move || chosen.get() == place>
                                    {survey_name(&survey.name)}
                                </option>
                            }
                        })
                        .collect_view();
                    view! {
                        <div class="field">
                            <label for="survey-choice">{text().survey_of_file}</label>
                            <select id="survey-choice" data-testid="survey-choice" on:change=pick>
                                {options}
                            </select>
                        </div>
                    }
                })
        }}
    }
}
