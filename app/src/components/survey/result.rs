//! The end of a survey: how many were right, where the answers went, what they relied on, and the table to take along.

use leptos::prelude::*;

use super::super::focus::{SURVEY_SHOWN, focus_later};
use super::comparison::Comparison;
use super::list::Photographs;
use super::question::Leave;
use super::tables::{Accuracies, Matrices};
use crate::format;
use crate::state::AppState;
use crate::survey::Source;
use crate::survey::overlap::mean;
use crate::text::{fill, text};

/// Everything that is known at the end.
#[component]
pub fn Results() -> impl IntoView {
    let state = AppState::get();
    view! {
        <p class="hint" data-testid="survey-who">
            {who_words(state)}
        </p>
        <ModelProgress />
        <Accuracies />
        <Completeness />
        <MeanOverlaps />
        <Matrices />
        <Export />
        <LookedAt />
        <Photographs />
        <Leave />
    }
}

fn who_words(state: AppState) -> String {
    let who = untrack(|| state.survey.who());
    let name = untrack(|| state.survey.survey()).map(|(_, survey)| survey.name);
    let name = name.map(|name| super::entry::survey_name(&name));
    let values = [
        ("name", name.unwrap_or_default()),
        ("reader", who.name),
        ("group", who.group.to_string()),
    ];
    fill(text().survey_who, &values)
}

/// How far the model has come, while it still works.
#[component]
fn ModelProgress() -> impl IntoView {
    let state = AppState::get();
    let count = Memo::new(move |_| (state.survey.settled(), state.survey.answered().1));
    let with_model = state.survey.with_model.get_untracked();
    let words = move || {
        let (settled, total) = count.get();
        let values = [("done", settled.to_string()), ("total", total.to_string())];
        fill(text().survey_model_progress, &values)
    };
    view! {
        <div
            data-testid="survey-model-progress"
            data-settled=move || count.get().0.to_string()
            data-total=move || count.get().1.to_string()
        >
            {(!with_model).then(|| view! { <p class="hint">{text().survey_without_model}</p> })}
            <Show when=move || with_model && count.get().0 < count.get().1>
                <div class="progress-row">
                    <progress
                        aria-label=text().survey_models
                        max=move || count.get().1.to_string()
                        value=move || count.get().0.to_string()
                    ></progress>
                    <span class="progress-words">{words}</span>
                </div>
            </Show>
        </div>
    }
}

/// Whether so much was answered that the sheet counts in a study.
#[component]
fn Completeness() -> impl IntoView {
    let state = AppState::get();
    let (answered, total) = untrack(|| state.survey.answered());
    let counts = answered as f64 > genoderm_study::COMPLETE_ABOVE * total as f64;
    let open = total - answered;
    (open > 0).then(|| {
        let words = fill(
            text().survey_left_out.form(open as u64),
            &[("count", open.to_string())],
        );
        let limit = format::share(genoderm_study::COMPLETE_ABOVE);
        let note = (!counts).then(|| fill(text().survey_incomplete, &[("share", limit)]));
        view! {
            <p data-testid="survey-left-out" data-counts=counts.to_string()>
                {words} " " {note}
            </p>
        }
    })
}

/// The mean agreement of what was drawn.
#[component]
fn MeanOverlaps() -> impl IntoView {
    let state = AppState::get();
    let all = Memo::new(move |_| {
        let rows = state.survey.rows.get();
        rows.iter()
            .map(|row| row.overlaps.get())
            .collect::<Vec<_>>()
    });
    let of_map = move || mean(all.get().into_iter().map(|one| one.region_map));
    let chance = move || mean(all.get().into_iter().map(|one| one.by_chance));
    let of_lesion = move || mean(all.get().into_iter().map(|one| one.region_lesion));
    let model_lesion = move || mean(all.get().into_iter().map(|one| one.map_lesion));
    let sentence = move |template: &str, value: Option<(f64, usize)>| {
        let (value, count) = value?;
        let values = [
            ("overlap", format::whole(value)),
            ("count", count.to_string()),
            (
                "chance",
                chance()
                    .map(|(value, _)| format::whole(value))
                    .unwrap_or_default(),
            ),
        ];
        Some(view! { <li>{fill(template, &values)}</li> })
    };
    view! {
        <div
            class="survey-part"
            data-testid="survey-mean-overlap"
            data-region-map=move || of_map().map(|(value, _)| value.to_string())
            data-count=move || of_map().map(|(_, count)| count.to_string())
        >
            <h3>{text().survey_overlap_title}</h3>
            <p class="hint">{text().survey_overlap_meaning}</p>
            <ul class="plain-list">
                {move || match of_map() {
                    None => Some(view! { <li>{text().survey_overlap_none}</li> }.into_any()),
                    value => sentence(text().survey_mean_map, value).map(IntoAny::into_any),
                }} {move || sentence(text().survey_mean_lesion, of_lesion())}
                {move || sentence(text().survey_mean_map_lesion, model_lesion())}
            </ul>
        </div>
    }
}

#[component]
fn Export() -> impl IntoView {
    let state = AppState::get();
    let built_in = state.survey.source.get_untracked() == Source::BuiltIn;
    view! {
        <div class="survey-part">
            <h3>{text().survey_keep}</h3>
            <p class="hint">{text().survey_keep_hint}</p>
            <div class="actions">
                <button type="button" data-testid="survey-csv" on:click=move |_| state.save_answers()>
                    {text().survey_csv}
                </button>
                {built_in
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                data-testid="survey-description"
                                on:click=move |_| state.save_description()
                            >
                                {text().survey_description}
                            </button>
                        }
                    })}
            </div>
        </div>
    }
}

/// The photograph that is looked at, with a way to its neighbours.
#[component]
fn LookedAt() -> impl IntoView {
    let state = AppState::get();
    let place = state.survey.place;
    let count = state.survey.rows.with_untracked(Vec::len);
    let look = move |to: usize| {
        state.show_in_survey(to);
        focus_later(SURVEY_SHOWN);
    };
    let shown = move |place: usize| {
        let row = state
            .survey
            .rows
            .with_untracked(|rows| rows.get(place).cloned());
        row.map(|row| view! { <Comparison row place /> })
    };
    view! {
        <div class="survey-part" id=SURVEY_SHOWN tabindex="-1">
            <For each=move || [place.get()] key=|place| *place children=shown />
            <div class="actions">
                <button
                    type="button"
                    data-testid="survey-before"
                    aria-disabled=move || (place.get() == 0).to_string()
                    on:click=move |_| {
                        if let Some(before) = place.get_untracked().checked_sub(1) {
                            look(before);
                        }
                    }
                >
                    {text().survey_back}
                </button>
                <button
                    type="button"
                    data-testid="survey-after"
                    aria-disabled=move || (place.get() + 1 >= count).to_string()
                    on:click=move |_| {
                        let after = place.get_untracked() + 1;
                        if after < count {
                            look(after);
                        }
                    }
                >
                    {text().survey_next}
                </button>
            </div>
        </div>
    }
}
