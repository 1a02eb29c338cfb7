//! Photographs in formats that the engine does not know: AVIF and HEIC are decoded by the browser, where it can, and go on
//! as PNG. Everything else is left to the engine as it is.
//!
//! Both are boxes of ISO 14496-12: the kind is at the beginning, and the size in pixels in `ispe` boxes
//! (ISO 23008-12) soon after it, so that a hostile size is refused before the browser spends memory on it.

use genoderm_protocol::FailureKind;
use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlCanvasElement, ImageBitmap};

use crate::engine_client::describe;
use crate::keep::picture::canvas_png;
use crate::overlay::context_2d;
use crate::problem::Problem;

/// The engine's own limit.
const MOST_PIXELS: u64 = 64 << 20;
/// The description of a picture lies within so many bytes of the file's beginning.
const HEAD: usize = 1 << 20;

/// The bytes that the engine gets for a file.
///
/// # Errors
/// What the reader is told when the file cannot be read, or is of a kind that neither the engine nor this browser reads.
pub async fn for_engine(file: &Blob) -> Result<ArrayBuffer, Problem> {
    let unreadable = |_| Problem::Sentence(|text| text.file_unreadable);
    let bytes = read(file).await.map_err(unreadable)?;
    let head = Uint8Array::new(&bytes);
    let head = head.subarray(0, head.length().min(HEAD as u32)).to_vec();
    let Some(kind) = kind(&head) else {
        return Ok(bytes);
    };
    if pixels(&head).is_some_and(|pixels| pixels > MOST_PIXELS) {
        return Err(Problem::Failure(FailureKind::TooLarge));
    }
    drop(bytes);
    by_browser(file).await.map_err(|error| {
        leptos::logging::warn!("{kind}: {}", describe(&error));
        Problem::FormatNotHere(kind)
    })
}

async fn read(file: &Blob) -> Result<ArrayBuffer, JsValue> {
    JsFuture::from(file.array_buffer()).await?.dyn_into()
}

/// Decodes a picture, turned upright as its file says, and makes a PNG of it.
async fn by_browser(file: &Blob) -> Result<ArrayBuffer, JsValue> {
    let bitmap: ImageBitmap = JsFuture::from(window().create_image_bitmap_with_blob(file)?)
        .await?
        .dyn_into()?;
    let (width, height) = (bitmap.width(), bitmap.height());
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        bitmap.close();
        return Err(JsValue::from_str("too many pixels"));
    }
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = context_2d(&canvas)?;
    context.draw_image_with_image_bitmap(&bitmap, 0.0, 0.0)?;
    bitmap.close();
    let png = canvas_png(&canvas).await?;
    // Gives the pixels back at once; the canvas itself waits for the browser's cleaning.
    canvas.set_width(0);
    // A canvas without memory gives no PNG, and no error either.
    if Reflect::get(&png, &"size".into())?.as_f64() == Some(0.0) {
        return Err(JsValue::from_str("no pixels"));
    }
    read(&png).await
}

/// The kind by the brands of the first box; `None` for whatever is not a picture of this family.
fn kind(head: &[u8]) -> Option<&'static str> {
    let length = u32::from_be_bytes(head.get(..4)?.try_into().ok()?) as usize;
    if head.get(4..8)? != b"ftyp" {
        return None;
    }
    let brands = head.get(8..length.min(head.len()))?;
    let has = |wanted: &[&[u8; 4]]| {
        brands
            .chunks_exact(4)
            .any(|brand| wanted.iter().any(|wanted| brand == *wanted))
    };
    if has(&[b"avif", b"avis"]) {
        Some("AVIF")
    } else if has(&[
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
    ]) {
        Some("HEIC")
    } else {
        None
    }
}

/// Pixels of the largest picture in the file, as it says itself.
fn pixels(head: &[u8]) -> Option<u64> {
    let number = |place: usize| -> Option<u64> {
        let bytes = head.get(place..place + 4)?.try_into().ok()?;
        Some(u64::from(u32::from_be_bytes(bytes)))
    };
    // A box of 20 bytes: its length, its name, version and flags, width, height.
    head.windows(8)
        .enumerate()
        .filter(|(_, bytes)| *bytes == b"\0\0\0\x14ispe")
        .filter_map(|(place, _)| Some(number(place + 12)?.saturating_mul(number(place + 16)?)))
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn file(brand: &[u8; 4], width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\0\0\0\x14ftyp".to_vec();
        bytes.extend_from_slice(brand);
        bytes.extend_from_slice(b"\0\0\0\0mif1");
        bytes.extend_from_slice(b"\0\0\0\x14ispe\0\0\0\0");
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes
    }

    #[test]
    fn kinds_are_told_by_their_brands() {
        assert_eq!(kind(&file(b"avif", 1, 1)), Some("AVIF"));
        assert_eq!(kind(&file(b"heic", 1, 1)), Some("HEIC"));
        assert_eq!(kind(b"\0\0\0\x14ftypisom\0\0\0\0mp42"), None);
        assert_eq!(kind(b"\xff\xd8\xff\xe0 a JPEG file"), None);
        assert_eq!(kind(b""), None);
        assert_eq!(kind(b"\0\0\0\0ftyp"), None);
    }

    #[test]
    fn the_size_is_known_before_anything_is_decoded() {
        assert_eq!(pixels(&file(b"avif", 300, 200)), Some(60_000));
        let most = u64::from(u32::MAX);
        assert_eq!(
            pixels(&file(b"avif", u32::MAX, u32::MAX)),
            Some(most * most)
        );
        assert_eq!(pixels(b"\0\0\0\x14ispe\0\0"), None);
    }
}
