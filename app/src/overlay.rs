//! Painting an explanation's heat onto a canvas.
//!
//! One colour speaks for the label and one against it: pairs that colour-blind readers can tell apart and that skin of
//! any tone does not have. Strength is opacity, so the photograph stays visible where the model did not look, and equal
//! steps of strength are equal steps of the mixture.

use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Pairs of colours; `.legend` in the style sheet has the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Palette {
    /// Green and purple.
    #[default]
    GreenPurple,
    /// Orange and blue, for skin or screens on which green is lost.
    OrangeBlue,
}

impl Palette {
    /// Both, in the order of a menu.
    pub const ALL: [Self; 2] = [Self::GreenPurple, Self::OrangeBlue];

    /// A name that no language changes.
    pub fn key(self) -> &'static str {
        match self {
            Self::GreenPurple => "green-purple",
            Self::OrangeBlue => "orange-blue",
        }
    }

    /// The colours of evidence for and against the label.
    fn colours(self) -> [[u8; 3]; 2] {
        match self {
            Self::GreenPurple => [[0, 214, 120], [176, 58, 232]],
            Self::OrangeBlue => [[255, 158, 0], [36, 104, 255]],
        }
    }
}

/// A heat map of the networks' input size, row by row: negative speaks against the label, positive for it. Values beyond
/// -1 and 1 are outliers, which are drawn as -1 and 1 and measured as they are.
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
    pub fn rgba(&self, palette: Palette, positive_only: bool) -> Vec<u8> {
        let [speaks_for, against] = palette.colours();
        let pixel = |value: &f32| {
            let [red, green, blue] = if *value < 0.0 { against } else { speaks_for };
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
    pub fn paint(
        &self,
        canvas: &HtmlCanvasElement,
        palette: Palette,
        positive_only: bool,
    ) -> Result<(), JsValue> {
        let pixels = self.rgba(palette, positive_only);
        put_pixels(canvas, self.width, self.height, &pixels)
    }
}

/// What draws on a canvas.
///
/// # Errors
/// When the browser has no memory for it.
pub fn context_2d(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, JsValue> {
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    Ok(context.dyn_into()?)
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
    let context = context_2d(canvas)?;
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
        for palette in Palette::ALL {
            let [[r, g, b], [p, q, s]] = palette.colours();
            let both = heat.rgba(palette, false);
            assert_eq!(both, [r, g, b, 255, p, q, s, 128, r, g, b, 0]);
            assert_eq!(heat.rgba(palette, true)[4..8], [p, q, s, 0]);
        }
    }

    #[test]
    fn values_out_of_range_are_clipped_and_nan_is_invisible() {
        let heat = Heat::new(2, 1, vec![7.0, f32::NAN]).unwrap_or_default();
        let pixels = heat.rgba(Palette::default(), false);
        assert_eq!((pixels[3], pixels[7]), (255, 0));
    }

    #[test]
    fn a_wrong_number_of_values_is_refused() {
        assert!(Heat::new(2, 2, vec![0.0; 3]).is_none());
        assert!(Heat::new(0, 0, Vec::new()).is_none());
    }
}
