//! How a photograph of any shape becomes the square that a network takes.

use serde::{Deserialize, Serialize};

use super::{Photo, PhotoError};

/// What happens to the aspect ratio.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// Both sides become the square's; the picture is distorted, as in the study.
    #[default]
    Stretch,
    /// The longer side becomes the square's, the rest is filled evenly on both sides.
    Pad,
}

/// Where the photograph lies in the square, in pixels of the square.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentBox {
    /// Columns to the left of the photograph.
    pub left: u32,
    /// Rows above the photograph.
    pub top: u32,
    /// Width of the photograph, at least 1.
    pub width: u32,
    /// Height of the photograph, at least 1.
    pub height: u32,
}

impl Fit {
    /// Where a photograph of `width` x `height` pixels lies in a square of `side` pixels.
    pub fn content(self, width: u32, height: u32, side: u32) -> ContentBox {
        let whole = ContentBox {
            left: 0,
            top: 0,
            width: side,
            height: side,
        };
        let longest = width.max(height);
        if self == Fit::Stretch || longest == 0 {
            return whole;
        }
        let scaled = |length: u32| {
            let rounded =
                (u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest);
            u32::try_from(rounded).unwrap_or(side).clamp(1, side.max(1))
        };
        let (width, height) = (scaled(width), scaled(height));
        ContentBox {
            left: side.saturating_sub(width) / 2,
            top: side.saturating_sub(height) / 2,
            width,
            height,
        }
    }

    /// Makes the square; what the photograph does not cover gets the colour `fill`.
    ///
    /// # Errors
    ///
    /// [`PhotoError::BadSide`] when `side` is 0 or too large.
    pub fn square(self, photo: &Photo, side: u32, fill: [u8; 3]) -> Result<Photo, PhotoError> {
        let content = self.content(photo.width(), photo.height(), side);
        if side == 0 || (content.width, content.height) == (side, side) {
            return photo.resize(side, side);
        }
        let resized = photo.resize(content.width, content.height)?;
        let row_bytes = side as usize * 3;
        let mut pixels = fill.repeat(side as usize * side as usize);
        let rows = pixels
            .chunks_exact_mut(row_bytes)
            .skip(content.top as usize);
        let sources = resized.pixels().chunks_exact(content.width as usize * 3);
        for (row, source) in rows.zip(sources) {
            let start = content.left as usize * 3;
            row[start..start + source.len()].copy_from_slice(source);
        }
        Photo::from_rgb8(side, side, pixels)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn padding_keeps_the_shape_and_centres_the_photograph() {
        let content = Fit::Pad.content(400, 100, 96);
        let expected = ContentBox {
            left: 0,
            top: 36,
            width: 96,
            height: 24,
        };
        assert_eq!(content, expected);
        let thin = Fit::Pad.content(1, 1000, 32);
        assert_eq!((thin.width, thin.height, thin.left), (1, 32, 15));
        let stretched = Fit::Stretch.content(400, 100, 96);
        assert_eq!((stretched.width, stretched.height), (96, 96));
    }

    #[test]
    fn what_is_not_covered_gets_the_fill() {
        let photo = Photo::from_rgb8(4, 2, vec![200; 24]).unwrap();
        let square = Fit::Pad.square(&photo, 4, [1, 2, 3]).unwrap();
        let pixels: Vec<&[u8]> = square.pixels().chunks_exact(3).collect();
        assert!(pixels[..4].iter().all(|pixel| **pixel == [1, 2, 3]));
        assert!(pixels[4..12].iter().all(|pixel| **pixel == [200; 3]));
        assert!(pixels[12..].iter().all(|pixel| **pixel == [1, 2, 3]));
        assert_eq!(pixels.len(), 16);
        assert!(Fit::Pad.square(&photo, 0, [0; 3]).is_err());
    }
}
