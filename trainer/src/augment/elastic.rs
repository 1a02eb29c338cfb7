//! An elastic deformation: a random affine map and a smooth random displacement (Simard et al. 2003).

use rand::{Rng, RngCore};
use serde::{Deserialize, Serialize};

use crate::augment::transform::{either_way, outside};
use crate::augment::{Affine, Border, Picture, Transform, remap};

/// Draws the map's corners and the displacements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElasticTransform {
    /// How often; in a choice, the weight. 0 to 1.
    pub probability: f64,
    /// Factor of the displacements, pixels.
    pub alpha: f64,
    /// Deviation of the Gaussian that smooths the displacements, pixels.
    pub sigma: f64,
    /// Largest shift of each corner of the affine map in x and in y, pixels.
    pub affine: f64,
}

/// Everything that was drawn for one deformation.
#[derive(Clone, Debug, PartialEq)]
pub struct ElasticWarp {
    /// How far three points, a third of the side from the middle, move: x and y, pixels.
    pub corners: [[f64; 2]; 3],
    /// How far to the right each pixel looks, pixels, row by row.
    pub right: Vec<f32>,
    /// How far down each pixel looks, pixels, row by row.
    pub down: Vec<f32>,
}

/// Applies the affine map and then the displacements, both with a mirrored border, as albumentations
/// does. Displacements that do not fit the picture's size are left out.
pub fn deform(picture: &mut Picture, warp: &ElasticWarp) {
    let side = picture.side();
    let (middle, reach) = ((side / 2) as f64, (side / 3) as f64);
    let (high, low) = (middle + reach, middle - reach);
    let from = [[high, high], [high, low], [low, low]];
    let mut to = from;
    for (point, shift) in to.iter_mut().zip(warp.corners) {
        *point = [point[0] + shift[0], point[1] + shift[1]];
    }
    if let Some(map) = Affine::of_triangles(from, to) {
        map.warp(picture, Border::Mirror);
    }
    if warp.right.len() != side * side || warp.down.len() != side * side {
        return;
    }
    remap(picture, Border::Mirror, |row, columns, rows| {
        let part = row * side..(row + 1) * side;
        let shifts = warp.right[part.clone()].iter().zip(&warp.down[part]);
        let places = columns.iter_mut().zip(rows).zip(shifts);
        for (index, ((column, place), (right, down))) in places.enumerate() {
            (*column, *place) = (index as f32 + right, row as f32 + down);
        }
    });
}

/// Independent noise, even over -1 to 1 at every pixel, smoothed by a Gaussian of `sigma` pixels
/// (above 0) and mirrored at the border; `side * side` values.
///
/// A wide Gaussian leaves nothing finer than itself, so the noise is drawn on a lattice of half its
/// deviation, each point for all the pixels around it: the same field for a thousandth of the work.
pub fn smooth_noise(side: usize, sigma: f64, random: &mut dyn RngCore) -> Vec<f32> {
    let count = ((2.0 * side as f64 / sigma).ceil() as usize).clamp(1, side.max(1));
    // The mean of the pixels around a point varies less than one of them.
    let scale = count as f32 / side.max(1) as f32;
    let lattice: Vec<f32> = (0..count * count)
        .map(|_| scale * random.random_range(-1.0f32..=1.0))
        .collect();
    smooth(&lattice, count, side, sigma)
}

/// Smooths a lattice of `count * count` values, column by column, over a picture of `side` pixels.
///
/// With `count == side` this is `scipy.ndimage.gaussian_filter`: cut off at 4 deviations, mirrored
/// with the outermost values repeated.
fn smooth(lattice: &[f32], count: usize, side: usize, sigma: f64) -> Vec<f32> {
    let weights = weights(count, side, sigma);
    let half = weigh_rows(&weights, lattice, count);
    let mut turned = vec![0.0; half.len()];
    for (row, values) in half.chunks_exact(count.max(1)).enumerate() {
        for (column, value) in values.iter().enumerate() {
            turned[column * side + row] = *value;
        }
    }
    weigh_rows(&weights, &turned, side)
}

/// The weights of the lattice's points at each pixel of a line.
fn weights(count: usize, side: usize, sigma: f64) -> Vec<Vec<f32>> {
    let cell = side as f64 / count as f64;
    let reach = (4.0 * sigma + 0.5).floor();
    let at_pixel = |pixel: usize| {
        // In pixels, 0 at the centre of the first.
        let first = ((pixel as f64 - reach + 0.5) / cell - 0.5).ceil() as isize;
        let last = ((pixel as f64 + reach + 0.5) / cell - 0.5).floor() as isize;
        let mut weights = vec![0.0; count];
        for point in first..=last {
            let place = (point as f64 + 0.5) * cell - 0.5;
            let folded = point.rem_euclid(2 * count as isize) as usize;
            let weight = (-0.5 * ((place - pixel as f64) / sigma).powi(2)).exp();
            weights[folded.min(2 * count - 1 - folded)] += weight;
        }
        let total: f64 = weights.iter().sum();
        let share = |weight: &f64| (weight / total) as f32;
        weights.iter().map(share).collect()
    };
    (0..side).map(at_pixel).collect()
}

