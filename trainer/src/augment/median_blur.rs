//! The median of a square window, channel by channel.

use image::RgbImage;
use imageproc::filter::median_filter;
use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::padded::{Edge, Padded};
use crate::augment::transform::{odd_sizes_fault, odd_within};
use crate::augment::{Picture, Transform};

/// Draws the window's size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MedianBlur {
    /// How often; in a choice, the weight. 0 to 1.
    pub probability: f64,
    /// Smallest and largest window, odd, pixels.
    pub sizes: [usize; 2],
}

/// Values whose windows are sorted side by side, with the processor's vector instructions.
const LANES: usize = 128;

/// Gives every value the median of the `size` x `size` window around it (`size` is odd).
///
/// Beyond the border the outermost pixels are repeated, as `cv2.medianBlur` does.
pub fn median_blur(picture: &mut Picture, size: usize) {
    match size {
        0 | 1 => (),
        3 => small_window::<3, 9>(picture),
        5 => small_window::<5, 25>(picture),
        _ => {
            let side = picture.side() as u32;
            let radius = size as u32 / 2;
            if let Some(image) = RgbImage::from_raw(side, side, picture.values().to_vec()) {
                picture.set_values(median_filter(&image, radius, radius).into_raw());
            }
        }
    }
}

/// The median of `AREA = SIZE * SIZE` values by comparisons only: an order of magnitude faster than
/// counting in histograms while windows are small.
fn small_window<const SIZE: usize, const AREA: usize>(picture: &mut Picture) {
    let padded = Padded::new(picture, SIZE / 2, Edge::Repeat);
    let side = picture.side();
    let mut window = [[0; LANES]; AREA];
    for (index, row) in picture.values_mut().chunks_exact_mut(side * 3).enumerate() {
        for (block, values) in row.chunks_mut(LANES).enumerate() {
            for (cell, lanes) in window.iter_mut().enumerate() {
                let (down, right) = (cell / SIZE, cell % SIZE);
                let source = &padded.row(index + down, right)[block * LANES..];
                match source.first_chunk::<LANES>() {
                    Some(chunk) => *lanes = *chunk,
                    None => lanes[..source.len()].copy_from_slice(source),
                }
            }
            let medians = median(&mut window);
            values.copy_from_slice(&medians[..values.len()]);
        }
    }
}

/// The median in each lane, by forgetful selection: of half of the values and two more neither the
/// smallest nor the largest can be the median of all, so they give way to the next value.
fn median<const AREA: usize>(window: &mut [[u8; LANES]; AREA]) -> [u8; LANES] {
    let mut held = AREA / 2 + 2;
    let mut next = held;
    loop {
        extremes_outwards(&mut window[..held]);
        if held <= 3 || next >= AREA {
            return window[1];
        }
        window[0] = window[next];
        next += 1;
        held -= 1;
    }
}

/// Moves the smallest value of each lane to the front and the largest to the end.
#[inline(always)]
fn extremes_outwards(window: &mut [[u8; LANES]]) {
    let held = window.len();
    for low in 0..held / 2 {
        order(window, low, held - 1 - low);
    }
    for low in 1..held.div_ceil(2) {
        order(window, 0, low);
    }
    for high in held / 2..held - 1 {
        order(window, high, held - 1);
    }
}

/// Orders two cells, the first before the second, in every lane.
#[inline(always)]
fn order(window: &mut [[u8; LANES]], low: usize, high: usize) {
    let (before, after) = window.split_at_mut(high);
    if let (Some(low), Some(high)) = (before.get_mut(low), after.first_mut()) {
        for (low, high) in low.iter_mut().zip(high) {
            (*low, *high) = ((*low).min(*high), (*low).max(*high));
        }
    }
}

impl Transform for MedianBlur {
    fn name(&self) -> &'static str {
        "blur.median"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        median_blur(picture, odd_within(self.sizes, random));
    }

    fn fault(&self) -> Option<String> {
        odd_sizes_fault(self.sizes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{Goldens, photograph};

    #[test]
    fn equals_opencv() {
        let goldens = Goldens::load();
        for (name, size) in [("median_3", 3), ("median_5", 5), ("median_7", 7)] {
            let mut picture = photograph(32);
            median_blur(&mut picture, size);
            assert_eq!(picture, goldens.picture(name), "{name}");
        }
    }

    #[test]
    fn equals_sorting_on_pictures_of_any_side() {
        for side in [1, 2, 11, 13] {
            for size in [3, 5] {
                let picture = photograph(side);
                let sorted = Picture::from_fn(side, |row, column, channel| {
                    let reach = size as isize / 2;
                    let mut window = Vec::new();
                    for down in -reach..=reach {
                        for right in -reach..=reach {
                            let at = |place: usize, by: isize| {
                                (place as isize + by).clamp(0, side as isize - 1) as usize
                            };
                            let pixel = at(row, down) * side + at(column, right);
                            window.push(picture.values()[pixel * 3 + channel]);
                        }
                    }
                    window.sort_unstable();
                    window[size * size / 2]
                });
                let mut blurred = picture.clone();
                median_blur(&mut blurred, size);
                assert_eq!(blurred, sorted, "{side} {size}");
            }
        }
    }
}
