//! Bilinear sampling at places between the pixels.

use crate::augment::Picture;

/// What is seen beyond the picture's border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// The picture mirrored at its outermost pixels (`BORDER_REFLECT_101`).
    Mirror,
    /// Black (`BORDER_CONSTANT` with 0).
    Black,
}

/// Places are kept with this many bits behind the point: an eighth of a grey level at most.
const FRACTION: u32 = 10;
/// Bits of a channel. The weights of four pixels sum to 2^13, so that a weighted sum of 8-bit values
/// has 21 bits: three channels fit side by side into 64, and one multiplication weighs them all.
const CHANNEL: u32 = 21;
const WHOLE: u32 = 1 << (CHANNEL - 8);

/// Gives every pixel the colour that the picture has at another place, as `cv2.remap` does with
/// linear interpolation; sides up to 8190 pixels.
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
    let (source, width) = spread(picture, border);
    let last = (width - 1) as f32;
    let (mut columns, mut rows) = (vec![0.0; side], vec![0.0; side]);
    let (mut lefts, mut tops) = (vec![0; side], vec![0; side]);
    for (index, row) in picture.values_mut().chunks_exact_mut(side * 3).enumerate() {
        places(index, &mut columns, &mut rows);
        for (places, fixed) in [(&columns, &mut lefts), (&rows, &mut tops)] {
            for (place, fixed) in places.iter().zip(fixed) {
                *fixed = fixed_point(inside(*place, border, last));
            }
        }
        for ((pixel, left), top) in row.chunks_exact_mut(3).zip(&lefts).zip(&tops) {
            let at = (top >> FRACTION) as usize * width + (left >> FRACTION) as usize;
            blend(&source, at, width, *left, *top, pixel);
        }
    }
}

/// The picture with [`CHANNEL`] bits for each channel, and its width.
///
/// All that can be seen of an endless black border is a margin of one pixel. Behind the last pixel
/// there is one row more, which has no weight.
fn spread(picture: &Picture, border: Border) -> (Vec<u64>, usize) {
    let side = picture.side();
    let margin = usize::from(border == Border::Black);
    let width = side + 2 * margin;
    let mut source = vec![0; width * (width + 1) + 1];
    let rows = source.chunks_exact_mut(width).skip(margin);
    for (row, pixels) in rows.zip(picture.values().chunks_exact(side * 3)) {
        let row = row[margin..].iter_mut();
        for (value, pixel) in row.zip(pixels.chunks_exact(3)) {
            let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(u64::from);
            *value = red | green << CHANNEL | blue << (2 * CHANNEL);
        }
    }
    (source, width)
}

/// The place from 0 to `last` where the same is seen; some such place for what is no number.
#[inline(always)]
fn inside(place: f32, border: Border, last: f32) -> f32 {
    match border {
        Border::Mirror => {
            // The distance from the nearest place where the mirrored picture begins anew. Adding and
            // subtracting 1.5 * 2^23 rounds to whole numbers.
            let period = 2.0 * last;
            let turns = (place * (1.0 / period) + 12_582_912.0) - 12_582_912.0;
            (place - turns * period).abs().min(last)
        }
        Border::Black => (place + 1.0).max(0.0).min(last),
    }
}

/// A place with [`FRACTION`] bits behind the point: in the sum with 2^23, they are the lowest ones.
#[inline(always)]
fn fixed_point(place: f32) -> u32 {
    (place * (1 << FRACTION) as f32 + 8_388_608.0).to_bits() & 0x7F_FFFF
}

/// Mixes the four pixels from `at` on, by the fractions of the place.
#[inline(always)]
fn blend(source: &[u64], at: usize, width: usize, left: u32, top: u32, pixel: &mut [u8]) {
    let (Some([a, b]), Some([c, d])) = (
        source.get(at..).and_then(|rest| rest.first_chunk::<2>()),
        source
            .get(at + width..)
            .and_then(|rest| rest.first_chunk::<2>()),
    ) else {
        return;
    };
    let weight = |place: u32| (place << (CHANNEL - 8 - FRACTION)) % WHOLE;
    let (right, below) = (weight(left), weight(top));
    let both = right * below / WHOLE;
    let weights = [
        WHOLE + both - right - below,
        right - both,
        below - both,
        both,
    ]
    .map(u64::from);
    const HALF: u64 = (WHOLE as u64 / 2) * (1 | 1 << CHANNEL | 1 << (2 * CHANNEL));
    let sum = HALF + a * weights[0] + b * weights[1] + c * weights[2] + d * weights[3];
    if let [red, green, blue] = pixel {
        let level = |channel: u32| (sum >> (channel * CHANNEL + CHANNEL - 8)) as u8;
        (*red, *green, *blue) = (level(0), level(1), level(2));
    }
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
