//! The teacher's settings: which survey, who answers, when the model is shown, what may be stored.

use leptos::prelude::*;

use super::super::focus::{SURVEY, focus_later};
use super::super::folder_or_zip::FolderOrZip;
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
    view! {
        <FolderOrZip
            name="survey"
            hint=text().survey_file_hint
            reading=state.survey.reading
            on_folder=move |files| state.use_survey_folder(files)
            on_zip=move |file| state.use_survey_zip(file)
        />
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
