//! How a map comes about: the path of Integrated Gradients, walked step by step.

mod curve;
mod pictures;
mod steps;
mod walked;

use genoderm_protocol::Method;
use leptos::prelude::*;

use super::focus::{PATH, focus_later};
use super::progress::LabelProgress;
use crate::path::{POINTS, PathState};
use crate::state::AppState;
use crate::text::{fill, text};
use walked::Walked;

/// The button that stops a walk.
const CANCEL: &str = "cancel-path";

/// The part below the map's settings; nothing where the chosen method has no path and none is shown.
#[component]
pub fn PathPanel() -> impl IntoView {
    let state = AppState::get();
    let shown = Memo::new(move |_| {
        let traceable = state.map_choice.method.get() == Method::IntegratedGradients;
        traceable || state.path.state.with(|path| *path != PathState::None)
    });
    let running = Memo::new(move |_| state.path.state.with(running_label));
    // The steps of a path move in it; only another path builds it anew.
    let walk = Memo::new(move |_| state.path.walk());
    view! {
        <Show when=move || shown.get()>
            <section class="path" id=PATH tabindex="-1" aria-labelledby="path-title">
                <h3 id="path-title">{text().path_title}</h3>
                <p class="hint">{text().path_intro}</p>
                {move || match running.get() {
                    Some(key) => view! { <Running key /> }.into_any(),
                    None => view! { <Ask /> }.into_any(),
                }}
                {move || walk.get().map(|walk| view! { <Walked walk /> })}
            </section>
        </Show>
    }
}

/// The key of the label whose path is being walked.
fn running_label(path: &PathState) -> Option<String> {
    match path {
        PathState::Running(key, _) => Some(key.clone()),
        PathState::None | PathState::Done(_) => None,
    }
}

/// How many steps, and the button.
#[component]
fn Ask() -> impl IntoView {
    let state = AppState::get();
    let points = state.path.points;
    let target = Memo::new(move |_| state.path_target());
    let options = move || {
        let option = |known: usize| {
            view! {
                <option value=known.to_string() prop:selected=move || points.get() == known>
                    {known}
                </option>
            }
        };
        POINTS.map(option).collect_view()
    };
    let pick = move |event| {
        let picked = event_target_value(&event).parse().ok();
        if let Some(picked) = picked.filter(|picked| POINTS.contains(picked)) {
            points.set(picked);
        }
    };
    let words = move || {
        let (_, key) = target.get()?;
        let name = state.label_name(&key);
        Some(fill(text().path_walk, &[("label", name)]))
    };
    let ask = move |_| {
        state.walk_path();
        focus_later(PATH);
    };
    view! {
        <Show when=move || target.with(Option::is_some)>
            <div class="path-ask">
                <div class="field">
                    <label for="path-points">{text().path_points_label}</label>
                    <select id="path-points" data-testid="path-points" on:change=pick>
                        {options()}
                    </select>
                </div>
                <button type="button" data-testid="walk-path" on:click=ask>
                    {words}
                </button>
            </div>
        </Show>
    }
}

#[component]
fn Running(key: String) -> impl IntoView {
    let state = AppState::get();
    let name = untrack(|| state.label_name(&key));
    let progress = move || {
        state.path.state.with(|path| match path {
            PathState::Running(_, progress) => progress.clone(),
            PathState::None | PathState::Done(_) => None,
        })
    };
    let cancel = move || {
        state.cancel_path();
        focus_later(PATH);
    };
    // The button goes when the path is there, also while it has the focus.
    on_cleanup(|| {
        let focused = document().active_element();
        if focused.is_some_and(|element| element.id() == CANCEL) {
            focus_later(PATH);
        }
    });
    view! {
        <LabelProgress
            name="path"
            label=name
            begun=text().path_walking
            going_on=text().path_progress
            progress
            on_cancel=cancel
        />
    }
}
