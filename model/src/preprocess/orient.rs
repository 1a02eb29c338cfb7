//! Turning a photograph upright, as its orientation says.
//!
//! `image` does it pixel by pixel along the rows of the result, which for a quarter turn reads another row of the file's
//! picture, and another page of memory, for each pixel: twice the time of decoding it. Here it is done in tiles that stay
//! in the cache.

use image::metadata::Orientation;

use super::{Photo, PhotoError};

/// Side of a tile in pixels: its 64 rows of 192 bytes are 12 KB, for reading and for writing.
const TILE: usize = 64;
/// Bytes of a pixel.
const RGB: usize = 3;

/// Where the pixels of the upright picture come from, counted in pixels of the file's picture.
struct Source {
    /// Of the upright picture's top left pixel.
    first: isize,
    /// From a pixel to its right neighbour.
    right: isize,
    /// From a pixel to the one below.
    down: isize,
}

/// Turns `pixels` (red, green, blue of each, `width` x `height`, row by row) as `orientation` says.
///
/// # Errors
///
/// As [`Photo::from_rgb8`], when there are not `width * height * 3` bytes.
pub(super) fn upright(
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    orientation: Orientation,
) -> Result<Photo, PhotoError> {
    let photo = Photo::from_rgb8(width, height, pixels)?;
    if orientation == Orientation::NoTransforms {
        return Ok(photo);
    }
    let (columns, rows) = (width as isize, height as isize);
    let (right_edge, last_row) = (columns - 1, (rows - 1) * columns);
    let (first, right, down) = match orientation {
        Orientation::NoTransforms => (0, 1, columns),
        Orientation::FlipHorizontal => (right_edge, -1, columns),
        Orientation::FlipVertical => (last_row, 1, -columns),
        Orientation::Rotate180 => (last_row + right_edge, -1, -columns),
        Orientation::Rotate90 => (last_row, -columns, 1),
        Orientation::Rotate270 => (right_edge, columns, -1),
        Orientation::Rotate90FlipH => (0, columns, 1),
        Orientation::Rotate270FlipH => (last_row + right_edge, -columns, -1),
    };
    let source = Source { first, right, down };
    // A step to the right that is a row of the file's picture is a quarter turn.
    let (width, height) = match right.unsigned_abs() {
        1 => (width, height),
        _ => (height, width),
    };
    Photo::from_rgb8(
        width,
        height,
        turned(photo.pixels(), width as usize, &source),
    )
}

/// The picture of `width` pixels a row that `source` describes.
fn turned(pixels: &[u8], width: usize, source: &Source) -> Vec<u8> {
    let (pixels, _) = pixels.as_chunks::<RGB>();
    let mut result = vec![[0; RGB]; pixels.len()];
    for (band, rows) in result.chunks_mut(TILE * width).enumerate() {
        for left in (0..width).step_by(TILE) {
            let right = (left + TILE).min(width);
            for (y, row) in rows.chunks_exact_mut(width).enumerate() {
                let y = (band * TILE + y) as isize;
                let mut from = source.first + y * source.down + left as isize * source.right;
                for pixel in &mut row[left..right] {
                    *pixel = pixels.get(from as usize).copied().unwrap_or_default();
                    from += source.right;
                }
            }
        }
    }
    result.into_flattened()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use image::{DynamicImage, RgbImage};

    use super::*;

    #[test]
    fn every_orientation_is_what_image_makes_of_it() {
        for (width, height) in [(1, 1), (5, 1), (63, 65), (64, 64), (130, 70)] {
            let bytes: Vec<u8> = (0..width * height * 3)
                .map(|index| (index * 7 % 251) as u8)
                .collect();
            for exif in 1..=8 {
                let orientation = Orientation::from_exif(exif).unwrap();
                let image = RgbImage::from_raw(width, height, bytes.clone()).unwrap();
                let mut expected = DynamicImage::ImageRgb8(image);
                expected.apply_orientation(orientation);
                let found = upright(width, height, bytes.clone(), orientation).unwrap();
                assert_eq!(
                    (found.width(), found.height()),
                    (expected.width(), expected.height())
                );
                assert_eq!(
                    found.pixels(),
                    expected.as_bytes(),
                    "{exif}: {width} x {height}"
                );
            }
        }
    }

    #[test]
    fn a_wrong_number_of_bytes_is_an_error() {
        assert!(upright(2, 2, vec![0; 11], Orientation::Rotate90).is_err());
    }
}
