//! The photograph and its map as one picture: painted from what is on screen, and made a PNG by the browser.
//! A PNG of a canvas holds pixels only; what the photograph's file says besides them never gets into the canvas.

use genoderm_protocol::Region;
use js_sys::Promise;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlImageElement};

use crate::overlay::context_2d;

/// The preview image.
pub const PHOTO: &str = "shown-photograph";
/// What holds the preview and everything over it.
pub const FRAME: &str = "shown-frame";
/// The canvas of the map, at the networks' input size.
pub const MAP: &str = "shown-map";
/// The canvas of the drawn lesion's outline.
pub const LESION: &str = "shown-lesion";

/// The outline's lines grow with pictures of more pixels a side than this.
const OUTLINE_PIXELS: f64 = 800.0;

/// What is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// The photograph; without it the ground is clear.
    pub photo: bool,
    /// Whether the photograph is grey.
    pub grey: bool,
    /// Opacity of the map, 0 to 1.
    pub opacity: f64,
    /// The part of the photograph that the map lies over; `None` for all of it.
    pub map: Option<Region>,
    /// The part whose outline is drawn, if any.
    pub outline: Option<Region>,
}

/// Pixels that the photograph takes on this screen, across and down; `None` where it takes none.
pub fn size_on_screen() -> Option<(u32, u32)> {
    let area = document()
        .get_element_by_id(FRAME)?
        .get_bounding_client_rect();
    let density = window().device_pixel_ratio().max(1.0);
    let pixels = |length: f64| (length * density).round() as u32;
    let size = (pixels(area.width()), pixels(area.height()));
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// The photograph's own pixels, or the map's where there is no preview, so that the longer side is at most `longest`.
pub fn size_within(longest: u32) -> Option<(u32, u32)> {
    let photo = element::<HtmlImageElement>(PHOTO)
        .map(|photo| (photo.natural_width(), photo.natural_height()))
        .filter(|(width, height)| *width > 0 && *height > 0);
    let map = || element::<HtmlCanvasElement>(MAP).map(|map| (map.width(), map.height()));
    photo.or_else(map).map(|size| fit(size, longest))
}

/// Shrinks a size, never to nothing.
fn fit((width, height): (u32, u32), longest: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= longest {
        return (width, height);
    }
    let scale = |length: u32| {
        let scaled = u64::from(length) * u64::from(longest) / u64::from(longer.max(1));
        (scaled as u32).max(1)
    };
    (scale(width), scale(height))
}

/// Paints what is on screen, in layers as there: photograph, map, outlines of the lesion and of the region.
///
/// # Errors
/// When the browser has no memory for the canvas.
pub fn paint(
    canvas: &HtmlCanvasElement,
    (width, height): (u32, u32),
    look: Look,
) -> Result<(), JsValue> {
    canvas.set_width(width);
    canvas.set_height(height);
    let context = context_2d(canvas)?;
    let (width, height) = (f64::from(width), f64::from(height));
    let seen = |photo: &HtmlImageElement| photo.natural_width() > 0;
    if let Some(photo) =
        element::<HtmlImageElement>(PHOTO).filter(|photo| look.photo && seen(photo))
    {
        context
            .draw_image_with_html_image_element_and_dw_and_dh(&photo, 0.0, 0.0, width, height)?;
        if look.grey {
            // Takes the colour away and leaves the light; canvas filters are not in every browser.
            context.set_global_composite_operation("saturation")?;
            context.set_fill_style_str("#808080");
            context.fill_rect(0.0, 0.0, width, height);
            context.set_global_composite_operation("source-over")?;
        }
    }
    let size = (width, height);
    if let Some(map) = element::<HtmlCanvasElement>(MAP) {
        context.set_global_alpha(look.opacity);
        within(&context, size, look.map, |x, y, width, height| {
            context.draw_image_with_html_canvas_element_and_dw_and_dh(&map, x, y, width, height)
        })?;
        context.set_global_alpha(1.0);
    }
    if let Some(lesion) = element::<HtmlCanvasElement>(LESION).filter(|_| look.photo) {
        context
            .draw_image_with_html_canvas_element_and_dw_and_dh(&lesion, 0.0, 0.0, width, height)?;
    }
    if let Some(region) = look.outline.filter(|_| look.photo) {
        // White between black: seen on any skin.
        for (line, colour) in [(4.0, "#000000"), (2.0, "#ffffff")] {
            context.set_line_width(line * (width.max(height) / OUTLINE_PIXELS).max(1.0));
            context.set_stroke_style_str(colour);
            within(&context, size, Some(region), |x, y, width, height| {
                context.stroke_rect(x, y, width, height);
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// Draws into a region of a picture of this size, in directions turned as the region is: left, top, width and height.
fn within(
    context: &CanvasRenderingContext2d,
    (width, height): (f64, f64),
    region: Option<Region>,
    draw: impl FnOnce(f64, f64, f64, f64) -> Result<(), JsValue>,
) -> Result<(), JsValue> {
    let Some(region) = region else {
        return draw(0.0, 0.0, width, height);
    };
    let (across, down) = (region.width * width, region.height * height);
    context.save();
    context.translate(
        region.x * width + across / 2.0,
        region.y * height + down / 2.0,
    )?;
    context.rotate(region.degrees.to_radians())?;
    let drawn = draw(-across / 2.0, -down / 2.0, across, down);
    context.restore();
    drawn
}

/// A PNG of what is on screen.
///
/// # Errors
/// When the browser has no memory for it.
pub async fn png(size: (u32, u32), look: Look) -> Result<Blob, JsValue> {
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    paint(&canvas, size, look)?;
    canvas_png(&canvas).await
}

/// A canvas as a PNG.
///
/// # Errors
/// When the browser has no memory for it.
pub async fn canvas_png(canvas: &HtmlCanvasElement) -> Result<Blob, JsValue> {
    let made = Promise::new(&mut |resolve, reject| {
        if let Err(error) = canvas.to_blob_with_type(&resolve, "image/png") {
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    });
    JsFuture::from(made).await?.dyn_into()
}

fn element<E: JsCast + AsRef<Element>>(id: &str) -> Option<E> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn pictures_are_shrunk_in_their_shape_and_never_grown() {
        assert_eq!(fit((300, 200), 1_000), (300, 200));
        assert_eq!(fit((4_000, 3_000), 1_000), (1_000, 750));
        assert_eq!(fit((9_000, 1), 1_000), (1_000, 1));
    }
}
