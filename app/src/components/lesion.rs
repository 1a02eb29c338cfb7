//! Where the lesion of an opened sample was drawn: a line over the photograph and its map, and the switch for it.

use leptos::html;
use leptos::prelude::*;

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
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        state.lesion.with(|lesion| {
            let painted = lesion.as_ref().map(|lesion| lesion.paint(&canvas));
            if let Some(Err(error)) = painted {
                leptos::logging::warn!("canvas: {error:?}");
            }
        });
    });
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
