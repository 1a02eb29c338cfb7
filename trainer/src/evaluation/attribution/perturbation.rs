//! Deletion and insertion (Petsiuk et al. 2018, RISE): does the answer follow the pixels that a map
//! calls important?
//!
//! Deletion replaces the most important parts of the picture by the mean colour, portion after
//! portion, and looks how fast the label's probability falls; insertion starts from the blurred
//! picture and brings them back. Parts are the cells of a grid rather than single pixels: single
//! ones make a pattern that no photograph has, and then the pattern is what the network answers to.

use std::ops::Range;

use genoderm_model::preprocess::ContentBox;

/// Cells along one side of the grid.
const CELLS: usize = 28;

/// Portions in which the cells are exchanged: a curve has one value more.
pub const PORTIONS: usize = 20;

/// A square picture cut into cells of nearly equal size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    side: usize,
    cells: usize,
}

impl Grid {
    /// The grid of pictures with `side` pixels: 28 x 28 cells, or single pixels of smaller ones.
    pub fn new(side: usize) -> Self {
        Self {
            side,
            cells: side.min(CELLS),
        }
    }

    /// Number of cells.
    pub fn len(self) -> usize {
        self.cells * self.cells
    }

    /// Whether there are no cells, for a side of 0.
    pub fn is_empty(self) -> bool {
        self.cells == 0
    }

    /// Mean of a map (one number a pixel, row-major) in each cell.
    pub fn means(self, values: &[f32]) -> Vec<f32> {
        (0..self.len())
            .map(|cell| {
                let pixels: Vec<usize> = self.pixels(cell).collect();
                let sum: f64 = pixels.iter().map(|pixel| f64::from(values[*pixel])).sum();
                (sum / pixels.len() as f64) as f32
            })
            .collect()
    }

    /// The cells that show a part of the photograph, in their order; padding is in no network's map.
    pub fn cells_of(self, content: ContentBox) -> Vec<usize> {
        let [left, top, width, height] =
            [content.left, content.top, content.width, content.height].map(|side| side as usize);
        let shows = |pixel: usize| {
            let (row, column) = (pixel / self.side, pixel % self.side);
            (top..top + height).contains(&row) && (left..left + width).contains(&column)
        };
        (0..self.len())
            .filter(|cell| self.pixels(*cell).any(shows))
            .collect()
    }

    /// Some cells of a map from the most to the least important.
    pub fn order(self, values: &[f32], cells: &[usize]) -> Vec<usize> {
        let means = self.means(values);
        let mut order = cells.to_vec();
        order.sort_by(|a, b| means[*b].total_cmp(&means[*a]));
        order
    }

    /// Positions of a cell's pixels.
    fn pixels(self, cell: usize) -> impl Iterator<Item = usize> {
        let span = move |index: usize| -> Range<usize> {
            index * self.side / self.cells..(index + 1) * self.side / self.cells
        };
        let (rows, columns) = (span(cell / self.cells), span(cell % self.cells));
        rows.flat_map(move |row| columns.clone().map(move |column| row * self.side + column))
    }
}

/// The pictures between `from` and `to`: first none, then ever more cells of `to`, in `order`.
///
/// Both are normalised pictures of `3 * side * side` values (CHW). The result has
/// [`PORTIONS`]` + 1` pictures; the last one is `to` in all cells of `order`.
pub fn blend(from: &[f32], to: &[f32], grid: Grid, order: &[usize]) -> Vec<Vec<f32>> {
    let plane = grid.side * grid.side;
    let mut picture = from.to_vec();
    let mut pictures = Vec::with_capacity(PORTIONS + 1);
    let mut done = 0;
    for portion in 0..=PORTIONS {
        let end = order.len() * portion / PORTIONS;
        for cell in &order[done..end] {
            for pixel in grid.pixels(*cell) {
                for channel in 0..3 {
                    picture[channel * plane + pixel] = to[channel * plane + pixel];
                }
            }
        }
        done = end;
        pictures.push(picture.clone());
    }
    pictures
}

