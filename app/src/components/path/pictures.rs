//! Three pictures of the present step: the picture that the network gets, the gradient there, the sum so far.

use std::sync::Arc;

use genoderm_protocol::Region;
use leptos::html;
use leptos::prelude::*;

use super::steps::step_place;
use crate::components::lesion::open_lesion;
use crate::components::painted::painted_canvas;
use crate::components::place::Place;
use crate::overlay::{Heat, put_pixels};
use crate::path::{Frames, Walk};
use crate::state::AppState;
use crate::text::{fill, text};

/// The pictures, side by side where there is room.
#[component]
pub fn Pictures(walk: Arc<Walk>) -> impl IntoView {
    let state = AppState::get();
    let part = untrack(|| state.answer_of(&walk.trace.settings.set));
    let part = part.and_then(|answer| answer.region);
    let count = walk.count();
    let alt = move |template: &'static str| {
        let place = step_place(state, count);
        fill(template, &[("place", place)])
    };
    let coloured = {
        let walk = walk.clone();
        move |frames: &Frames, step| Some(walk.coloured(frames.sum(step)?))
    };
    view! {
        <div class="path-pictures">
            <Frame part caption=text().path_picture hint=text().path_picture_hint>
                <Ground words=Signal::derive(move || alt(text().path_picture_alt)) />
            </Frame>
            <Frame part caption=text().path_gradient hint=text().path_gradient_hint>
                <Ground />
                <Layer
                    test_id="path-gradient"
                    words=Signal::derive(move || alt(text().path_gradient_alt))
                    read=Frames::gradient
                />
            </Frame>
            <Frame part caption=text().path_sum hint=text().path_sum_hint>
                <Ground />
                <Layer
                    test_id="path-sum"
                    words=Signal::derive(move || alt(text().path_sum_alt))
                    read=coloured
                />
            </Frame>
        </div>
    }
}

/// One of the three, in the shape of what the networks saw of the photograph, and its caption.
#[component]
fn Frame(
    part: Option<Region>,
    caption: &'static str,
    hint: &'static str,
    children: Children,
) -> impl IntoView {
    let state = AppState::get();
    // The networks' input may be stretched.
    let shape = untrack(|| state.photo_shape())
        * part.map_or(1.0, |part| part.width / part.height.max(f64::EPSILON));
    view! {
        <figure>
            <div class="path-frame" style:aspect-ratio=format!("{shape:.4}")>
                {children()}
                <Outline part />
            </div>
            <figcaption>
                <strong>{caption}</strong>
                <span class="hint">{hint}</span>
            </figcaption>
        </figure>
    }
}

/// The picture at the present step. Below a map it is grey, and says nothing of its own.
#[component]
fn Ground(#[prop(optional)] words: Option<Signal<String>>) -> impl IntoView {
    let state = AppState::get();
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        let step = state.path.step.get();
        let Some(canvas) = canvas.get() else { return };
        state.path.frames.with_value(|frames| {
            let Some(frames) = frames else { return };
            let (width, height) = frames.size();
            let painted = frames
                .picture(step)
                .map(|rgba| put_pixels(&canvas, width, height, &rgba));
            if let Some(Err(error)) = painted {
                leptos::logging::warn!("canvas: {error:?}");
            }
        });
    });
    let alone = words.is_some();
    view! {
        <canvas
            node_ref=canvas
            class="path-ground"
            class:grey=!alone
            role=alone.then_some("img")
            aria-label=move || words.map(|words| words.get())
            aria-hidden=(!alone).then_some("true")
            data-testid=alone.then_some("path-picture")
        ></canvas>
    }
}

/// A map over the picture, in the colours of the map over the photograph.
#[component]
fn Layer(
    test_id: &'static str,
    words: Signal<String>,
    read: impl Fn(&Frames, usize) -> Option<Heat> + 'static,
) -> impl IntoView {
    let state = AppState::get();
    let canvas = painted_canvas(move |canvas| {
        let step = state.path.step.get();
        let positive_only = state.positive_only.get();
        let palette = state.map_choice.palette.get();
        let heat = state
            .path
            .frames
            .with_value(|frames| read(frames.as_ref()?, step));
        Some(heat?.paint(canvas, palette, positive_only))
    });
    view! {
        <canvas
            node_ref=canvas
            class="overlay"
            role="img"
            aria-label=move || words.get()
            data-testid=test_id
            style:opacity=move || format!("{}%", state.opacity.get())
        ></canvas>
    }
}

/// The drawn lesion's outline, where the reader wants it over the photograph.
#[component]
fn Outline(part: Option<Region>) -> impl IntoView {
    let state = AppState::get();
    let canvas = open_lesion(state);
    let place = move || part.as_ref().map(Place::around);
    view! {
        <Show when=move || state.show_lesion.get() && state.lesion.with(Option::is_some)>
            <canvas
                node_ref=canvas
                class="overlay"
                role="img"
                aria-label=text().lesion_alt
                data-testid="path-lesion"
                style:left=move || place().map(|(place, _)| place.left)
                style:top=move || place().map(|(place, _)| place.top)
                style:width=move || place().map(|(place, _)| place.width)
                style:height=move || place().map(|(place, _)| place.height)
                style:transform=move || place().map(|(place, _)| place.transform)
                style:transform-origin=move || place().map(|(_, origin)| origin)
            ></canvas>
        </Show>
    }
}
