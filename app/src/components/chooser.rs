//! Opening a photograph: by a button, or by dropping it anywhere on the page.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::kind::KindChoice;
use crate::state::AppState;
use crate::text::text;

/// The drop zone with its button.
#[component]
pub fn Chooser() -> impl IntoView {
    let state = AppState::get();
    let input = NodeRef::<html::Input>::new();
    let hovering = RwSignal::new(false);
    take_drops(state, hovering);

    let opened = move || state.photo.with(Option::is_some);
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            state.open_files(input.files());
            // Choosing the same file again must count as a change.
            input.set_value("");
        }
    };
    view! {
        <Show when=move || !opened()>
            <KindChoice />
        </Show>
        <div class="drop-zone" class:hovering=move || hovering.get() class:small=opened data-testid="drop-zone">
            <input
                node_ref=input
                id="file"
                class="visually-hidden"
                type="file"
                accept="image/*,.tif,.tiff"
                aria-describedby="choose-hint"
                data-testid="choose-file"
                on:change=choose
            />
            <label for="file" class="button" class:primary=move || !opened()>
                {move || if opened() { text().choose_other } else { text().choose }}
            </label>
            <p id="choose-hint" class="hint">
                {move || if hovering.get() { text().drop_now } else { text().choose_hint }}
            </p>
        </div>
    }
}

/// A file that misses the zone would make the browser leave the page, so the whole page takes drops.
fn take_drops(state: AppState, hovering: RwSignal<bool>) {
    window_event_listener(ev::dragover, move |event| {
        event.prevent_default();
        hovering.set(true);
    });
    window_event_listener(ev::dragleave, move |event| {
        // Leaving the window, and not merely one element for another.
        if event.related_target().is_none() {
            hovering.set(false);
        }
    });
    window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        hovering.set(false);
        state.open_files(event.data_transfer().and_then(|data| data.files()));
    });
}
