//! The region as the networks will see it: cut out and upright.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlCanvasElement, HtmlImageElement};

use crate::crop::{Crop, Draft};
use crate::keep::picture::PHOTO;
use crate::overlay::context_2d;
use crate::state::AppState;
use crate::text::text;

/// The longer side, in pixels.
const LONGEST: f64 = 256.0;

/// The picture; it changes with the rectangle.
#[component]
pub fn CropPreview() -> impl IntoView {
    let state = AppState::get();
    let canvas = NodeRef::<html::Canvas>::new();
    let draft = Memo::new(move |_| state.crop.with(|crop| crop.map(|crop: Crop| crop.draft)));
    Effect::new(move |_| {
        let (Some(canvas), Some(draft)) = (canvas.get(), draft.get()) else {
            return;
        };
        let size = state.photo_size.get_untracked().unwrap_or((1, 1));
        if let Err(error) = paint(&canvas, &draft, size) {
            leptos::logging::warn!("canvas: {error:?}");
        }
    });
    view! {
        <figure class="crop-preview">
            <canvas node_ref=canvas role="img" aria-labelledby="crop-preview-words" data-testid="crop-preview"></canvas>
            <figcaption class="hint" id="crop-preview-words">
                {text().crop_preview}
            </figcaption>
        </figure>
    }
}

/// Paints the photograph, turned back and moved so that only the rectangle is in the canvas.
fn paint(canvas: &HtmlCanvasElement, draft: &Draft, size: (u32, u32)) -> Result<(), JsValue> {
    let photo: Option<HtmlImageElement> = document()
        .get_element_by_id(PHOTO)
        .and_then(|photo| photo.dyn_into().ok());
    let Some(photo) = photo else { return Ok(()) };
    let (across, down) = (f64::from(size.0), f64::from(size.1));
    let [.., width, height] = draft.fractions();
    let (width, height) = (width * across, height * down);
    let scale = LONGEST / width.max(height).max(1.0);
    let side = |length: f64| (length * scale).round().max(1.0);
    canvas.set_width(side(width) as u32);
    canvas.set_height(side(height) as u32);
    let context = context_2d(canvas)?;
    let (x, y) = draft.centre();
    context.translate(side(width) / 2.0, side(height) / 2.0)?;
    context.scale(scale, scale)?;
    context.rotate(-draft.turn().to_radians())?;
    context.draw_image_with_html_image_element_and_dw_and_dh(
        &photo,
        -x * across,
        -y * down,
        across,
        down,
    )
}
