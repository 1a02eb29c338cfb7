//! What the pictures that a network learnt from look like up close, whatever they show: the statistics of its first
//! feature maps, and how unusual those of another picture are.
//!
//! Late features forget what does not tell the labels apart, so a picture of something else may look familiar there.
//! Means and spreads of the first channels (the "style" of Gatys et al. 2016) keep colours, edges and grain.

use burn::tensor::Tensor;

use super::ReferenceError;
use crate::weights::{StateDict, WeightTensor};

/// Added to a spread before its logarithm, so that flat channels stay finite.
const SPREAD_FLOOR: f64 = 1e-3;

/// Share by which covariances are reduced (Ledoit & Wolf 2004 with a fixed intensity): the estimate stays invertible
/// with fewer pictures than numbers.
const SHRINKAGE: f64 = 0.05;

/// Share of the mean variance that is added to each.
const VARIANCE_FLOOR: f64 = 1e-4;

/// The statistics of one feature map: mean and logarithm of the spread of each channel.
///
/// # Shapes
/// - `map`: `[n, channels, height, width]`
/// - output: `[n, 2 * channels]`, all means first
pub(crate) fn map_statistics(map: Tensor<4>) -> Tensor<2> {
    let [n, channels, height, width] = map.dims();
    let map = map.reshape([n, channels, height * width]);
    let mean = map.clone().mean_dim(2);
    let deviation = map - mean.clone();
    let spread = (deviation.clone() * deviation).mean_dim(2).sqrt();
    let statistics =
        [mean, spread.add_scalar(SPREAD_FLOOR).log()].map(|x| x.reshape([n, channels]));
    Tensor::cat(statistics.to_vec(), 1)
}

/// A normal distribution of texture statistics, as one fold's network sees the pictures that it learnt from.
#[derive(Debug, Clone, PartialEq)]
pub struct TextureModel {
    /// Mean statistics.
    pub mean: Vec<f32>,
    /// Row by row, a square matrix `W` with `W (x - mean)` of unit covariance: the inverse of the Cholesky factor of the
    /// covariance, lower triangular.
    pub whitening: Vec<f32>,
}

fn names(fold: u32) -> [String; 2] {
    [
        format!("fold-{fold}.texture-mean"),
        format!("fold-{fold}.texture-whitening"),
    ]
}

impl TextureModel {
    /// Squared Mahalanobis distance divided by the count of statistics: about 1 for pictures like those it was learnt
    /// from (Lee et al. 2018, arXiv:1807.03888, at an early layer and without labels).
    ///
    /// `texture` has the length of [`mean`](Self::mean).
    pub fn distance(&self, texture: &[f32]) -> f64 {
        let deviation: Vec<f64> = texture
            .iter()
            .zip(&self.mean)
            .map(|(value, mean)| f64::from(*value) - f64::from(*mean))
            .collect();
        let count = self.mean.len().max(1);
        let sum: f64 = self
            .whitening
            .chunks(count)
            .map(|row| {
                let product = row.iter().zip(&deviation).map(|(w, d)| f64::from(*w) * d);
                product.sum::<f64>().powi(2)
            })
            .sum();
        sum / count as f64
    }

    /// Adds the tensors `fold-K.texture-mean` `[n]` and `fold-K.texture-whitening` `[n, n]`.
    pub fn store(&self, fold: u32, file: &mut StateDict) {
        let [mean, whitening] = names(fold);
        let count = self.mean.len();
        let mut insert = |name, shape: &[usize], values: &[f32]| {
            let (shape, values) = (shape.to_vec(), values.to_vec());
            file.insert(name, WeightTensor { shape, values });
        };
        insert(mean, &[count], &self.mean);
        insert(whitening, &[count, count], &self.whitening);
    }

    /// Reads what [`store`](Self::store) wrote.
    ///
    /// # Errors
    ///
    /// When the fold has none, or it is not of `count` statistics.
    pub fn load(file: &StateDict, fold: u32, count: usize) -> Result<Self, ReferenceError> {
        let [mean, whitening] = names(fold);
        let read =
            |name: String, shape: &[usize]| ReferenceError::read(file, name, fold, shape, count);
        Ok(Self {
            mean: read(mean, &[count])?,
            whitening: read(whitening, &[count, count])?,
        })
    }
}

/// Collects statistics picture by picture.
#[derive(Debug, Clone)]
pub struct TextureBuilder {
    pictures: usize,
    mean: Vec<f64>,
    /// Sums of products of deviations, row by row.
    products: Vec<f64>,
}

impl TextureBuilder {
    /// A builder for so many statistics.
    pub fn new(count: usize) -> Self {
        Self {
            pictures: 0,
            mean: vec![0.0; count],
            products: vec![0.0; count * count],
        }
    }

