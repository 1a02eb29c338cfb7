//! The opened photograph with the map over it.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlImageElement;

use super::crop::{CropChoice, CropPanel, CropStage, RegionOutline};
use super::explanation::ExplanationPanel;
use super::focus::{CHOOSER, focus_later};
use super::kind::KindChoice;
use super::lesion::{LesionOutline, LesionSwitch};
use super::model_panel::load_words;
use super::place::Place;
use super::region::RegionLayer;
use crate::joining::Joining;
use crate::keep::picture::{FRAME, MAP, PHOTO};
use crate::overlay::Heat;
use crate::state::{Answer, AppState, EngineState, Map, Photo};
use crate::text::{fill, text};

/// The height that a photograph takes at most: its controls should be seen with it.
pub(super) const TALLEST: &str = "64vh";
/// With fewer pixels than this in view, the photograph counts as out of sight.
const LEAST_SEEN: f64 = 120.0;

/// The photograph, what is being done with it, and the map; nothing while none is open.
#[component]
pub fn PhotoPanel() -> impl IntoView {
    let state = AppState::get();
    // Built anew in another language, the panel has not opened anything.
    let open_before = state.photo.get_untracked();
    view! {
        {move || {
            state
                .photo
                .get()
                .map(|photo| {
                    let new = open_before.as_ref() != Some(&photo);
                    view! { <Panel photo new /> }
                })
        }}
    }
}

#[component]
fn Panel(photo: Photo, new: bool) -> impl IntoView {
    let panel = NodeRef::<html::Section>::new();
    // Whoever opened a photograph wants to see it, and to go on from there with the Tab key.
    if new {
        panel.on_load(|panel| {
            request_animation_frame(move || {
                let _ = panel.focus();
            });
        });
    }
    view! {
        <section node_ref=panel class="panel photo-panel" tabindex="-1" aria-labelledby="photo-title">
            <h2 id="photo-title">{text().step_photo}</h2>
            <Opened photo />
            <ExplanationPanel />
        </section>
    }
}

#[component]
fn Opened(photo: Photo) -> impl IntoView {
    let state = AppState::get();
    let name = match &photo.sample {
        Some(sample) => untrack(|| state.sample_name(sample)),
        None => photo.name,
    };
    let no_preview = RwSignal::new(false);
    let ratio = RwSignal::new(1.0);
    // The frame takes the photograph's shape and as much room as there is, so that map and photograph cover the same
    // rectangle and a small photograph is large enough to read a map on.
    let measure = move |event: ev::Event| {
        let image: HtmlImageElement = event_target(&event);
        let (width, height) = (image.natural_width(), image.natural_height());
        if width > 0 && height > 0 {
            state.photo_size.set(Some((width, height)));
            ratio.set(f64::from(width) / f64::from(height));
        }
    };
    let frame = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let running = state.map.with(|map| matches!(map, Map::Running(..)));
        if let (true, Some(frame)) = (running, frame.get_untracked()) {
            show(&frame);
        }
    });
    let close = move |_| {
        state.close_photo();
        focus_later(CHOOSER);
    };
    let cropping = move || state.crop.with(Option::is_some);
    let mapped = move || state.heat.with(Option::is_some);
    let view_now = move || {
        let view = state.crop.with(|crop| crop.map(|crop| crop.view))?;
        Some(view.transform())
    };
    view! {
        <figure class="photo" aria-labelledby="photo-name">
            <div
                node_ref=frame
                id=FRAME
                class="photo-frame"
                class:no-preview=move || no_preview.get()
                class:cropping=cropping
                class:grey=move || mapped() && state.grey.get()
                style:aspect-ratio=move || ratio.get().to_string()
                style:width=move || format!("min(100%, calc({TALLEST} * {}))", ratio.get())
            >
                <img
                    id=PHOTO
                    src=photo.preview
                    alt=text().photo_alt
                    decoding="async"
                    data-testid="photo"
                    style:transform=view_now
                    on:load=measure
                    on:error=move |_| no_preview.set(true)
                />
                <Show when=move || no_preview.get()>
                    <p class="hint">{text().no_preview}</p>
                </Show>
                <Show when=mapped>
                    <Overlay />
                </Show>
                <LesionOutline />
                <RegionLayer region=state.map_choice.region when=mapped />
                <RegionOutline />
                <CropStage />
            </div>
            <figcaption>
                <span class="file-name" id="photo-name">
                    {name}
                </span>
                <button type="button" class="quiet" data-testid="close-photo" on:click=close>
                    {text().close_photo}
                </button>
            </figcaption>
        </figure>
        <CropPanel />
        <CropChoice />
        <LesionSwitch />
        <KindChoice />
        <ClassifyStatus />
    }
}

