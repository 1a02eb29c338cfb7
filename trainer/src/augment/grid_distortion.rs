//! A grid whose columns and rows become wider or narrower.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::transform::{either_way, outside};
use crate::augment::{Border, Picture, Transform, remap};

/// Draws the width of each column and the height of each row of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridDistortion {
    /// How often; in a choice, the weight. 0 to 1.
    pub probability: f64,
    /// Columns and rows of the grid.
    pub steps: usize,
    /// Largest relative change of a width or height, 0 to 1.
    pub limit: f64,
}

/// Distorts by a grid: `widths` and `heights` say how many times its own size of the picture each
/// column and row of the grid shows; 1 for no change.
///
/// All but the last number stand for cells of `side / (count - 1)` pixels, rounded down; what is left
/// at the end of the picture shows the rest of it, as albumentations does. The border is mirrored.
pub fn distort_grid(picture: &mut Picture, widths: &[f64], heights: &[f64]) {
    let side = picture.side();
    let (columns, rows) = (places(side, widths), places(side, heights));
    remap(picture, Border::Mirror, |row, xs, ys| {
        xs.copy_from_slice(&columns);
        ys.fill(rows[row]);
    });
}

/// Where each of `side` columns, or rows, looks at.
fn places(side: usize, sizes: &[f64]) -> Vec<f32> {
    let cell = side / sizes.len().saturating_sub(1).max(1);
    let mut places = Vec::with_capacity(side);
    let mut start = 0.0;
    for (index, size) in sizes.iter().enumerate() {
        let first = index * cell;
        if first >= side {
            break;
        }
        let (count, end) = match first + cell > side {
            true => (side - first, side as f64),
            false => (cell, start + cell as f64 * size),
        };
        // The first pixel of a cell looks at its start and the last one at its end.
        let step = (end - start) / (count.max(2) - 1) as f64;
        places.extend((0..count).map(|pixel| (start + step * pixel as f64) as f32));
        start = end;
    }
    // Pictures that are smaller than the grid.
    places.extend((places.len()..side).map(|place| place as f32));
    places
}

impl Transform for GridDistortion {
    fn name(&self) -> &'static str {
        "distortion.grid"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        let mut sizes = || -> Vec<f64> {
            (0..=self.steps)
                .map(|_| 1.0 + either_way(self.limit, random))
                .collect()
        };
        let (widths, heights) = (sizes(), sizes());
        distort_grid(picture, &widths, &heights);
    }

    fn fault(&self) -> Option<String> {
        outside(&[
            ("steps", self.steps as f64, 1.0, 64.0),
            ("limit", self.limit, 0.0, 1.0),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{
        Goldens, assert_places, coordinates, largest_difference, photograph,
    };

    const WIDTHS: [f64; 6] = [1.2, 0.4, 1.9, 0.7, 0.6, 1.1];
    const HEIGHTS: [f64; 6] = [0.5, 1.5, 1.0, 1.8, 0.9, 0.3];

    #[test]
    fn agrees_with_the_reference_on_opencv_whether_or_not_the_grid_divides_the_side() {
        let goldens = Goldens::load();
        for (name, side) in [("grid_32", 32), ("grid_30", 30)] {
            let mut picture = photograph(side);
            distort_grid(&mut picture, &WIDTHS, &HEIGHTS);
            assert!(
                largest_difference(&picture, &goldens.picture(name)) <= 1,
                "{name}"
            );
        }
    }

    #[test]
    fn coordinates_move_by_the_cells_sizes() {
        let mut picture = coordinates(40);
        distort_grid(&mut picture, &[1.0; 6], &[0.5; 6]);
        // Cells of 8 pixels: the first looks at the start, the eighth at the end of its part.
        let cell = |place: f64| ((place / 8.0).floor(), place % 8.0);
        assert_places(&picture, |column, row| {
            let ((wide, x), (high, y)) = (cell(column), cell(row));
            ((wide + x / 7.0) * 8.0, (high + y / 7.0) * 4.0)
        });
    }

    #[test]
    fn a_picture_smaller_than_the_grid_keeps_its_size() {
        for side in 1..6 {
            let mut picture = photograph(side);
            distort_grid(&mut picture, &WIDTHS, &HEIGHTS);
            assert_eq!(picture.values().len(), side * side * 3);
        }
        let mut picture = photograph(4);
        distort_grid(&mut picture, &[], &[]);
        assert_eq!(picture, photograph(4));
    }
}
