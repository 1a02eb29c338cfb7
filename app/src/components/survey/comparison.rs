//! Both answers to one photograph: what the reader relied on and what the model did, side by side, and how far they agree.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use super::super::explanation::Legend;
use super::super::photograph::paint_on;
use super::super::region::Ellipse;
use super::picture::{Outline, Picture};
use super::question::{Finish, Leave};
use super::{go_back, go_on};
use crate::format;
use crate::overlay::Heat;
use crate::region::Region;
use crate::state::AppState;
use crate::survey::overlap::Overlaps;
use crate::survey::row::{Row, Turn};
use crate::text::{fill, text};

/// A photograph whose answer stands, in the midst of the questions.
#[component]
pub fn Shown(row: Row, place: usize) -> impl IntoView {
    let state = AppState::get();
    view! {
        <Comparison row place />
        <div class="actions">
            <Show when=move || { place > 0 }>
                <button type="button" data-testid="survey-back" on:click=move |_| go_back(state)>
                    {text().survey_back}
                </button>
            </Show>
            <button type="button" class="primary" data-testid="survey-next" on:click=move |_| go_on(state)>
                {text().survey_next}
            </button>
        </div>
        <Finish />
        <Leave />
    }
}

/// What both said, and where they looked.
#[component]
pub fn Comparison(row: Row, place: usize) -> impl IntoView {
    let state = AppState::get();
    let labels = state.survey_labels();
    let key = move |label: Option<usize>| label.and_then(|label| labels.get(label).cloned());
    let overlaps: Memo<Overlaps> = row.overlaps.clone().into();
    let grade = match row.answer.get_untracked() {
        Some(answer) if answer == row.truth => "right",
        Some(_) => "wrong",
        None => "none",
    };
    let heat = {
        let row = row.clone();
        Signal::derive(move || row.reading().and_then(|reading| reading.heat.clone()))
    };
    let (told, model, turn) = (row.clone(), row.clone(), row.model.clone());
    let number = (place + 1).to_string();
    let reading_label = {
        let (row, key) = (row.clone(), key.clone());
        move || key(row.reading().and_then(|reading| reading.label))
    };
    let legend = reading_label.clone();
    let (region, preview) = (row.region.get_untracked(), row.preview.clone());
    let works = move || turn.with(|turn| matches!(turn, Turn::Waiting | Turn::Running));
    view! {
        <div
            class="survey-comparison"
            data-testid="survey-comparison"
            data-place=place.to_string()
            data-image=row.question.image.clone()
            data-truth=key(Some(row.truth))
            data-answer=key(row.answer.get_untracked())
            data-model=reading_label
        >
            <h3>{fill(text().survey_photograph, &[("number", number)])}</h3>
            <p class="truth" data-grade=grade data-testid="survey-verdict">
                {state.verdict_words(&told)}
            </p>
            <p data-testid="survey-model" class:working=works.clone()>
                <Show when=works.clone()>
                    <span class="lamp" aria-hidden="true"></span>
                </Show>
                {move || state.model_words(&model)}
            </p>
            <div class="survey-pair">
                <Side preview=preview.clone() lesion=row.lesion.clone() words=text().survey_yours>
                    <Drawn region />
                </Side>
                <Side
                    preview
                    lesion=row.lesion.clone()
                    words=text().survey_models
                    grey=Signal::derive(move || heat.with(Option::is_some))
                >
                    <Map heat />
                </Side>
            </div>
            <p class="hint">
                {region.map(|_| text().survey_line_region)} " "
                {row.lesion.as_ref().map(|_| text().survey_line_lesion)}
            </p>
            {move || {
                legend()
                    .filter(|_| heat.with(Option::is_some))
                    .map(|key| view! { <Legend name=state.label_name(&key) /> })
            }}
            <OverlapWords overlaps drawn=region.is_some() />
        </div>
    }
}

/// One of the two pictures.
#[component]
fn Side(
    preview: String,
    lesion: Option<Arc<crate::lesion::Lesion>>,
    words: &'static str,
    #[prop(into, default = Signal::stored(false))] grey: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <figure class="photo">
            <Picture preview grey>
                {children()} {lesion.map(|lesion| view! { <Outline lesion /> })}
            </Picture>
            <figcaption>
                <span class="hint">{words}</span>
            </figcaption>
        </figure>
    }
}

/// The reader's region, which stands.
#[component]
fn Drawn(region: Option<Region>) -> impl IntoView {
    region.map(|region| {
        view! {
            <svg
                class="overlay"
                viewBox="0 0 100 100"
                preserveAspectRatio="none"
                role="img"
                aria-label=text().region_alt
                data-testid="survey-region"
            >
                <Ellipse region=Signal::stored(region) />
            </svg>
        }
    })
}

/// The model's map.
#[component]
fn Map(heat: Signal<Option<Heat>>) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    paint_on(canvas, heat);
    view! {
        <Show when=move || heat.with(Option::is_some)>
            <canvas
                node_ref=canvas
                class="overlay"
                role="img"
                aria-label=text().survey_map_alt
                data-testid="survey-map"
            ></canvas>
        </Show>
    }
}

/// How far regions agree, in sentences.
#[component]
fn OverlapWords(overlaps: Memo<Overlaps>, drawn: bool) -> impl IntoView {
    let exact = |value: Option<f64>| value.map(|value| value.to_string());
    let sentences = move || {
        let found = overlaps.get();
        let one = |template: &str, value: Option<f64>| {
            let value = value?;
            let chance = found.by_chance.map(format::whole).unwrap_or_default();
            let values = [("overlap", format::whole(value)), ("chance", chance)];
            Some(view! { <li>{fill(template, &values)}</li> })
        };
        [
            one(text().survey_overlap_map, found.region_map),
            one(text().survey_overlap_lesion, found.region_lesion),
            one(text().survey_overlap_map_lesion, found.map_lesion),
        ]
        .collect_view()
    };
    view! {
        <ul
            class="plain-list"
            data-testid="survey-overlap"
            data-region-map=move || exact(overlaps.get().region_map)
            data-by-chance=move || exact(overlaps.get().by_chance)
            data-region-lesion=move || exact(overlaps.get().region_lesion)
            data-map-lesion=move || exact(overlaps.get().map_lesion)
        >
            {(!drawn).then(|| view! { <li>{text().survey_nothing_drawn}</li> })}
            {sentences}
        </ul>
    }
}
