//! The reader mode's panel, which has the page for itself while a survey is open.
//! `entry` opens it, `setup` has the teacher's settings, `preparing` waits for photographs and model, `question` is one
//! photograph that is asked about, `comparison` both answers to one, `result` all of them with `tables` and `list`.

mod comparison;
mod entry;
mod list;
mod picture;
mod preparing;
mod question;
mod result;
mod setup;
mod tables;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::focus::{SURVEY, SURVEY_FINISH, focus_later};
use crate::state::AppState;
use crate::survey::Phase;
use crate::text::text;
use comparison::Shown;
use entry::Entry;
pub(super) use entry::stored_words;
use preparing::Preparing;
use question::Question;
use result::Results;
use setup::SetUp;

/// The panel.
#[component]
pub fn SurveyPanel(
    /// Whether it stands before all other panels.
    first: bool,
) -> impl IntoView {
    let state = AppState::get();
    let phase = Memo::new(move |_| state.survey.phase.get());
    let word = move || match phase.get() {
        Phase::Closed => "closed",
        Phase::SettingUp => "setting-up",
        Phase::Preparing => "preparing",
        Phase::Asking => "asking",
        Phase::Finished => "finished",
    };
    view! {
        <section
            class="panel survey-panel"
            class:first=first
            id=SURVEY
            tabindex="-1"
            aria-labelledby="survey-title"
            data-testid="survey"
            data-phase=word
            on:keydown=move |event| take_key(state, &event)
        >
            <h2 id="survey-title">{text().survey_title}</h2>
            {move || match phase.get() {
                Phase::Closed => view! { <Entry /> }.into_any(),
                Phase::SettingUp => view! { <SetUp /> }.into_any(),
                Phase::Preparing => view! { <Preparing /> }.into_any(),
                Phase::Asking => view! { <Asking /> }.into_any(),
                Phase::Finished => view! { <Results /> }.into_any(),
            }}
        </section>
    }
}

/// One photograph after another.
#[component]
fn Asking() -> impl IntoView {
    let state = AppState::get();
    let place = state.survey.place;
    let answered = Memo::new(move |_| state.survey.answered());
    view! {
        <div class="progress-row">
            <progress
                aria-label=text().survey_title
                max=move || answered.get().1.to_string()
                value=move || answered.get().0.to_string()
            ></progress>
            <span
                class="progress-words"
                data-testid="survey-place"
                data-place=move || place.get().to_string()
                data-answered=move || answered.get().0.to_string()
                data-total=move || answered.get().1.to_string()
            >
                {move || state.place_words()}
            </span>
        </div>
        // A list of one: another photograph is another element of it, and nothing of the last stays behind.
        <For each=move || [place.get()] key=|place| *place children=move |place| view! { <OnePhotograph place /> } />
    }
}

/// What is asked about one photograph, or what was answered once that stands.
#[component]
fn OnePhotograph(place: usize) -> impl IntoView {
    let state = AppState::get();
    let row = state
        .survey
        .rows
        .with_untracked(|rows| rows.get(place).cloned());
    row.map(|row| {
        let shown = row.shown.clone();
        move || {
            let row = row.clone();
            if shown.get() {
                view! { <Shown row place /> }.into_any()
            } else {
                view! { <Question row place /> }.into_any()
            }
        }
    })
}

/// Goes on, and keeps the keyboard's place: at the panel, or at the button that ends the questions where there is nothing
/// more to answer.
pub(super) fn go_on(state: AppState) {
    focus_later(if state.next_in_survey() {
        SURVEY
    } else {
        SURVEY_FINISH
    });
}

fn go_back(state: AppState) {
    if state.back_in_survey() {
        focus_later(SURVEY);
    }
}

/// Numbers choose a label, 0 takes the answer back, Enter goes on, arrows go on and back. They count only while the focus is
/// in the panel.
fn take_key(state: AppState, event: &ev::KeyboardEvent) {
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
    if modified || state.survey.phase.get_untracked() != Phase::Asking {
        return;
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let tag = target.map(|target| target.tag_name()).unwrap_or_default();
    // What takes the key itself.
    let pressed = matches!(tag.as_str(), "BUTTON" | "A" | "SUMMARY" | "SELECT");
    let key = event.key();
    match key.as_str() {
        "Enter" if !pressed => go_on(state),
        "ArrowRight" if tag != "INPUT" => go_on(state),
        "ArrowLeft" if tag != "INPUT" => go_back(state),
        "0" => state.answer_survey(None),
        _ => match key.parse::<usize>() {
            Ok(number) if key.len() == 1 => state.answer_survey(Some(number - 1)),
            _ => return,
        },
    }
    event.prevent_default();
}
