//! A photograph with its map. What wheel, pointers and keys do to one picture, they do to both: the view is in fractions of
//! each photograph, so that photographs of different sizes agree.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use crate::compare::ComparedMap;
use crate::components::gesture::{self, Gesture, ZOOM};
use crate::components::photograph::paint_on;
use crate::components::place::Place;
use crate::crop::View;
use crate::state::AppState;
use crate::text::text;

/// The height that a picture takes at most.
const TALLEST: &str = "60vh";
/// A key moves by this share of what is seen.
const STEP: f64 = 0.1;

/// The picture.
#[component]
pub fn Stage(
    map: ComparedMap,
    /// What it is, for screen readers.
    words: String,
) -> impl IntoView {
    let state = AppState::get();
    let view = state.compare.view;
    let stage = NodeRef::<html::Div>::new();
    let pointers = StoredValue::new(Gesture::default());
    let no_preview = RwSignal::new(false);
    let press = move |event: ev::PointerEvent| {
        let Some((place, _)) = gesture::measure(stage, &event).filter(|_| event.button() == 0)
        else {
            return;
        };
        if let Some(stage) = stage.get_untracked() {
            // Without it a pointer that leaves the stage would be lost, which is no reason to stop.
            let _ = stage.set_pointer_capture(event.pointer_id());
        }
        pointers.update_value(|gesture| {
            gesture.press(event.pointer_id(), place, view.get_untracked());
        });
    };
    let drag = move |event: ev::PointerEvent| {
        let Some((place, size)) = gesture::measure(stage, &event) else {
            return;
        };
        let moved = pointers
            .try_update_value(|gesture| gesture.move_to(event.pointer_id(), place, size))
            .flatten();
        if let Some((began, movement)) = moved {
            state.look(|_| began.moved(movement));
        }
    };
    let release = move |event: ev::PointerEvent| {
        let (id, time) = (event.pointer_id(), event.time_stamp());
        let twice = pointers.try_update_value(|gesture| gesture.release(id, time));
        if twice == Some(true) {
            state.look(|_| View::WHOLE);
            state.tell_look();
        }
    };
    let wheel = move |event: ev::WheelEvent| {
        let Some((place, size)) = gesture::measure(stage, &event) else {
            return;
        };
        let factor = gesture::wheel_factor(&event);
        // Where there is nothing to shrink, the page scrolls on.
        if factor < 1.0 && view.get_untracked() == View::WHOLE {
            return;
        }
        event.prevent_default();
        let about = (place.0 / size.0, place.1 / size.1);
        state.look(|view| view.zoomed(view.zoom * factor, about));
    };
    let exact = move || {
        let View { zoom, x, y } = view.get();
        format!("{zoom},{x},{y}")
    };
    // A finger that has nothing to move scrolls the page.
    let touch = move || {
        if view.get() == View::WHOLE {
            "pan-y"
        } else {
            "none"
        }
    };
    let shape = map.shape;
    view! {
        <div
            node_ref=stage
            class="photo-frame compare-stage"
            class:grey=move || state.grey.get()
            class:without-photo=move || no_preview.get()
            style:aspect-ratio=shape.to_string()
            style:width=format!("min(100%, calc({TALLEST} * {shape}))")
            style:touch-action=touch
            tabindex="0"
            role="application"
            aria-label=words
            aria-describedby="compare-keys"
            data-testid="compare-stage"
            data-view=exact
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=release
            on:pointercancel=release
            on:wheel=wheel
            on:keydown=move |event| press_key(state, &event)
        >
            <Picture map no_preview />
        </div>
        <Show when=move || no_preview.get()>
            <p class="hint">{text().no_preview}</p>
        </Show>
    }
}

#[component]
fn Picture(map: ComparedMap, no_preview: RwSignal<bool>) -> impl IntoView {
    let state = AppState::get();
    let canvas = NodeRef::<html::Canvas>::new();
    let place = map.region.as_ref().map(Place::of);
    let side = |read: fn(&Place) -> &String| place.as_ref().map(|place| read(place).clone());
    let (left, top) = (side(|place| &place.left), side(|place| &place.top));
    let (width, height) = (side(|place| &place.width), side(|place| &place.height));
    let turn = side(|place| &place.transform);
    paint_on(canvas, Signal::stored(Some(map.heat)));
    view! {
        <div class="compare-picture" style:transform=move || state.compare.view.get().transform()>
            <img
                src=map.photo.preview
                alt=""
                decoding="async"
                draggable="false"
                on:error=move |_| no_preview.set(true)
            />
            <canvas
                node_ref=canvas
                class="overlay"
                aria-hidden="true"
                data-testid="compare-canvas"
                style:opacity=move || format!("{}%", state.opacity.get())
                style:left=left
                style:top=top
                style:width=width
                style:height=height
                style:transform=turn
            ></canvas>
        </div>
    }
}

/// What a key does on a picture.
fn press_key(state: AppState, event: &ev::KeyboardEvent) {
    // The browser's own: Control and + is its zoom.
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    // The photograph goes the other way than the view.
    let step = |across: f64, down: f64| state.look(|view| view.dragged(-across, -down));
    match event.key().as_str() {
        "ArrowLeft" => step(-STEP, 0.0),
        "ArrowRight" => step(STEP, 0.0),
        "ArrowUp" => step(0.0, -STEP),
        "ArrowDown" => step(0.0, STEP),
        "+" | "=" => state.look(|view| view.centred(view.zoom * ZOOM, view.middle())),
        "-" => state.look(|view| view.centred(view.zoom / ZOOM, view.middle())),
        "0" => state.look(|_| View::WHOLE),
        _ => return,
    }
    event.prevent_default();
    state.tell_look();
}
