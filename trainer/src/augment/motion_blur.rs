//! The blur of a short straight movement.

use rand::{Rng, RngCore};
use serde::{Deserialize, Serialize};

use crate::augment::padded::{Edge, Padded};
use crate::augment::transform::{odd_sizes_fault, odd_within};
use crate::augment::{Picture, Transform};

/// Draws the window's size and two different ends of a line in it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MotionBlur {
    /// How often; in a choice, the weight. 0 to 1.
    pub probability: f64,
    /// Smallest and largest window, odd, pixels.
    pub sizes: [usize; 2],
}

/// A line in a square window; the mean along it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MotionLine {
    /// Side of the window, odd, pixels.
    pub size: usize,
    /// One end: column and row, 0 to below `size`.
    pub from: (usize, usize),
    /// The other end.
    pub to: (usize, usize),
}

impl MotionLine {
    /// The window's cells, column and row, that the line passes: one in each column or row.
    ///
    /// The same cells as `cv2.line` draws with thickness 1: from the left end on, and to the near
    /// side where the line passes half-way between two cells.
    pub fn cells(&self) -> Vec<(usize, usize)> {
        let (left, right) = match self.from.0 <= self.to.0 {
            true => (self.from, self.to),
            false => (self.to, self.from),
        };
        let (width, height) = (right.0 - left.0, right.1.abs_diff(left.1));
        let long = width.max(height);
        let part = |step: usize, length: usize| match long {
            0 => 0,
            _ => (2 * step * length + long - 1) / (2 * long),
        };
        let cell = |step: usize| {
            let down = part(step, height);
            let row = match right.1 >= left.1 {
                true => left.1 + down,
                false => left.1 - down,
            };
            (left.0 + part(step, width), row)
        };
        (0..=long).map(cell).collect()
    }
}

/// Gives every pixel the mean of the pixels along the line around it.
pub fn motion_blur(picture: &mut Picture, line: &MotionLine) {
    let cells = line.cells();
    let padded = Padded::new(picture, line.size / 2, Edge::Mirror);
    // Division by the number of cells, as a multiplication with 16 bits behind the point.
    let share = (65536 + cells.len() / 2) / cells.len();
    let side = picture.side();
    let mut sums = vec![0u16; side * 3];
    for (index, row) in picture.values_mut().chunks_exact_mut(side * 3).enumerate() {
        sums.fill(0);
        for (column, down) in &cells {
            let values = padded.row(index + down, *column);
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += u16::from(*value);
            }
        }
        for (value, sum) in row.iter_mut().zip(&sums) {
            *value = ((u32::from(*sum) * share as u32 + 32768) >> 16) as u8;
        }
    }
}

impl Transform for MotionBlur {
    fn name(&self) -> &'static str {
        "blur.motion"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        let size = odd_within(self.sizes, random);
        let mut number = |below: usize| random.random_range(0..below.max(1));
        let (from, to) = (number(size), number(size));
        let start = number(size);
        let end = match from == to {
            // Two different rows, so that the line has a length.
            true => (start + 1 + number(size - 1)) % size,
            false => number(size),
        };
        let line = MotionLine {
            size,
            from: (from, start),
            to: (to, end),
        };
        motion_blur(picture, &line);
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
    fn lines_are_those_that_opencv_draws() {
        let goldens = Goldens::load();
        for size in [3, 5] {
            let golden = goldens.motion_kernels(size);
            let point = |index: usize| (index / size, index % size);
            let count = size * size;
            assert_eq!(golden.len(), count * count);
            for (index, golden) in golden.iter().enumerate() {
                let (from, to) = (point(index / count), point(index % count));
                let line = MotionLine { size, from, to };
                let cells = line.cells();
                let mut cells: Vec<usize> = cells
                    .iter()
                    .map(|(column, row)| row * size + column)
                    .collect();
                cells.sort_unstable();
                assert_eq!(cells, *golden, "{line:?}");
            }
        }
    }

    #[test]
    fn agrees_with_opencv() {
        let goldens = Goldens::load();
        for (name, size, from, to) in [
            ("motion_3", 3, (0, 0), (2, 1)),
            ("motion_5", 5, (4, 0), (0, 3)),
        ] {
            let mut picture = photograph(32);
            motion_blur(&mut picture, &MotionLine { size, from, to });
            assert!(
                largest_difference(&picture, &goldens.picture(name)) <= 1,
                "{name}"
            );
        }
    }
}
