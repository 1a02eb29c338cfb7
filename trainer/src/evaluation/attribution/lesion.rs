//! The lesion mask of a picture at the network's size.

use genoderm_model::preprocess::{Photo, Preprocessing};

use crate::data::{Example, decode};
use crate::error::{Error, Result};

/// Which pixels of the network's square belong to the lesion, row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesion {
    /// `true` inside.
    pub inside: Vec<bool>,
    /// Pixels of the square that show the photograph and not padding.
    pub shown: usize,
}

impl Lesion {
    /// Reads the mask of a picture: white (at least half bright) is lesion.
    ///
    /// `None` when the picture has no mask, or one without any white.
    ///
    /// # Errors
    ///
    /// A mask that cannot be read, or whose size is not that of `photo`, the picture itself.
    pub fn read(
        example: &Example,
        photo: &Photo,
        preprocessing: &Preprocessing,
    ) -> Result<Option<Self>> {
        let Some(file) = &example.mask else {
            return Ok(None);
        };
        let mask = decode(file)?;
        if (mask.width(), mask.height()) != (photo.width(), photo.height()) {
            return Err(Error::Content {
                path: file.clone(),
                cause: format!(
                    "the mask has {} x {} pixels, its picture {} has {} x {}: they must be equal",
                    mask.width(),
                    mask.height(),
                    example.image,
                    photo.width(),
                    photo.height()
                ),
            });
        }
        Self::of_mask(&mask, preprocessing).map_err(Error::content(file))
    }

    /// The lesion of a mask that is fitted like its picture; `None` when nothing is white.
    fn of_mask(
        mask: &Photo,
        preprocessing: &Preprocessing,
    ) -> std::result::Result<Option<Self>, genoderm_model::preprocess::PhotoError> {
        // What padding adds is never lesion.
        let square = preprocessing
            .fit
            .square(mask, preprocessing.size, [0, 0, 0])?;
        let inside: Vec<bool> = square
            .pixels()
            .chunks_exact(3)
            .map(|pixel| pixel.iter().map(|v| u32::from(*v)).sum::<u32>() * 2 >= 3 * 255)
            .collect();
        let content = preprocessing
            .fit
            .content(mask.width(), mask.height(), preprocessing.size);
        let shown = content.width as usize * content.height as usize;
        Ok(inside.contains(&true).then_some(Self { inside, shown }))
    }

    /// Share of the photograph that is lesion, above 0 and up to 1: what a map that knows nothing
    /// reaches in both measures of localisation.
    pub fn area(&self) -> f64 {
        let pixels = self.inside.iter().filter(|inside| **inside).count();
        pixels as f64 / self.shown.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use genoderm_model::preprocess::Fit;

    /// A mask of `width` x `height` whose left half is white.
    fn half(width: u32, height: u32) -> Photo {
        let value = |index: u32| if index % width < width / 2 { 255 } else { 0 };
        let pixels = (0..width * height).flat_map(|i| [value(i); 3]).collect();
        Photo::from_rgb8(width, height, pixels).unwrap()
    }

    #[test]
    fn the_mask_is_fitted_like_the_picture() {
        let mut preprocessing = Preprocessing::imagenet(32);
        let stretched = Lesion::of_mask(&half(64, 16), &preprocessing)
            .unwrap()
            .unwrap();
        assert_eq!(stretched.area(), 0.5);
        assert!(stretched.inside[0] && !stretched.inside[31]);
        // Padding, in which no map has anything, does not count.
        preprocessing.fit = Fit::Pad;
        let padded = Lesion::of_mask(&half(64, 16), &preprocessing)
            .unwrap()
            .unwrap();
        assert_eq!(padded.area(), 0.5);
        assert!(!padded.inside[0] && padded.inside[16 * 32]);
    }

    #[test]
    fn a_black_mask_is_no_lesion() {
        let black = Photo::from_rgb8(8, 8, vec![0; 192]).unwrap();
        let preprocessing = Preprocessing::imagenet(16);
        assert_eq!(Lesion::of_mask(&black, &preprocessing).unwrap(), None);
    }
}
