//! One finished photograph: two pictures of one scene with their masks.

use super::camera::{Camera, View, encode_jpeg};
use super::plan::PlannedPhoto;
use super::scene::Scene;

/// A developed picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// 8-bit sRGB, three bytes a pixel, row by row.
    pub rgb: Vec<u8>,
    /// 255 where a lesion changes the picture, else 0; one byte a pixel.
    pub mask: Vec<u8>,
    /// JPEG quality of its camera.
    pub quality: u8,
}

impl Picture {
    /// The picture as a JPEG file.
    ///
    /// # Errors
    /// If the encoder refuses the size.
    pub fn jpeg(&self) -> Result<Vec<u8>, image::ImageError> {
        encode_jpeg(&self.rgb, self.width, self.height, self.quality)
    }

    /// The mask as an 8-bit grey PNG file.
    ///
    /// # Errors
    /// If the encoder refuses the size.
    pub fn mask_png(&self) -> Result<Vec<u8>, image::ImageError> {
        use image::ImageEncoder;
        let mut bytes = Vec::new();
        image::codecs::png::PngEncoder::new(&mut bytes).write_image(
            &self.mask,
            self.width,
            self.height,
            image::ExtendedColorType::L8,
        )?;
        Ok(bytes)
    }
}

/// The two pictures of one photograph.
#[derive(Clone, Debug)]
pub struct Photograph {
    /// The body part with its surroundings.
    pub panoramic: Picture,
    /// A close view of a lesion.
    pub focused: Picture,
}

impl Photograph {
    /// Draws a planned photograph; `size` is the longer side in pixels.
    ///
    /// Depends on nothing but its arguments, so photographs can be drawn in any order and on any thread.
    pub fn draw(planned: &PlannedPhoto, seed: u64, size: u32) -> Self {
        let scene = Scene::sample(
            planned.condition,
            planned.tone,
            size,
            &mut planned.rng(seed, 0),
        );
        let take = |view: &View, part: u64| {
            let mut rng = planned.rng(seed, part);
            let camera = Camera::sample(scene.tone.luminance(), &mut rng);
            let rendered = scene.render(view);
            Picture {
                width: rendered.width,
                height: rendered.height,
                rgb: camera.develop(&rendered.light, rendered.width, rendered.height, &mut rng),
                mask: rendered.mask,
                quality: camera.quality,
            }
        };
        Self {
            panoramic: take(&scene.panoramic, 1),
            focused: take(&scene.focused, 2),
        }
    }
}
