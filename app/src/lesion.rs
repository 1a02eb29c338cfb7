//! The outline of a sample's drawn lesion, from its mask: a picture of the photograph's size, white where the lesion is.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlCanvasElement, ImageBitmap};

use crate::engine_client::describe;
use crate::overlay::{context_2d, put_pixels};

/// The line within the lesion; with the one around it, it is seen on any skin and any map.
const WITHIN: [u8; 4] = [255, 255, 255, 255];
/// The line around the lesion.
const AROUND: [u8; 4] = [20, 20, 20, 255];
/// The lines are one pixel wide for every so many of the longer side.
const PIXELS_A_LINE: u32 = 300;

/// Where a lesion was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesion {
    width: usize,
    height: usize,
    /// `width * height` values, row by row.
    inside: Vec<bool>,
}

impl Lesion {
    /// Reads RGBA pixels, row by row; `None` when their number does not fit the size or nothing is white.
    pub fn new(width: u32, height: u32, rgba: &[u8]) -> Option<Self> {
        let (width, height) = (width as usize, height as usize);
        let inside: Vec<bool> = rgba.chunks_exact(4).map(|pixel| pixel[0] > 127).collect();
        let fits = inside.len() == width * height && inside.contains(&true);
        fits.then_some(Self {
            width,
            height,
            inside,
        })
    }

    /// Whether a point lies in it, in shares of the picture's width and height, 0 to 1.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        let place = |share: f64, length: usize| {
            let place = (share * length as f64) as usize;
            place.min(length - 1)
        };
        self.inside[place(y, self.height) * self.width + place(x, self.width)]
    }

    /// Reads a mask.
    ///
    /// # Errors
    /// When it is none; the text is for a bug report.
    pub async fn read(mask: &Blob) -> Result<Self, String> {
        let (width, height, rgba) = pixels(mask).await.map_err(|error| describe(&error))?;
        Self::new(width, height, &rgba).ok_or_else(|| "no mask of a lesion".to_owned())
    }

    /// Paints the outline at the mask's size; the style sheet stretches the canvas over the photograph.
    ///
    /// # Errors
    /// When the browser has no memory for the canvas.
    pub fn paint(&self, canvas: &HtmlCanvasElement) -> Result<(), JsValue> {
        put_pixels(
            canvas,
            self.width as u32,
            self.height as u32,
            &self.outline(),
        )
    }

    /// The two lines as RGBA pixels, row by row; everything else is clear.
    fn outline(&self) -> Vec<u8> {
        let longer = self.width.max(self.height) as u32;
        let reach = ((longer + PIXELS_A_LINE / 2) / PIXELS_A_LINE).max(1) as usize;
        let pixel = |place: usize| {
            let (x, y) = (place % self.width, place / self.width);
            match (self.is_near_other(x, y, reach), self.inside[place]) {
                (false, _) => [0; 4],
                (true, true) => WITHIN,
                (true, false) => AROUND,
            }
        };
        (0..self.inside.len()).flat_map(pixel).collect()
    }

    /// Whether a pixel on the other side of the edge is at most `reach` away. The picture's own border is no edge.
    fn is_near_other(&self, x: usize, y: usize, reach: usize) -> bool {
        let own = self.inside[y * self.width + x];
        let rows = y.saturating_sub(reach)..=(y + reach).min(self.height - 1);
        let columns = x.saturating_sub(reach)..=(x + reach).min(self.width - 1);
        rows.into_iter().any(|row| {
            columns
                .clone()
                .any(|column| self.inside[row * self.width + column] != own)
        })
    }
}

/// A picture's size and RGBA pixels, decoded by the browser.
async fn pixels(picture: &Blob) -> Result<(u32, u32, Vec<u8>), JsValue> {
    let bitmap: ImageBitmap = JsFuture::from(window().create_image_bitmap_with_blob(picture)?)
        .await?
        .dyn_into()?;
    let (width, height) = (bitmap.width(), bitmap.height());
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = context_2d(&canvas)?;
    context.draw_image_with_image_bitmap(&bitmap, 0.0, 0.0)?;
    bitmap.close();
    let data = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height))?;
    Ok((width, height, data.data().0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// `#` is lesion.
    fn lesion(rows: &[&str]) -> Option<Lesion> {
        let rgba: Vec<u8> = rows
            .concat()
            .bytes()
            .flat_map(|mark| [if mark == b'#' { 255 } else { 0 }; 4])
            .collect();
        Lesion::new(rows[0].len() as u32, rows.len() as u32, &rgba)
    }

    /// `w` within, `a` around, `.` clear.
    fn drawn(lesion: &Lesion) -> String {
        let mark = |pixel: &[u8]| match pixel {
            pixel if pixel == WITHIN => 'w',
            pixel if pixel == AROUND => 'a',
            _ => '.',
        };
        lesion.outline().chunks_exact(4).map(mark).collect()
    }

    #[test]
    fn both_lines_follow_the_edge_and_leave_the_rest_clear() {
        let lesion = lesion(&["......", ".###..", ".###..", ".###.."]).unwrap();
        assert_eq!(drawn(&lesion), "aaaaa.awwwa.aw.wa.aw.wa.");
    }

    #[test]
    fn the_border_of_the_picture_is_no_edge() {
        let lesion = lesion(&["##", "##"]).unwrap();
        assert_eq!(drawn(&lesion), "....");
    }

    #[test]
    fn an_empty_mask_and_one_of_a_wrong_size_are_refused() {
        assert!(lesion(&["..", ".."]).is_none());
        assert!(Lesion::new(2, 2, &[255; 12]).is_none());
    }
}
