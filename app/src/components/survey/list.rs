//! Every photograph of a finished survey in a line: what it shows, what both answered, how far they looked at the same.

use leptos::prelude::*;

use super::super::focus::{SURVEY_SHOWN, focus_later};
use crate::format;
use crate::state::AppState;
use crate::survey::row::{Row, Turn};
use crate::text::{fill, text};

/// The table. On a narrow screen the style sheet sets each row as a block, so the roles of a table are said aloud.
#[component]
pub fn Photographs() -> impl IntoView {
    let state = AppState::get();
    let rows = state.survey.rows.get_untracked();
    let rows = rows
        .into_iter()
        .enumerate()
        .map(|(place, row)| view! { <Line row place /> })
        .collect_view();
    view! {
        <h3>{text().survey_every}</h3>
        <table class="batch survey-list" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">{text().batch_photograph}</th>
                    <th role="columnheader" scope="col">{text().survey_you}</th>
                    <th role="columnheader" scope="col">{text().survey_the_model}</th>
                    <th role="columnheader" scope="col" class="number">{text().survey_overlap}</th>
                    <td role="cell"></td>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

#[component]
fn Line(row: Row, place: usize) -> impl IntoView {
    let state = AppState::get();
    let labels = state.survey_labels();
    let key = move |label: usize| labels.get(label).cloned().unwrap_or_default();
    let truth = row.truth;
    // The mark tells it without colour.
    let told = {
        let key = key.clone();
        move |label: usize| {
            let mark = if label == truth { "✓" } else { "✗" };
            let words = if label == truth {
                text().survey_is_right
            } else {
                text().survey_is_wrong
            };
            view! {
                <span aria-hidden="true">{mark}</span>
                <span class="visually-hidden">{words}</span>
                " "
                {state.label_name(&key(label))}
            }
        }
    };
    let answer = row.answer.get_untracked();
    let yours = match answer {
        Some(label) => told(label).into_any(),
        None => text().none_measured.into_any(),
    };
    let model = row.model.clone();
    let models = move || match model.get() {
        Turn::Done(reading) => match reading.label {
            Some(label) => told(label).into_any(),
            None => text().none_measured.into_any(),
        },
        Turn::Failed(_) => text().none_measured.into_any(),
        Turn::Waiting | Turn::Running if !state.survey.with_model.get() => {
            text().none_measured.into_any()
        }
        Turn::Waiting | Turn::Running => text().batch_waiting.into_any(),
    };
    let number = (place + 1).to_string();
    let name = fill(
        text().survey_photograph_of,
        &[
            ("number", number.clone()),
            ("truth", state.label_name(&key(truth))),
        ],
    );
    let overlaps = row.overlaps.clone();
    let look = move |_| {
        state.show_in_survey(place);
        focus_later(SURVEY_SHOWN);
    };
    let current = move || (state.survey.place.get() == place).then_some("true");
    view! {
        <tr
            role="row"
            data-testid="survey-line"
            data-image=row.question.image.clone()
            data-truth=key(truth)
            data-answer=answer.map(key.clone())
            aria-current=current
        >
            <th role="rowheader" scope="row">
                <span class="batch-photo">
                    <img src=row.preview alt="" loading="lazy" decoding="async" width="48" height="48" />
                    <span>{name}</span>
                </span>
            </th>
            <td role="cell" data-column=text().survey_you>
                {yours}
            </td>
            <td role="cell" data-column=text().survey_the_model>
                {models}
            </td>
            <td role="cell" class="number" data-column=text().survey_overlap>
                {move || overlaps.get().region_map.map_or_else(|| text().none_measured.to_owned(), format::whole)}
            </td>
            <td role="cell" class="batch-open">
                <button
                    type="button"
                    aria-label=fill(text().survey_look_label, &[("number", number)])
                    data-testid=format!("survey-look-{place}")
                    on:click=look
                >
                    {text().survey_look}
                </button>
            </td>
        </tr>
    }
}
