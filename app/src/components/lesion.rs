//! Where the lesion of an opened sample was drawn: a line over the photograph and its map, and the switch for it.

use leptos::html;
use leptos::prelude::*;

use super::painted::painted_canvas;
use crate::keep::picture::LESION;
use crate::state::AppState;
use crate::text::text;

/// The switch; absent where the photograph has no mask.
#[component]
pub fn LesionSwitch() -> impl IntoView {
    let state = AppState::get();
    view! {
        <Show when=move || state.lesion.with(Option::is_some)>
            <label class="check">
                <input type="checkbox" data-testid="show-lesion" bind:checked=state.show_lesion />
                {text().lesion_show}
            </label>
        </Show>
    }
}

/// The outline, above the photograph and the map.
#[component]
pub fn LesionOutline() -> impl IntoView {
    let state = AppState::get();
    let canvas = open_lesion(state);
    view! {
        <Show when=move || state.show_lesion.get() && state.lesion.with(Option::is_some)>
            <canvas
                node_ref=canvas
                id=LESION
                class="overlay"
                role="img"
                aria-label=text().lesion_alt
                data-testid="lesion-canvas"
            ></canvas>
        </Show>
    }
}

/// The node of a canvas with the outline of the open sample's lesion.
pub fn open_lesion(state: AppState) -> NodeRef<html::Canvas> {
    painted_canvas(move |canvas| {
        state
            .lesion
            .with(|lesion| Some(lesion.as_ref()?.paint(canvas)))
    })
}
