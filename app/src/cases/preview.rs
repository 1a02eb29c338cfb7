//! The small picture of a saved case.

use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlCanvasElement, ImageBitmap};

use crate::keep::picture::canvas_png;
use crate::overlay::context_2d;

/// Its side in pixels: twice what it takes on the screen.
const SIDE: u32 = 96;

/// Bytes as a PNG file in memory.
///
/// # Errors
/// When the browser has no memory for it.
pub fn png_blob(bytes: &ArrayBuffer) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("image/png");
    let parts = js_sys::Array::of1(&Uint8Array::new(bytes));
    Blob::new_with_u8_array_sequence_and_options(&parts, &options)
}

/// The middle square of a photograph as a small PNG.
///
/// # Errors
/// When the browser cannot read the photograph, or has no memory for it.
pub async fn of(photo: &Blob) -> Result<ArrayBuffer, JsValue> {
    let bitmap: ImageBitmap = JsFuture::from(window().create_image_bitmap_with_blob(photo)?)
        .await?
        .dyn_into()?;
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(SIDE);
    canvas.set_height(SIDE);
    let context = context_2d(&canvas)?;
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let square = width.min(height);
    let side = f64::from(SIDE);
    context.draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
        &bitmap,
        (width - square) / 2.0,
        (height - square) / 2.0,
        square,
        square,
        0.0,
        0.0,
        side,
        side,
    )?;
    bitmap.close();
    let png = canvas_png(&canvas).await?;
    JsFuture::from(png.array_buffer()).await?.dyn_into()
}
