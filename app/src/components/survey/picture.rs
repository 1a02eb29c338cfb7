//! A photograph of a survey in a frame of its own shape, with what lies over it.

use leptos::ev;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::HtmlImageElement;

use super::super::photograph::TALLEST;
use crate::components::painted::painted_canvas;
use crate::lesion::Lesion;
use crate::text::text;

/// The photograph; children cover the same rectangle.
#[component]
pub fn Picture(
    /// Its address.
    preview: String,
    /// Whether it is shown in grey, so that a map stands out.
    #[prop(into, default = Signal::stored(false))]
    grey: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let no_preview = RwSignal::new(false);
    let ratio = RwSignal::new(1.0);
    let measure = move |event: ev::Event| {
        let image: HtmlImageElement = event_target(&event);
        let (width, height) = (image.natural_width(), image.natural_height());
        if width > 0 && height > 0 {
            ratio.set(f64::from(width) / f64::from(height));
        }
    };
    view! {
        <div
            class="photo-frame"
            class:no-preview=move || no_preview.get()
            class:grey=grey
            style:aspect-ratio=move || ratio.get().to_string()
            style:width=move || format!("min(100%, calc({TALLEST} * {}))", ratio.get())
        >
            <img
                src=preview
                alt=text().photo_alt
                decoding="async"
                data-testid="survey-photo"
                on:load=measure
                on:error=move |_| no_preview.set(true)
            />
            <Show when=move || no_preview.get()>
                <p class="hint">{text().no_preview}</p>
            </Show>
            {children()}
        </div>
    }
}

/// The outline of a drawn lesion over a photograph.
#[component]
pub fn Outline(lesion: Arc<Lesion>) -> impl IntoView {
    let canvas = painted_canvas(move |canvas| Some(lesion.paint(canvas)));
    view! {
        <canvas
            node_ref=canvas
            class="overlay"
            role="img"
            aria-label=text().lesion_alt
            data-testid="survey-lesion"
        ></canvas>
    }
}