/// Weighted sums of the rows of `width` values, one for each list of weights.
fn weigh_rows(weights: &[Vec<f32>], rows: &[f32], width: usize) -> Vec<f32> {
    let mut sums = vec![0.0; weights.len() * width];
    for (sum, weights) in sums.chunks_exact_mut(width.max(1)).zip(weights) {
        for (weight, row) in weights.iter().zip(rows.chunks_exact(width.max(1))) {
            if *weight != 0.0 {
                for (sum, value) in sum.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
        }
    }
    sums
}

impl Transform for ElasticTransform {
    fn name(&self) -> &'static str {
        "distortion.elastic"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        let side = picture.side();
        let corners = [[0.0; 2]; 3].map(|corner| corner.map(|_| either_way(self.affine, random)));
        let mut shifts = || -> Vec<f32> {
            let mut noise = smooth_noise(side, self.sigma, random);
            let alpha = self.alpha as f32;
            noise.iter_mut().for_each(|value| *value *= alpha);
            noise
        };
        let (right, down) = (shifts(), shifts());
        let warp = ElasticWarp {
            corners,
            right,
            down,
        };
        deform(picture, &warp);
    }

    fn fault(&self) -> Option<String> {
        outside(&[
            ("alpha", self.alpha, 0.0, 1e5),
            ("sigma", self.sigma, 0.1, 1000.0),
            ("affine", self.affine, 0.0, 1000.0),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{Goldens, largest_difference, photograph};
    use crate::seed;
    use genoderm_model::efficientnet::parity_weights::uniform;

    const CORNERS: [[f64; 2]; 3] = [[3.5, -2.25], [-4.0, 1.5], [2.0, 4.5]];

    fn noise(name: &str, side: usize) -> Vec<f32> {
        uniform(name, side * side)
            .map(|value| value as f32)
            .collect()
    }

    /// Our lattices lie column by column.
    fn turned(values: &[f32], side: usize) -> Vec<f32> {
        let place = |index: usize| (index % side) * side + index / side;
        (0..side * side).map(|index| values[place(index)]).collect()
    }

    #[test]
    fn a_lattice_of_all_pixels_is_smoothed_as_scipy_does() {
        let golden = Goldens::load().numbers("smoothed");
        let noise = noise("right", 24);
        for (value, golden) in smooth(&turned(&noise, 24), 24, 24, 2.6).iter().zip(&golden) {
            assert!((value - golden).abs() < 1e-5, "{value} {golden}");
        }
        assert_eq!(golden.len(), 576);
    }

    #[test]
    fn agrees_with_the_reference_on_opencv_given_the_noise() {
        let shifts = |name: &str| -> Vec<f32> {
            let smoothed = smooth(&turned(&noise(name, 32), 32), 32, 32, 4.0);
            smoothed.iter().map(|value| 60.0 * value).collect()
        };
        let mut picture = photograph(32);
        let warp = ElasticWarp {
            corners: CORNERS,
            right: shifts("right"),
            down: shifts("down"),
        };
        deform(&mut picture, &warp);
        // Two roundings to whole levels, one after each step.
        assert!(largest_difference(&picture, &Goldens::load().picture("elastic")) <= 2);
    }

    #[test]
    fn coarse_noise_has_the_variance_and_reach_of_fine_noise() {
        let (side, sigma) = (96, 6.0);
        let (mut square, mut neighbour, mut count) = (0.0, 0.0, 0.0);
        for index in 0..40 {
            let field = smooth_noise(side, sigma, &mut seed::generator(&[index]));
            for row in (24..72).step_by(4) {
                for column in (24..72).step_by(4) {
                    let at = |column: usize| f64::from(field[row * side + column]);
                    square += at(column) * at(column);
                    neighbour += at(column) * at(column + 6);
                    count += 1.0;
                }
            }
        }
        // Of white noise with variance 1/3: 1 / (3 * 4 pi sigma^2), and exp(-d^2 / (4 sigma^2)) of
        // it between pixels that are d apart.
        let variance = 1.0 / (3.0 * 4.0 * std::f64::consts::PI * sigma * sigma);
        assert!(
            (square / count / variance - 1.0).abs() < 0.15,
            "{}",
            square / count / variance
        );
        let expected = (-0.25f64).exp();
        assert!(
            (neighbour / square - expected).abs() < 0.05,
            "{}",
            neighbour / square
        );
    }

    #[test]
    fn no_shift_at_all_changes_nothing() {
        let mut picture = photograph(31);
        let warp = ElasticWarp {
            corners: [[0.0; 2]; 3],
            right: vec![0.0; 961],
            down: vec![0.0; 961],
        };
        deform(&mut picture, &warp);
        assert!(largest_difference(&picture, &photograph(31)) == 0);
    }
}
