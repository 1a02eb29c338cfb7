//! The Gaussian blur of a small window.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::padded::{Edge, Padded};
use crate::augment::transform::{odd_sizes_fault, odd_within};
use crate::augment::{Picture, Transform};

/// Draws the window's size; the deviation follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianBlur {
    /// How often; in a choice, the weight. 0 to 1.
    pub probability: f64,
    /// Smallest and largest window, odd, pixels.
    pub sizes: [usize; 2],
}

/// The window's weights in one direction, 256 in all, as OpenCV chooses them for a size alone.
///
/// Binomial for 3 and 5, a table for 7, else a Gaussian with deviation
/// `0.3 ((size - 1) / 2 - 1) + 0.8`.
fn weights(size: usize) -> Vec<u16> {
    match size {
        3 => return vec![64, 128, 64],
        5 => return vec![16, 64, 96, 64, 16],
        7 => return vec![8, 28, 56, 72, 56, 28, 8],
        _ => (),
    }
    let reach = (size / 2) as f64;
    let deviation = 0.3 * (reach - 1.0) + 0.8;
    let bell = |index: usize| (-0.5 * ((index as f64 - reach) / deviation).powi(2)).exp();
    let total: f64 = (0..size).map(bell).sum();
    let mut weights: Vec<u16> = (0..size)
        .map(|index| (256.0 * bell(index) / total).round() as u16)
        .collect();
    let others: u16 = weights.iter().sum::<u16>() - weights[size / 2];
    weights[size / 2] = 256 - others;
    weights
}

/// Blurs with a window of `size` x `size` pixels, odd (`cv2.GaussianBlur` with deviation 0).
pub fn gaussian_blur(picture: &mut Picture, size: usize) {
    let weights = weights(size | 1);
    let side = picture.side();
    let padded = Padded::new(picture, size / 2, Edge::Mirror);
    let length = side * 3;
    // Along the rows, with 8 bits behind the point.
    let mut across = vec![0u16; (side + size / 2 * 2) * length];
    for (index, row) in across.chunks_exact_mut(length).enumerate() {
        for (column, weight) in weights.iter().enumerate() {
            for (sum, value) in row.iter_mut().zip(padded.row(index, column)) {
                *sum += weight * u16::from(*value);
            }
        }
    }
    // Down the columns, rounded once at the end.
    let mut sums = vec![0u32; length];
    for (index, row) in picture.values_mut().chunks_exact_mut(length).enumerate() {
        sums.fill(32768);
        for (down, weight) in weights.iter().enumerate() {
            let values = &across[(index + down) * length..][..length];
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += u32::from(*weight) * u32::from(*value);
            }
        }
        for (value, sum) in row.iter_mut().zip(&sums) {
            *value = (sum >> 16) as u8;
        }
    }
}

impl Transform for GaussianBlur {
    fn name(&self) -> &'static str {
        "blur.gaussian"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        gaussian_blur(picture, odd_within(self.sizes, random));
    }

    fn fault(&self) -> Option<String> {
        odd_sizes_fault(self.sizes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{Goldens, largest_difference, photograph};

    #[test]
    fn agrees_with_opencv() {
        let goldens = Goldens::load();
        for (name, size) in [("gaussian_3", 3), ("gaussian_5", 5), ("gaussian_9", 9)] {
            let mut picture = photograph(32);
            gaussian_blur(&mut picture, size);
            assert!(
                largest_difference(&picture, &goldens.picture(name)) <= 1,
                "{name}"
            );
        }
    }

    #[test]
    fn weights_are_symmetric_and_keep_white_white() {
        for size in (3..=31).step_by(2) {
            let weights = weights(size);
            assert_eq!((weights.len(), weights.iter().sum::<u16>()), (size, 256));
            assert!(weights.iter().eq(weights.iter().rev()));
        }
        let mut white = Picture::from_fn(9, |_, _, _| 255);
        gaussian_blur(&mut white, 31);
        assert!(white.values().iter().all(|value| *value == 255));
    }
}
