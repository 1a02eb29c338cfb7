//! One photograph that is asked about: the labels, the region that the reader relied on, and the way on.

use leptos::prelude::*;

use super::super::confirm::Confirmed;
use super::super::focus::{SURVEY, SURVEY_FINISH, focus_later};
use super::super::region::{RegionLayer, Sliders};
use super::picture::Picture;
use super::{go_back, go_on};
use crate::region::Region;
use crate::state::AppState;
use crate::survey::row::Row;
use crate::survey::{Feedback, Phase};
use crate::text::{fill, text};

/// How many labels have a key.
const KEYS: usize = 9;

/// The question. Nothing of the model is seen here.
#[component]
pub fn Question(row: Row, place: usize) -> impl IntoView {
    let state = AppState::get();
    let region: RwSignal<Option<Region>> = row.region.clone().into();
    // What is drawn may be stored as the answers are.
    Effect::new(move |before: Option<()>| {
        region.track();
        if before.is_some() {
            state.survey_region_changed();
        }
    });
    let view_words = match row.question.view {
        genoderm_study::View::Focused => text().survey_focused,
        genoderm_study::View::Panoramic => text().survey_panoramic,
    };
    let image = row.question.image.clone();
    view! {
        <div
            class="survey-question"
            data-testid="survey-question"
            data-image=image
            data-place=place.to_string()
        >
            <figure class="photo">
                <Picture preview=row.preview.clone()>
                    <RegionLayer region when=true />
                </Picture>
                <figcaption>
                    <span class="file-name">{view_words}</span>
                </figcaption>
            </figure>
            <div class="survey-answering">
                <Labels row=row.clone() />
                <p class="hint">{text().survey_keys}</p>
                <DrawRegion region />
                <Ways row />
                <Leave />
            </div>
        </div>
        <p class="hint">{state.survey.feedback.get_untracked().promise()}</p>
    }
}

impl Feedback {
    /// What the reader is told of when the model is shown.
    fn promise(self) -> &'static str {
        match self {
            Self::AtTheEnd => text().survey_promise_end,
            Self::AfterEach => text().survey_promise_each,
        }
    }
}

#[component]
fn Labels(row: Row) -> impl IntoView {
    let state = AppState::get();
    let labels = state.survey_labels().into_iter().enumerate();
    let options = labels.map(|(label, key)| {
        let answer = row.answer.clone();
        let number = (label < KEYS).then(|| label + 1);
        view! {
            <label class="check survey-label">
                <input
                    type="radio"
                    name="survey-answer"
                    data-testid=format!("survey-label-{key}")
                    aria-keyshortcuts=number.map(|number| number.to_string())
                    prop:checked=move || answer.get() == Some(label)
                    on:change=move |_| state.answer_survey(Some(label))
                />
                <kbd aria-hidden="true">{number}</kbd>
                <span>{state.label_name(&key)}</span>
            </label>
        }
    });
    view! {
        <fieldset class="kind survey-labels">
            <legend>{text().survey_asked}</legend>
            {options.collect_view()}
        </fieldset>
    }
}

#[component]
fn DrawRegion(region: RwSignal<Option<Region>>) -> impl IntoView {
    let drawn = move || region.with(Option::is_some);
    view! {
        <div class="region">
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="survey-draw"
                    prop:checked=drawn
                    on:change=move |event| {
                        region.set(event_target_checked(&event).then(Region::default));
                    }
                />
                {text().survey_draw}
            </label>
            <Show when=drawn>
                <p class="hint">{text().region_hint}</p>
                <Sliders region />
            </Show>
        </div>
    }
}

/// Back, on, and the end.
#[component]
fn Ways(row: Row) -> impl IntoView {
    let state = AppState::get();
    let place = state.survey.place;
    let each = state.survey.feedback.get_untracked() == Feedback::AfterEach;
    let answer = row.answer;
    let has = move || answer.get().is_some();
    let next_words = move || match (each, has()) {
        (true, true) => text().survey_see,
        (_, true) => text().survey_next,
        (_, false) => text().survey_leave_out,
    };
    view! {
        <div class="actions">
            <Show when=move || { place.get() > 0 }>
                <button type="button" data-testid="survey-back" on:click=move |_| go_back(state)>
                    {text().survey_back}
                </button>
            </Show>
            <button type="button" class="primary" data-testid="survey-next" on:click=move |_| go_on(state)>
                {next_words}
            </button>
        </div>
        <Finish />
    }
}

/// The button that ends the questions, at the last one or once all are answered; it says how many are open.
#[component]
pub fn Finish() -> impl IntoView {
    let state = AppState::get();
    let (place, count) = (
        state.survey.place,
        Memo::new(move |_| state.survey.answered()),
    );
    let offered = move || {
        let (answered, total) = count.get();
        answered == total || place.get() + 1 == total
    };
    let words = move || {
        let (answered, total) = count.get();
        let open = total - answered;
        match open {
            0 => text().survey_all_answered.to_owned(),
            _ => fill(
                text().survey_open_questions.form(open as u64),
                &[("count", open.to_string())],
            ),
        }
    };
    let finish = move |_| {
        state.finish_survey();
        focus_later(SURVEY);
    };
    view! {
        <Show when=offered>
            <div class="survey-finish">
                <p data-testid="survey-open-questions">{words}</p>
                <button type="button" id=SURVEY_FINISH data-testid="survey-finish" on:click=finish>
                    {text().survey_finish}
                </button>
            </div>
        </Show>
    }
}

/// Leaving in the middle: with a question where the answers would be lost.
#[component]
pub fn Leave() -> impl IntoView {
    let state = AppState::get();
    let survey = state.survey;
    // A result that was seen is not kept.
    let kept = Memo::new(move |_| survey.may_store.get() && survey.phase.get() == Phase::Asking);
    let confirmed = move || {
        let question = if kept.get() {
            text().survey_close_kept
        } else {
            text().survey_close_sure
        };
        view! {
            <Confirmed
                words=text().survey_close
                label=text().survey_close.to_owned()
                question=question.to_owned()
                test_id="survey-close"
                on_yes=move || {
                    state.close_survey();
                    focus_later(SURVEY);
                }
            />
        }
    };
    view! { <div class="actions survey-close">{confirmed}</div> }
}
