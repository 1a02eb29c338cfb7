//! The camera's view: its live picture, the choice between cameras, and the button that takes the photograph.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::focus::{CAMERA_BUTTON, CAMERA_TAKE, CHOOSER, focus_if_lost, focus_later};
use crate::camera::{CameraDevice, CameraView};
use crate::state::AppState;
use crate::text::{fill, text};

/// The height that the live picture takes at most: the button that takes the photograph should be seen with it.
const TALLEST: &str = "56vh";
/// The picture's width by its height before the camera says it.
const USUAL_SHAPE: f64 = 4.0 / 3.0;

/// The button that opens the view; nothing where there is no camera to ask for.
#[component]
pub fn CameraButton() -> impl IntoView {
    let state = AppState::get();
    view! {
        <Show when=move || state.camera.offered.get()>
            <button type="button" id=CAMERA_BUTTON data-testid="use-camera" on:click=move |_| state.open_camera()>
                {move || text().camera_open}
            </button>
        </Show>
    }
}

/// Follows the view: the Escape key closes it, and the focus goes in and out with it.
pub fn watch_camera(state: AppState) {
    let is_open = Memo::new(move |_| state.camera.is_open());
    window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && is_open.get_untracked() && !event.default_prevented() {
            event.prevent_default();
            state.close_camera();
        }
    });
    Effect::new(move |before: Option<bool>| {
        let open = is_open.get();
        match (before, open) {
            (Some(false), true) => focus_later(CAMERA_TAKE),
            // Where a photograph was opened, its panel has the focus.
            (Some(true), false) => focus_if_lost(&[CAMERA_BUTTON, CHOOSER]),
            _ => {}
        }
        open
    });
}

/// The view. The words are in closures: built anew in another language, the picture would stand still for a moment.
#[component]
pub fn CameraPanel() -> impl IntoView {
    let state = AppState::get();
    let panel = NodeRef::<html::Section>::new();
    let video = NodeRef::<html::Video>::new();
    let shape = RwSignal::new(USUAL_SHAPE);
    let live = move || state.camera.view.get() == CameraView::Live;
    Effect::new(move |_| {
        if let Some(video) = video.get() {
            video.set_src_object(state.camera.stream.get().as_ref());
        }
    });
    // Also when a phone is turned.
    let measure = move || {
        let Some(video) = video.get_untracked() else {
            return;
        };
        let (width, height) = (video.video_width(), video.video_height());
        if width > 0 && height > 0 {
            shape.set(f64::from(width) / f64::from(height));
        }
    };
    let begin = move |_| {
        state.camera_is_live();
        if let Some(panel) = panel.get_untracked() {
            request_animation_frame(move || show_foot(&panel));
        }
    };
    let take = move |_| {
        if let Some(video) = video.get_untracked() {
            state.take_photograph(&video);
        }
    };
    view! {
        <section
            node_ref=panel
            class="camera-panel"
            aria-labelledby="camera-title"
            data-testid="camera"
            data-state=move || if live() { "live" } else { "asked" }
        >
            <h3 id="camera-title">{move || text().camera_title}</h3>
            <div
                class="camera-frame"
                style:aspect-ratio=move || shape.get().to_string()
                style:width=move || format!("min(100%, calc({TALLEST} * {}))", shape.get())
            >
                <video
                    node_ref=video
                    prop:muted=true
                    autoplay=true
                    playsinline=true
                    disablepictureinpicture=true
                    aria-label=move || text().camera_picture
                    data-testid="camera-picture"
                    on:loadedmetadata=move |_| measure()
                    on:resize=move |_| measure()
                    on:loadeddata=begin
                ></video>
                <Show when=move || !live()>
                    <p class="hint">{move || text().camera_asked}</p>
                </Show>
            </div>
            <CameraChoice />
            <div class="actions">
                <button
                    type="button"
                    id=CAMERA_TAKE
                    class="primary"
                    aria-disabled=move || (!live()).to_string()
                    data-testid="camera-take"
                    on:click=take
                >
                    {move || text().camera_take}
                </button>
                <button type="button" data-testid="camera-close" on:click=move |_| state.close_camera()>
                    {move || text().camera_close}
                </button>
            </div>
            <p class="hint">{move || text().camera_hint}</p>
        </section>
    }
}

/// The choice between cameras; nothing where there is only one.
#[component]
fn CameraChoice() -> impl IntoView {
    let state = AppState::get();
    let several = move || state.camera.devices.with(|devices| devices.len() > 1);
    let choice = move |(place, device): (usize, CameraDevice)| {
        let CameraDevice { id, label } = device;
        let own = id.clone();
        let words = move || {
            if label.is_empty() {
                fill(
                    text().camera_unnamed,
                    &[("number", (place + 1).to_string())],
                )
            } else {
                label.clone()
            }
        };
        view! {
            <option value=id prop:selected=move || state.camera.on.get().as_ref() == Some(&own)>
                {words}
            </option>
        }
    };
    let choices = move || {
        let devices = state.camera.devices.get();
        devices.into_iter().enumerate().map(choice).collect_view()
    };
    view! {
        <Show when=several>
            <label class="field">
                {move || text().camera_choice}
                <select
                    data-testid="camera-choice"
                    on:change=move |event| state.pick_camera(event_target_value(&event))
                >
                    {choices}
                </select>
            </label>
        </Show>
    }
}

/// Scrolls until the buttons are seen, if they are not: a picture in portrait format pushes them down.
fn show_foot(panel: &web_sys::Element) {
    let height = window()
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64());
    if height.is_some_and(|height| panel.get_bounding_client_rect().bottom() > height) {
        panel.scroll_into_view_with_bool(false);
    }
}
