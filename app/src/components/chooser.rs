//! Opening one photograph or many: by a button, by the camera, or by dropping them anywhere on the page.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::camera::{CameraButton, CameraPanel, watch_camera};
use super::kind::KindChoice;
use crate::state::AppState;
use crate::text::text;

/// The drop zone with its buttons, in whose place the camera's view is while it is open.
#[component]
pub fn Chooser() -> impl IntoView {
    let state = AppState::get();
    let hovering = RwSignal::new(false);
    take_drops(state, hovering);
    watch_camera(state);
    view! {
        <Show when=move || state.photo.with(Option::is_none)>
            <KindChoice />
        </Show>
        <Show when=move || state.camera.is_open() fallback=move || view! { <DropZone hovering /> }>
            <CameraPanel />
        </Show>
    }
}

#[component]
fn DropZone(hovering: RwSignal<bool>) -> impl IntoView {
    let state = AppState::get();
    let input = NodeRef::<html::Input>::new();
    let camera = NodeRef::<html::Input>::new();
    let opened = move || state.photo.with(Option::is_some);
    let open = move |input: NodeRef<html::Input>| {
        if let Some(input) = input.get_untracked() {
            state.open_files(input.files());
            // Choosing the same file again must count as a change.
            input.set_value("");
        }
    };
    view! {
        <div class="drop-zone" class:hovering=move || hovering.get() class:small=opened data-testid="drop-zone">
            <div class="actions">
                <input
                    node_ref=input
                    id="file"
                    class="visually-hidden"
                    type="file"
                    accept="image/*,.tif,.tiff,.avif,.heic,.heif"
                    multiple
                    aria-describedby="choose-hint"
                    data-testid="choose-file"
                    on:change=move |_| open(input)
                />
                <label for="file" class="button" class:primary=move || !opened()>
                    {move || if opened() { text().choose_other } else { text().choose }}
                </label>
                // Only a device that is held in the hand opens its camera's program for this; others would show the same dialog twice.
                <div class="camera">
                    <input
                        node_ref=camera
                        id="camera"
                        class="visually-hidden"
                        type="file"
                        accept="image/*"
                        capture="environment"
                        data-testid="take-photo"
                        on:change=move |_| open(camera)
                    />
                    <label for="camera" class="button">
                        {move || text().take_photo}
                    </label>
                </div>
                <CameraButton />
            </div>
            <p id="choose-hint" class="hint">
                {move || if hovering.get() { text().drop_now } else { text().choose_hint_many }}
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
        if let Some(data) = event.data_transfer() {
            state.open_dropped(&data);
        }
    });
}
