//! Moving along the path: a slider with one stop for each point, buttons, and a walk that goes on by itself.

use core::time::Duration;
use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;

use super::walked::step_words;
use crate::format;
use crate::path::Walk;
use crate::state::AppState;
use crate::text::{fill, text};

/// How long each step is shown while the walk goes on by itself.
const PERIOD: Duration = Duration::from_millis(600);

/// The controls.
#[component]
pub fn Steps(walk: Arc<Walk>) -> impl IntoView {
    let state = AppState::get();
    let step = state.path.step;
    let count = walk.count();
    let last = count.saturating_sub(1);
    let playing = RwSignal::new(false);
    play(state, walk, playing);
    let slide = move |event: ev::Event| {
        if let Ok(number) = event_target_value(&event).parse::<usize>() {
            playing.set(false);
            state.go_to_step(number.saturating_sub(1));
        }
    };
    let back = move |_| {
        playing.set(false);
        state.go_to_step(step.get_untracked().saturating_sub(1));
    };
    let on = move |_| {
        playing.set(false);
        state.go_to_step(step.get_untracked() + 1);
    };
    let toggle = move |_| {
        if !playing.get_untracked() && step.get_untracked() >= last {
            state.go_to_step(0);
        }
        playing.update(|playing| *playing = !*playing);
    };
    let place = move || step_place(state, count);
    // Buttons that cannot be pressed any more keep the focus.
    let at = move |end: usize| (step.get() == end).then_some("true");
    view! {
        <div class="path-steps">
            <label for="path-slider" class="visually-hidden">
                {text().path_slider}
            </label>
            <input
                type="range"
                id="path-slider"
                data-testid="path-slider"
                min="1"
                max=count.to_string()
                step="1"
                aria-valuetext=place
                prop:value=move || (step.get() + 1).to_string()
                on:input=slide
            />
            <output for="path-slider" aria-hidden="true">
                {place}
            </output>
            <div class="actions">
                <button type="button" data-testid="path-back" aria-disabled=move || at(0) on:click=back>
                    {text().path_back}
                </button>
                <button type="button" data-testid="path-on" aria-disabled=move || at(last) on:click=on>
                    {text().path_on}
                </button>
                {(!wants_no_motion())
                    .then(|| {
                        view! {
                            <button type="button" data-testid="path-play" on:click=toggle>
                                {move || if playing.get() { text().path_pause } else { text().path_play }}
                            </button>
                        }
                    })}
            </div>
        </div>
    }
}

/// Goes on by itself while `playing`, and stops at the end, where it says what the reader has arrived at.
fn play(state: AppState, walk: Arc<Walk>, playing: RwSignal<bool>) {
    let last = walk.count().saturating_sub(1);
    let walk = StoredValue::new(walk);
    let go_on = move || {
        let next = state.path.step.get_untracked() + 1;
        if wants_no_motion() {
            playing.set(false);
            return;
        }
        state.go_to_step(next);
        if next >= last {
            playing.set(false);
            let words = walk.with_value(|walk| step_words(walk, last));
            state.announcement.set(words);
        }
    };
    Effect::new(move |_| {
        if !playing.get() {
            return;
        }
        if let Ok(timer) = set_interval_with_handle(go_on, PERIOD) {
            on_cleanup(move || timer.clear());
        }
    });
}

/// Whether the reader has told the browser or the device that nothing should move by itself.
fn wants_no_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Where the present step is, in words.
pub fn step_place(state: AppState, count: usize) -> String {
    let step = state.path.step.get();
    let position = state.path.state.with(|path| match path {
        crate::path::PathState::Done(walk) => walk.position(step),
        _ => 0.0,
    });
    let values = [
        ("step", (step + 1).to_string()),
        ("points", count.to_string()),
        ("share", format::whole(position)),
    ];
    fill(text().path_place, &values)
}
