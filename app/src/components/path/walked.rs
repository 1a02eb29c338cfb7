//! A path that was walked: what it is of, and what its present step says in words.

use std::sync::Arc;

use leptos::prelude::*;

use super::curve::ScoreCurve;
use super::pictures::Pictures;
use super::steps::Steps;
use crate::components::explanation::Legend;
use crate::components::focus::{PATH, focus_later};
use crate::components::kind::with_kind;
use crate::format;
use crate::path::Walk;
use crate::region::RegionShare;
use crate::state::AppState;
use crate::text::{baseline_name, fill, text};

/// All of it. Its pictures are where the walk left them until it is closed.
#[component]
pub fn Walked(walk: Arc<Walk>) -> impl IntoView {
    let state = AppState::get();
    let trace = &walk.trace;
    let settings = &trace.settings;
    let name = untrack(|| state.label_name(&settings.target));
    let several = untrack(|| state.answers().len() > 1);
    let title = fill(text().path_shown, &[("label", &name)]);
    let title = with_kind(title, &settings.set, several);
    let how = [
        ("network", (trace.fold + 1).to_string()),
        ("baseline", baseline_name(settings.baseline).to_owned()),
    ];
    let close = move |_| {
        state.close_path();
        focus_later(PATH);
    };
    view! {
        <div
            class="path-walked"
            data-testid="path"
            data-label=settings.target.clone()
            data-set=settings.set.clone()
            data-fold=trace.fold.to_string()
            data-points=walk.count().to_string()
            data-logit=trace.logit.to_string()
            data-baseline-logit=trace.baseline_logit.to_string()
            data-gap=trace.completeness_gap.to_string()
        >
            <p class="map-title">
                <strong>{title}</strong>
                <button type="button" class="quiet" data-testid="close-path" on:click=close>
                    {text().path_close}
                </button>
            </p>
            <p class="hint">{fill(text().path_how, &how)}</p>
            <Legend name=name.clone() />
            <Pictures walk=walk.clone() />
            <Steps walk=walk.clone() />
            <Words walk=walk.clone() />
            <Shares walk=walk.clone() name=name.clone() />
            <ScoreCurve walk=walk.clone() name />
            <p class="hint">{text().path_colours}</p>
        </div>
    }
}

/// The present step in a sentence.
#[component]
fn Words(walk: Arc<Walk>) -> impl IntoView {
    let step = AppState::get().path.step;
    let walk = StoredValue::new(walk);
    let of_step = move |number: fn(&Walk, usize) -> f64| {
        let step = step.get();
        walk.with_value(|walk| number(walk, step))
    };
    let words = move || {
        let step = step.get();
        walk.with_value(|walk| step_words(walk, step))
    };
    view! {
        <p
            data-testid="path-words"
            data-step=move || (step.get() + 1).to_string()
            data-position=move || of_step(Walk::position).to_string()
            data-added=move || of_step(Walk::added).to_string()
            data-sum=move || of_step(Walk::sum).to_string()
            data-missing=move || of_step(Walk::missing).to_string()
            data-logit=move || of_step(|walk, step| f64::from(walk.logit(step))).to_string()
        >
            {words}
        </p>
    }
}

/// What a step adds, how much is there, and how much is missing.
pub fn step_words(walk: &Walk, step: usize) -> String {
    let last = step + 1 >= walk.count();
    let sentence = if last {
        text().path_words_last
    } else {
        text().path_words
    };
    let number = |value: f64| format::signed(value as f32);
    // The engine's gap is of all of the input, also of what was added around the photograph.
    let missing = if last {
        f64::from(walk.trace.completeness_gap)
    } else {
        walk.missing(step)
    };
    let values = [
        ("added", number(walk.added(step))),
        ("sum", number(walk.sum(step))),
        ("change", number(walk.change())),
        ("missing", number(missing)),
    ];
    fill(sentence, &values)
}

/// How much of the present sum lies in the lesion, and in the reader's region.
#[component]
fn Shares(walk: Arc<Walk>, name: String) -> impl IntoView {
    let state = AppState::get();
    let part = untrack(|| state.answer_of(&walk.trace.settings.set));
    let part = part.and_then(|answer| answer.region);
    let name = StoredValue::new(name);
    let share = move |inside: &dyn Fn(f64, f64) -> bool| {
        let step = state.path.step.get();
        let shape = state.photo_shape();
        state.path.frames.with_value(|frames| {
            let sum = frames.as_ref()?.sum(step)?;
            Some(RegionShare::of_part(&sum, part.as_ref(), shape, inside))
        })
    };
    let in_lesion = Memo::new(move |_| {
        state.lesion.with(|lesion| {
            let lesion = lesion.as_ref()?;
            share(&|x, y| lesion.contains(x, y))
        })
    });
    let in_region = Memo::new(move |_| {
        let region = state.map_choice.region.get()?;
        share(&|x, y| region.contains(x, y))
    });
    let told = move |id: &'static str, template: &'static str, share: RegionShare| {
        let evidence = share.evidence.map(format::whole);
        let values = [
            (
                "share",
                evidence.unwrap_or_else(|| text().none_measured.to_owned()),
            ),
            ("area", format::whole(share.area)),
            ("label", name.get_value()),
        ];
        view! {
            <p
                data-testid=id
                data-evidence=share.evidence.map(|evidence| evidence.to_string())
                data-area=share.area.to_string()
            >
                {fill(template, &values)}
            </p>
        }
    };
    view! {
        {move || {
            in_lesion.get().map(|share| told("path-lesion-share", text().path_in_lesion, share))
        }}
        {move || {
            in_region.get().map(|share| told("path-region-share", text().path_in_region, share))
        }}
    }
}
