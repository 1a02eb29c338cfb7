//! The editor's controls, below the photograph. Whatever a pointer drags can be set here by single presses and by keys.

use leptos::ev;
use leptos::prelude::*;

use super::preview::CropPreview;
use super::slider::Slider;
use super::stage::{STEP, TURN};
use crate::components::focus::{CROP_BUTTON, focus_later};
use crate::crop::{Crop, LARGEST, MOST_DEGREES};
use crate::format;
use crate::state::AppState;
use crate::text::text;

/// What a button zooms by.
const ZOOM_STEP: f64 = 0.25;

/// The controls; nothing while the editor is closed.
#[component]
pub fn CropPanel() -> impl IntoView {
    let state = AppState::get();
    let is_open = Memo::new(move |_| state.crop.with(Option::is_some));
    // Also from the rectangle, which stands elsewhere.
    let heard = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && is_open.get_untracked() && !event.default_prevented() {
            event.prevent_default();
            state.cancel_crop();
            focus_later(CROP_BUTTON);
        }
    });
    on_cleanup(move || heard.remove());
    view! {
        <Show when=move || is_open.get()>
            <Panel />
        </Show>
    }
}

#[component]
fn Panel() -> impl IntoView {
    let state = AppState::get();
    let quarter = move |quarters: i32| {
        state.change_crop(|crop| {
            crop.draft.turn_quarter(quarters);
            crop.follow();
        });
        state.tell_crop();
    };
    let apply = move |_| {
        state.apply_crop();
        focus_later(CROP_BUTTON);
    };
    let cancel = move |_| {
        state.cancel_crop();
        focus_later(CROP_BUTTON);
    };
    view! {
        <section class="crop-panel" aria-labelledby="crop-title">
            <h3 id="crop-title">{text().crop_title}</h3>
            <p class="hint">{text().crop_hint}</p>
            <div class="crop-tools">
                <CropPreview />
                <div class="crop-sliders">
                    <Sliders />
                </div>
            </div>
            <div class="actions">
                <button type="button" data-testid="crop-left" on:click=move |_| quarter(-1)>
                    {text().crop_left}
                </button>
                <button type="button" data-testid="crop-right" on:click=move |_| quarter(1)>
                    {text().crop_right}
                </button>
                <button type="button" data-testid="crop-reset" on:click=move |_| state.reset_crop()>
                    {text().crop_reset}
                </button>
            </div>
            <div class="actions">
                <button type="button" class="primary" data-testid="crop-apply" on:click=apply>
                    {text().crop_apply}
                </button>
                <button type="button" data-testid="crop-cancel" on:click=cancel>
                    {text().cancel}
                </button>
            </div>
            <p class="hint" id="crop-keys">
                {text().crop_keys}
            </p>
        </section>
    }
}

#[component]
fn Sliders() -> impl IntoView {
    let state = AppState::get();
    let read = move |number: fn(&Crop) -> f64| {
        Signal::derive(move || state.crop.with(|crop| crop.as_ref().map_or(0.0, number)))
    };
    let write = move |change: fn(&mut Crop, f64)| {
        Callback::new(move |number: f64| {
            state.change_crop(|crop| {
                change(crop, number);
                crop.follow();
            });
        })
    };
    let share = |value: Signal<f64>| Signal::derive(move || format::whole(value.get()));
    let across = read(|crop| crop.draft.centre().0);
    let down = read(|crop| crop.draft.centre().1);
    let width = read(|crop| crop.draft.fractions()[2]);
    let height = read(|crop| crop.draft.fractions()[3]);
    let turn = read(|crop| crop.draft.degrees());
    let zoom = read(|crop| crop.view.zoom);
    let least_turn = -MOST_DEGREES;
    view! {
        <Slider
            name=text().crop_across
            test_id="crop-across"
            min=0.0
            max=1.0
            step=STEP
            value=across
            words=share(across)
            on_change=write(|crop, number| crop.draft.set_centre(Some(number), None))
        />
        <Slider
            name=text().crop_down
            test_id="crop-down"
            min=0.0
            max=1.0
            step=STEP
            value=down
            words=share(down)
            on_change=write(|crop, number| crop.draft.set_centre(None, Some(number)))
        />
        <Slider
            name=text().crop_width
            test_id="crop-width"
            min=0.0
            max=1.0
            step=STEP
            value=width
            words=share(width)
            on_change=write(|crop, number| crop.draft.set_size(Some(number), None))
        />
        <Slider
            name=text().crop_height
            test_id="crop-height"
            min=0.0
            max=1.0
            step=STEP
            value=height
            words=share(height)
            on_change=write(|crop, number| crop.draft.set_size(None, Some(number)))
        />
        <Slider
            name=text().crop_turn
            test_id="crop-turn"
            min=least_turn
            max=MOST_DEGREES
            step=TURN
            value=turn
            words=Signal::derive(move || format::degrees(turn.get()))
            on_change=write(|crop, number| crop.draft.set_degrees(number))
        />
        <Slider
            name=text().crop_zoom
            test_id="crop-zoom"
            min=1.0
            max=LARGEST
            step=ZOOM_STEP
            value=zoom
            words=Signal::derive(move || format::whole(zoom.get()))
            on_change=write(|crop, number| crop.zoom_on_draft(number))
        />
    }
}