/// Area under a curve of equally distant values over 0 to 1 (trapezoids).
pub fn area_under(curve: &[f64]) -> f64 {
    let pairs: f64 = curve.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).sum();
    pairs / curve.len().saturating_sub(1).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use genoderm_model::preprocess::Fit;

    #[test]
    fn cells_cover_every_pixel_once() {
        for side in [1, 5, 28, 48, 96, 100] {
            let grid = Grid::new(side);
            let mut seen = vec![0; side * side];
            for cell in 0..grid.len() {
                grid.pixels(cell).for_each(|pixel| seen[pixel] += 1);
            }
            assert!(seen.iter().all(|count| *count == 1), "{side}");
        }
        assert_eq!(Grid::new(96).len(), 784);
        assert!(Grid::new(0).is_empty());
    }

    #[test]
    fn means_are_taken_in_each_cell() {
        // 56 pixels: cells of 2 x 2.
        let map: Vec<f32> = (0..56 * 56).map(|i| (i % 56) as f32).collect();
        let means = Grid::new(56).means(&map);
        assert_eq!(means[..3], [0.5, 2.5, 4.5]);
        let all: Vec<usize> = (0..784).collect();
        assert_eq!(Grid::new(56).order(&map, &all)[0], 27);
    }

    #[test]
    fn padding_has_no_cells() {
        let grid = Grid::new(56);
        let content = Fit::Pad.content(400, 100, 56);
        // 14 of 56 rows from row 21 on: cells of 2 x 2 in rows 10 to 17.
        let cells = grid.cells_of(content);
        assert_eq!((cells.len(), cells[0]), (8 * 28, 10 * 28));
        let whole = grid.cells_of(Fit::Stretch.content(400, 100, 56));
        assert_eq!(whole.len(), grid.len());
    }

    /// A linear model on 10 x 10 pixels: the sum of the first channel. Deleting its pixels from the
    /// most to the least valuable removes known amounts.
    #[test]
    fn the_curve_of_a_linear_model_is_known() {
        let side = 10;
        let plane = side * side;
        let grid = Grid::new(side);
        // Pixel i is worth i; the other channels do not matter.
        let picture: Vec<f32> = (0..3 * plane).map(|i| (i % plane) as f32).collect();
        let model = |input: &[f32]| -> f64 { input[..plane].iter().map(|v| f64::from(*v)).sum() };
        let all: Vec<usize> = (0..grid.len()).collect();
        let order = grid.order(&picture[..plane], &all);
        let deleted = blend(&picture, &vec![0.0; 3 * plane], grid, &order);
        assert_eq!(deleted.len(), PORTIONS + 1);
        let total = (plane * (plane - 1) / 2) as f64;
        for (portion, input) in deleted.iter().enumerate() {
            // 5 pixels a portion are gone; the smallest n stay, worth n (n - 1) / 2.
            let left = (plane - 5 * portion) as f64;
            assert_eq!(model(input), left * (left - 1.0).max(0.0) / 2.0);
        }
        let curve: Vec<f64> = deleted.iter().map(|input| model(input) / total).collect();
        // Insertion into nothing in the same order is the mirror image.
        let inserted = blend(&vec![0.0; 3 * plane], &picture, grid, &order);
        for (gone, back) in curve.iter().zip(&inserted) {
            assert!((1.0 - gone - model(back) / total).abs() < 1e-12);
        }
        // The best order falls like (1 - x)^2: area 1/3; the worst like 1 - x^2: area 2/3.
        assert!((area_under(&curve) - 1.0 / 3.0).abs() < 0.01);
        let worst: Vec<usize> = order.into_iter().rev().collect();
        let slow = blend(&picture, &vec![0.0; 3 * plane], grid, &worst);
        let slow: Vec<f64> = slow.iter().map(|input| model(input) / total).collect();
        assert!((area_under(&slow) - 2.0 / 3.0).abs() < 0.01);
    }

    #[test]
    fn areas_of_simple_curves() {
        assert_eq!(area_under(&[1.0, 1.0, 1.0]), 1.0);
        assert_eq!(area_under(&[1.0, 0.0]), 0.5);
        assert_eq!(area_under(&[]), 0.0);
    }
}