/// Scrolls to an element that is out of sight, as the photograph is on a phone when "Explain" is pressed far below it.
fn show(element: &web_sys::Element) {
    let area = element.get_bounding_client_rect();
    let height = window()
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64());
    if area.bottom() < LEAST_SEEN || area.top() > height.unwrap_or(f64::MAX) - LEAST_SEEN {
        element.scroll_into_view();
    }
}

/// Paints a map on a canvas, and again when it changes, or its colours do.
pub(super) fn paint_on(canvas: NodeRef<html::Canvas>, heat: Signal<Option<Heat>>) {
    let state = AppState::get();
    Effect::new(move |_| {
        let positive_only = state.positive_only.get();
        let palette = state.map_choice.palette.get();
        let Some(canvas) = canvas.get() else { return };
        heat.with(|heat| {
            let painted = heat
                .as_ref()
                .map(|heat| heat.paint(&canvas, palette, positive_only));
            if let Some(Err(error)) = painted {
                leptos::logging::warn!("canvas: {error:?}");
            }
        });
    });
}

#[component]
fn Overlay() -> impl IntoView {
    let state = AppState::get();
    let canvas = NodeRef::<html::Canvas>::new();
    paint_on(canvas, state.heat.into());
    let words = move || match state.map.get() {
        Map::Done(explanation) => {
            let label = state.label_name(&explanation.settings.target);
            fill(text().overlay_alt, &[("label", &label)])
        }
        _ => text().refining.to_owned(),
    };
    let place = move || state.map_region().map(|region| Place::of(&region));
    view! {
        <canvas
            node_ref=canvas
            id=MAP
            class="overlay"
            role="img"
            aria-label=words
            data-testid="overlay-canvas"
            style:opacity=move || format!("{}%", state.opacity.get())
            style:left=move || place().map(|place| place.left)
            style:top=move || place().map(|place| place.top)
            style:width=move || place().map(|place| place.width)
            style:height=move || place().map(|place| place.height)
            style:transform=move || place().map(|place| place.transform)
        ></canvas>
    }
}

#[component]
fn ClassifyStatus() -> impl IntoView {
    let state = AppState::get();
    let sentence = move || match state.answer.get() {
        // On a phone the model's own progress bar is out of sight.
        Answer::Waiting => match state.engine.get() {
            EngineState::Loading(progress) => Some(load_words(&progress)),
            EngineState::Ready => match state.joining.get() {
                Joining::Running(Some(progress)) => Some(load_words(&progress)),
                Joining::Running(None) | Joining::Resting => {
                    Some(text().waiting_for_model.to_owned())
                }
                // What is to be done stands in the place of the answer.
                Joining::Held | Joining::Stopped | Joining::Failed => None,
            },
            _ => Some(text().waiting_for_model.to_owned()),
        },
        Answer::Running(None) => Some(text().classifying.to_owned()),
        Answer::Running(Some(progress)) => {
            let (done, total) = (progress.done.to_string(), progress.total.to_string());
            Some(fill(
                text().classifying_progress,
                &[("done", &done), ("total", &total)],
            ))
        }
        Answer::None | Answer::Done(_) => None,
    };
    view! {
        {move || {
            sentence()
                .map(|sentence| {
                    view! {
                        <p class="working" data-testid="classify-status">
                            <span class="lamp" aria-hidden="true"></span>
                            {sentence}
                        </p>
                    }
                })
        }}
    }
}