    /// Adds a picture's statistics (Welford's update, which does not cancel).
    pub fn add(&mut self, texture: &[f32]) {
        self.pictures += 1;
        let share = 1.0 / self.pictures as f64;
        let before: Vec<f64> = texture
            .iter()
            .zip(&self.mean)
            .map(|(value, mean)| f64::from(*value) - mean)
            .collect();
        for (mean, deviation) in self.mean.iter_mut().zip(&before) {
            *mean += deviation * share;
        }
        let after: Vec<f64> = before.iter().map(|d| d * (1.0 - share)).collect();
        for (row, a) in self
            .products
            .chunks_mut(self.mean.len().max(1))
            .zip(&before)
        {
            for (product, b) in row.iter_mut().zip(&after) {
                *product += a * b;
            }
        }
    }

    /// The distribution; `None` with fewer than two pictures or statistics that are not finite.
    pub fn finish(self) -> Option<TextureModel> {
        if self.pictures < 2 {
            return None;
        }
        let count = self.mean.len();
        let freedom = (self.pictures - 1) as f64;
        let variance = |i: usize| self.products[i * count + i] / freedom;
        let mean_variance = (0..count).map(variance).sum::<f64>() / count.max(1) as f64;
        let floor = VARIANCE_FLOOR * mean_variance + f64::from(f32::MIN_POSITIVE);
        let covariance = |i: usize, j: usize| match i == j {
            true => variance(i) + floor,
            false => self.products[i * count + j] / freedom * (1.0 - SHRINKAGE),
        };
        let whitening = inverse_cholesky(count, covariance)?;
        Some(TextureModel {
            mean: self.mean.iter().map(|mean| *mean as f32).collect(),
            whitening: whitening.into_iter().map(|w| w as f32).collect(),
        })
    }
}

/// The inverse of the lower Cholesky factor of a positive definite matrix, row by row; `None` for another matrix.
fn inverse_cholesky(count: usize, matrix: impl Fn(usize, usize) -> f64) -> Option<Vec<f64>> {
    let mut factor = vec![0.0; count * count];
    let mut inverse = vec![0.0; count * count];
    for i in 0..count {
        for j in 0..=i {
            let known: f64 = (0..j)
                .map(|k| factor[i * count + k] * factor[j * count + k])
                .sum();
            let rest = matrix(i, j) - known;
            factor[i * count + j] = match i == j {
                true if rest > 0.0 && rest.is_finite() => rest.sqrt(),
                true => return None,
                false => rest / factor[j * count + j],
            };
        }
        // Row i of the inverse by forward substitution.
        let pivot = factor[i * count + i];
        for j in 0..=i {
            let known: f64 = (j..i)
                .map(|k| factor[i * count + k] * inverse[k * count + j])
                .sum();
            let unit = f64::from(u8::from(i == j));
            inverse[i * count + j] = (unit - known) / pivot;
        }
    }
    Some(inverse)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_each_channel() {
        let device = burn::tensor::Device::flex();
        let map = Tensor::<4>::from_data([[[[1.0_f32, 3.0]], [[5.0, 5.0]]]], &device);
        let found = map_statistics(map)
            .into_data()
            .try_into_vec::<f32>()
            .unwrap();
        let expected = [2.0, 5.0, 1.001_f32.ln(), 0.001_f32.ln()];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        }
    }

    #[test]
    fn the_distance_counts_standard_deviations_along_correlated_statistics() {
        let mut builder = TextureBuilder::new(2);
        assert!(builder.clone().finish().is_none());
        for [a, b] in [[0.0, 0.0], [2.0, 1.9], [4.0, 4.1], [6.0, 6.0]] {
            builder.add(&[100.0 + a, -50.0 + b]);
        }
        let model = builder.finish().unwrap();
        assert_eq!(model.mean, [103.0, -47.0]);
        assert_eq!(model.whitening[1], 0.0, "lower triangular");
        // Variances 20/3 and 20.42/3, covariance 20.2/3 reduced by 5%.
        let (a, b, c) = (20.0 / 3.0, 20.42 / 3.0, 20.2 / 3.0 * 0.95);
        let closed =
            |x: f64, y: f64| (b * x * x - 2.0 * c * x * y + a * y * y) / (a * b - c * c) / 2.0;
        for (x, y) in [(0.0, 0.0), (3.0, 3.0), (3.0, -3.0), (-1.0, 0.5)] {
            let found = model.distance(&[103.0 + x as f32, -47.0 + y as f32]);
            let expected = closed(x, y);
            assert!(
                (found - expected).abs() < 5e-3 * (1.0 + expected),
                "{found} {expected}"
            );
        }
    }

    #[test]
    fn fewer_pictures_than_statistics_still_give_a_distribution() {
        let mut builder = TextureBuilder::new(5);
        builder.add(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        builder.add(&[2.0, 1.0, 3.5, 4.0, 6.0]);
        let model = builder.clone().finish().unwrap();
        assert!(model.distance(&[1.5, 1.5, 3.2, 4.0, 5.5]) < 1.0);
        assert!(model.distance(&[2.0, 2.0, 3.0, 4.5, 5.0]) > 1e3);
        builder.add(&[f32::NAN; 5]);
        assert!(builder.finish().is_none());
    }
}
