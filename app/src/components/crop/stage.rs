//! What lies over the photograph while the editor is open: the rectangle with its handles, and shade around it.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::grip::Grip;
use crate::components::focus::{CROP, CROP_BUTTON, focus_in_place, focus_later};
use crate::components::gesture::{self, Gesture, ZOOM};
use crate::components::place::Place;
use crate::crop::{Crop, Handle};
use crate::session::draft_words;
use crate::state::AppState;
use crate::text::{fill, text};

/// A key moves by, and changes a side by, this share of the photograph.
pub const STEP: f64 = 0.01;
/// A key turns by so many degrees.
pub const TURN: f64 = 1.0;

/// The stage; nothing while the editor is closed.
#[component]
pub fn CropStage() -> impl IntoView {
    let state = AppState::get();
    view! {
        <Show when=move || state.crop.with(Option::is_some)>
            <Stage />
        </Show>
    }
}

#[component]
fn Stage() -> impl IntoView {
    let state = AppState::get();
    let stage = NodeRef::<html::Div>::new();
    let pointers = StoredValue::new(Gesture::default());
    let press = move |event: ev::PointerEvent| {
        let (Some((place, _)), Some(crop)) =
            (gesture::measure(stage, &event), state.crop.get_untracked())
        else {
            return;
        };
        if event.button() != 0 {
            return;
        }
        event.prevent_default();
        if let Some(stage) = stage.get_untracked() {
            // Without it a pointer that leaves the stage would be lost, which is no reason to stop.
            let _ = stage.set_pointer_capture(event.pointer_id());
        }
        let grip = grip(&event);
        pointers.update_value(|gesture| gesture.press(event.pointer_id(), place, (grip, crop)));
        focus_in_place(CROP);
    };
    let drag = move |event: ev::PointerEvent| {
        let Some((place, size)) = gesture::measure(stage, &event) else {
            return;
        };
        let moved = pointers
            .try_update_value(|gesture| gesture.move_to(event.pointer_id(), place, size))
            .flatten();
        if let Some(((grip, began), movement)) = moved {
            state.change_crop(|crop| *crop = grip.apply(began, movement));
        }
    };
    let release = move |event: ev::PointerEvent| {
        let id = event.pointer_id();
        let time = event.time_stamp();
        let twice = pointers.try_update_value(|gesture| gesture.release(id, time));
        if twice == Some(true) {
            state.reset_crop();
        } else if pointers.with_value(Gesture::has_moved) {
            state.tell_crop();
        }
    };
    let wheel = move |event: ev::WheelEvent| {
        let Some((place, size)) = gesture::measure(stage, &event) else {
            return;
        };
        event.prevent_default();
        let factor = gesture::wheel_factor(&event);
        let about = (place.0 / size.0, place.1 / size.1);
        state.change_crop(|crop| crop.zoom(crop.view.zoom * factor, about));
    };
    view! {
        <div
            node_ref=stage
            class="crop-stage"
            data-testid="crop-stage"
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=release
            on:pointercancel=release
            on:wheel=wheel
        >
            <Frame />
        </div>
    }
}

/// What a pointer took hold of.
fn grip(event: &ev::PointerEvent) -> Grip {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(target) = target else {
        return Grip::View;
    };
    let handle = target
        .get_attribute("data-handle")
        .and_then(|number| number.parse().ok())
        .and_then(|number: usize| Handle::ALL.get(number));
    match handle {
        Some(handle) => Grip::Handle(*handle),
        None if target.id() == CROP => Grip::Frame,
        None => Grip::View,
    }
}

/// The rectangle. Its handles are for pointers; keys and sliders do the same, so screen readers need not hear of them.
#[component]
fn Frame() -> impl IntoView {
    let state = AppState::get();
    let crop = Memo::new(move |_| state.crop.get());
    let place = move || {
        let crop = crop.get()?;
        Some(Place::new(crop.on_stage(), crop.draft.turn()))
    };
    let words = move || {
        let draft = crop.get().map(|crop| crop.draft)?;
        let values = [("region", draft_words(&draft))];
        Some(fill(text().crop_frame, &values))
    };
    let exact = move || {
        let draft = crop.get().map(|crop| crop.draft)?;
        let [x, y, width, height] = draft.fractions();
        Some(format!("{x},{y},{width},{height},{}", draft.turn()))
    };
    let handles = Handle::ALL.into_iter().enumerate().map(|(number, handle)| {
        view! {
            <span
                class="crop-handle"
                aria-hidden="true"
                data-handle=number.to_string()
                data-across=handle.across.to_string()
                data-down=handle.down.to_string()
                data-testid=format!("crop-handle-{number}")
            ></span>
        }
    });
    view! {
        <div
            id=CROP
            class="crop-frame"
            tabindex="0"
            role="application"
            aria-label=words
            aria-describedby="crop-keys"
            data-testid="crop-frame"
            data-region=exact
            style:left=move || place().map(|place| place.left)
            style:top=move || place().map(|place| place.top)
            style:width=move || place().map(|place| place.width)
            style:height=move || place().map(|place| place.height)
            style:transform=move || place().map(|place| place.transform)
            on:keydown=move |event| press_key(state, &event)
        >
            <span class="crop-up" aria-hidden="true"></span>
            {handles.collect_view()}
        </div>
    }
}

/// What a key does on the rectangle.
fn press_key(state: AppState, event: &ev::KeyboardEvent) {
    // The browser's own: Control and + is its zoom. Control and Alt together are AltGr, with which some keyboards write brackets.
    let is_letter = event.key().chars().count() == 1;
    let is_altgr = is_letter && event.alt_key();
    if event.meta_key() || (event.ctrl_key() && !is_altgr) || (event.alt_key() && !is_letter) {
        return;
    }
    let resizes = event.shift_key();
    let arrow = |across: f64, down: f64| {
        move |crop: &mut Crop| {
            if resizes {
                let [.., width, height] = crop.draft.fractions();
                let grown = |side: f64, by: f64| (by != 0.0).then_some(side + by);
                crop.draft
                    .set_size(grown(width, across), grown(height, down));
            } else {
                crop.draft.move_by(across, down);
            }
            crop.follow();
        }
    };
    match event.key().as_str() {
        "ArrowLeft" => state.change_crop(arrow(-STEP, 0.0)),
        "ArrowRight" => state.change_crop(arrow(STEP, 0.0)),
        "ArrowUp" => state.change_crop(arrow(0.0, -STEP)),
        "ArrowDown" => state.change_crop(arrow(0.0, STEP)),
        "+" | "=" => state.change_crop(|crop| crop.zoom_on_draft(crop.view.zoom * ZOOM)),
        "-" => state.change_crop(|crop| crop.zoom_on_draft(crop.view.zoom / ZOOM)),
        "[" => turn(state, -TURN),
        "]" => turn(state, TURN),
        "Enter" => {
            event.prevent_default();
            state.apply_crop();
            focus_later(CROP_BUTTON);
            return;
        }
        // Escape is heard by the panel, which hears it from its own controls too.
        _ => return,
    }
    event.prevent_default();
    state.tell_crop();
}

fn turn(state: AppState, by: f64) {
    state.change_crop(|crop| crop.draft.set_degrees(crop.draft.degrees() + by));
}
