//! Painting an explanation's heat onto a canvas.
//!
//! Green speaks for the label and purple against it: a pair that colour-blind readers can tell apart and that skin of
//! any tone does not have. Strength is opacity, so the photograph stays visible where the model did not look.

use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// The colour of evidence for the label; `.legend-for` in the style sheet is the same.
pub const FOR: [u8; 3] = [0, 214, 120];
/// The colour of evidence against the label; `.legend-against` in the style sheet is the same.
pub const AGAINST: [u8; 3] = [176, 58, 232];

/// A heat map of the networks' input size, values from -1 (against) to 1 (for), row by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// `width * height` values.
    pub values: Vec<f32>,
}

impl Heat {
    /// Takes over the engine's values; `None` when their number does not fit the size.
    pub fn new(width: u32, height: u32, values: Vec<f32>) -> Option<Self> {
        let fits = width > 0 && u64::from(width) * u64::from(height) == values.len() as u64;
        fits.then_some(Self {
            width,
            height,
            values,
        })
    }

    /// RGBA pixels, 4 bytes each, row by row, not premultiplied.
    pub fn rgba(&self, positive_only: bool) -> Vec<u8> {
        let pixel = |value: &f32| {
            let [red, green, blue] = if *value < 0.0 { AGAINST } else { FOR };
            let hidden = positive_only && *value < 0.0;
            let strength = if hidden {
                0.0
            } else {
                value.abs().clamp(0.0, 1.0)
            };
            // `as` turns the NaN that a broken engine might send into 0.
            [red, green, blue, (strength * 255.0).round() as u8]
        };
        self.values.iter().flat_map(pixel).collect()
    }

    /// Paints the map at its own size; the style sheet stretches the canvas over the photograph.
    ///
    /// # Errors
    /// When the browser has no memory for the canvas.
    pub fn paint(&self, canvas: &HtmlCanvasElement, positive_only: bool) -> Result<(), JsValue> {
        put_pixels(canvas, self.width, self.height, &self.rgba(positive_only))
    }
}

/// Gives a canvas a size and RGBA pixels, 4 bytes each, row by row, not premultiplied.
///
/// # Errors
/// When the browser has no memory for the canvas, or the pixels are not as many as the size says.
pub fn put_pixels(
    canvas: &HtmlCanvasElement,
    width: u32,
    height: u32,
    rgba: &[u8],
) -> Result<(), JsValue> {
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas
        .get_context("2d")?
        .ok_or(JsValue::NULL)?
        .dyn_into::<CanvasRenderingContext2d>()?;
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), width, height)?;
    context.put_image_data(&image, 0.0, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn sign_is_colour_and_strength_is_opacity() {
        let heat = Heat::new(3, 1, vec![1.0, -0.5, 0.0]).unwrap_or_default();
        let [r, g, b] = FOR;
        let [p, q, s] = AGAINST;
        assert_eq!(heat.rgba(false), [r, g, b, 255, p, q, s, 128, r, g, b, 0]);
        assert_eq!(heat.rgba(true)[4..8], [p, q, s, 0]);
    }

    #[test]
    fn values_out_of_range_are_clipped_and_nan_is_invisible() {
        let heat = Heat::new(2, 1, vec![7.0, f32::NAN]).unwrap_or_default();
        let pixels = heat.rgba(false);
        assert_eq!((pixels[3], pixels[7]), (255, 0));
    }

    #[test]
    fn a_wrong_number_of_values_is_refused() {
        assert!(Heat::new(2, 2, vec![0.0; 3]).is_none());
        assert!(Heat::new(0, 0, Vec::new()).is_none());
    }
}
