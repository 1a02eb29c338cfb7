//! A photograph as a file that holds its pixels and nothing else.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::{Photo, PhotoError};

impl Photo {
    /// A PNG of the pixels: upright, 8 bits a channel, without metadata. Decoding it gives the same pixels.
    ///
    /// # Errors
    ///
    /// [`PhotoError::NotEncoded`] when the encoder refuses, which it does for no photograph that was decoded here.
    pub fn to_png(&self) -> Result<Vec<u8>, PhotoError> {
        let mut file = Vec::new();
        // Photographs hardly shrink more with slower settings.
        PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive)
            .write_image(
                self.pixels(),
                self.width(),
                self.height(),
                ExtendedColorType::Rgb8,
            )
            .map_err(|error| PhotoError::NotEncoded {
                cause: error.to_string(),
            })?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::preprocess::{DecodeLimits, decode_photo};

    #[test]
    fn the_same_pixels_come_back_and_nothing_else_is_in_the_file() {
        let pixels = (0..31 * 17 * 3).map(|i| (i * 37 % 251) as u8).collect();
        let photo = Photo::from_rgb8(31, 17, pixels).unwrap();
        let file = photo.to_png().unwrap();
        assert!(decode_photo(&file, &DecodeLimits::default()).unwrap() == photo);
        let mut place = 8;
        let mut chunks = Vec::new();
        while place < file.len() {
            let length = u32::from_be_bytes(file[place..place + 4].try_into().unwrap()) as usize;
            chunks.push(String::from_utf8_lossy(&file[place + 4..place + 8]).into_owned());
            place += length + 12;
        }
        chunks.dedup();
        assert_eq!(chunks, ["IHDR", "IDAT", "IEND"]);
    }
}
