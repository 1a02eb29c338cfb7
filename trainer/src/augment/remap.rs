//! Bilinear sampling at places between the pixels.

use crate::augment::Picture;
use crate::augment::padded::{Edge, Padded};

/// What is seen beyond the picture's border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// The picture mirrored at its outermost pixels (`BORDER_REFLECT_101`).
    Mirror,
    /// Black (`BORDER_CONSTANT` with 0).
    Black,
}

/// Gives every pixel the colour that the picture has at another place, as `cv2.remap` does with
/// linear interpolation.
///
/// `places(row, columns, rows)` fills in, for each pixel of a row of the result, the column and the
/// row to look at: pixels, 0 at the centre of the first. A picture of one pixel stays as it is.
pub fn remap(
    picture: &mut Picture,
    border: Border,
    mut places: impl FnMut(usize, &mut [f32], &mut [f32]),
) {
    let side = picture.side();
    if side < 2 {
        return;
    }
    // A black margin of one pixel is all that can be seen of an endless one.
    let (source, width, margin) = match border {
        Border::Mirror => (picture.take_values(), side, 0.0),
        Border::Black => (Padded::new(picture, 1, Edge::Black).values, side + 2, 1.0),
    };
    let last = (width - 1) as f32;
    let inside = |place: f32| match border {
        Border::Mirror => mirror(place, last),
        Border::Black => (place + margin).clamp(0.0, last),
    };
    let mut result = vec![0; side * side * 3];
    let (mut columns, mut rows) = (vec![0.0; side], vec![0.0; side]);
    let mut corners = vec![0; side];
    for (index, row) in result.chunks_exact_mut(side * 3).enumerate() {
        places(index, &mut columns, &mut rows);
        // Split into the pixel at the upper left and the shares of its neighbours.
        for ((column, row), corner) in columns.iter_mut().zip(&mut rows).zip(&mut corners) {
            let (x, y) = (inside(*column), inside(*row));
            let (left, top) = (x as i32, y as i32);
            let (left, top) = (left.min(width as i32 - 2), top.min(width as i32 - 2));
            (*column, *row) = (x - left as f32, y - top as f32);
            *corner = (top * width as i32 + left) * 3;
        }
        let shares = columns.iter().zip(&rows);
        for ((pixel, corner), (right, below)) in row.chunks_exact_mut(3).zip(&corners).zip(shares) {
            blend(
                &source,
                *corner as usize,
                width * 3,
                (*right, *below),
                pixel,
            );
        }
    }
    picture.set_values(result);
}

/// Mixes the four pixels around a place.
#[inline(always)]
fn blend(source: &[u8], at: usize, stride: usize, (right, below): (f32, f32), pixel: &mut [u8]) {
    let pair = |at: usize| source.get(at..).and_then(|rest| rest.first_chunk::<6>());
    let (Some(upper), Some(lower)) = (pair(at), pair(at + stride)) else {
        return;
    };
    let mix = |from: f32, to: f32, share: f32| from + (to - from) * share;
    for (channel, value) in pixel.iter_mut().enumerate().take(3) {
        let along = |pair: &[u8; 6]| {
            mix(
                f32::from(pair[channel]),
                f32::from(pair[channel + 3]),
                right,
            )
        };
        *value = (mix(along(upper), along(lower), below) + 0.5) as u8;
    }
}

/// The place within `0..=last` that a place outside is the mirror image of.
fn mirror(place: f32, last: f32) -> f32 {
    let mut distance = place.abs();
    if distance > 2.0 * last {
        distance %= 2.0 * last;
    }
    last - (last - distance).abs()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::augment::goldens::{Goldens, coordinates, largest_difference, photograph};
    use genoderm_model::efficientnet::parity_weights::uniform;

    /// The places of the golden: up to 20 pixels beyond the border and, mirrored, further.
    fn scattered(name: &str, side: usize) -> Vec<f32> {
        let values = uniform(name, side * side);
        values.map(|value| (value * 45.0 + 25.0) as f32).collect()
    }

    #[test]
    fn agrees_with_opencv_at_any_place_inside_and_outside() {
        let goldens = Goldens::load();
        for (name, border) in [
            ("remap_mirror", Border::Mirror),
            ("remap_black", Border::Black),
        ] {
            let mut picture = photograph(32);
            let (xs, ys) = (scattered("columns", 32), scattered("rows", 32));
            remap(&mut picture, border, |row, columns, rows| {
                columns.copy_from_slice(&xs[row * 32..(row + 1) * 32]);
                rows.copy_from_slice(&ys[row * 32..(row + 1) * 32]);
            });
            assert!(
                largest_difference(&picture, &goldens.picture(name)) <= 1,
                "{name}"
            );
        }
    }

    #[test]
    fn coordinates_are_read_at_the_places_asked_for() {
        let mut picture = coordinates(40);
        remap(&mut picture, Border::Mirror, |row, columns, rows| {
            for (column, place) in columns.iter_mut().enumerate() {
                *place = column as f32 * 0.5 - 7.25;
            }
            rows.fill(row as f32 * 1.5 + 3.0);
        });
        let mirrored = |place: f32| {
            let folded = place.rem_euclid(78.0);
            folded.min(78.0 - folded)
        };
        for row in 0..40 {
            for column in 0..40 {
                let pixel = &picture.values()[(row * 40 + column) * 3..];
                let x = mirrored(column as f32 * 0.5 - 7.25);
                let y = mirrored(row as f32 * 1.5 + 3.0);
                assert!(
                    (f32::from(pixel[0]) - 6.0 * x).abs() < 0.51,
                    "{row} {column}"
                );
                assert!(
                    (f32::from(pixel[1]) - 6.0 * y).abs() < 0.51,
                    "{row} {column}"
                );
            }
        }
    }

    #[test]
    fn places_that_are_no_numbers_or_far_away_do_no_harm() {
        for border in [Border::Mirror, Border::Black] {
            for place in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30] {
                let mut picture = photograph(5);
                remap(&mut picture, border, |_, columns, rows| {
                    columns.fill(place);
                    rows.fill(place);
                });
                assert_eq!(picture.values().len(), 75);
            }
        }
        let mut single = photograph(1);
        remap(&mut single, Border::Mirror, |_, columns, _| {
            columns.fill(3.0)
        });
        assert_eq!(single, photograph(1));
    }
}
