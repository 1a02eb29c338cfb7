//! Independent normal noise on every value.

use std::sync::LazyLock;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::augment::transform::{outside, within};
use crate::augment::{Picture, Transform};

/// Draws the noise's variance and its seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianNoise {
    /// How often; in a choice, the weight. 0 to 1.
    pub probability: f64,
    /// Smallest and largest variance, squared grey levels.
    pub variance: [f64; 2],
}

/// Quantiles of the standard normal distribution at `(i + 1/2) / 65536`.
///
/// 16 random bits and one look-up make a normal number, fine enough to be added to 8-bit values.
static QUANTILES: LazyLock<Vec<f32>> = LazyLock::new(quantiles);

/// Integrates the density by the midpoint rule and reads the distribution backwards.
fn quantiles() -> Vec<f32> {
    const COUNT: usize = 1 << 16;
    const STEP: f64 = 1.0 / 4096.0;
    let density = |x: f64| (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
    let (mut x, mut below) = (-8.0, 0.0);
    (0..COUNT)
        .map(|index| {
            let target = (index as f64 + 0.5) / COUNT as f64;
            let mut slice = STEP * density(x + 0.5 * STEP);
            while below + slice < target && x < 8.0 {
                below += slice;
                x += STEP;
                slice = STEP * density(x + 0.5 * STEP);
            }
            (x + STEP * (target - below) / slice) as f32
        })
        .collect()
}

/// Adds to each value a normal number of the given standard deviation (grey levels), clips and cuts
/// off what is behind the point, as albumentations does; so values lose half a level on average.
///
/// The same seed gives the same noise.
pub fn add_noise(picture: &mut Picture, deviation: f32, seed: u64) {
    let quantiles = QUANTILES.as_slice();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut bits = [0; 4096];
    for values in picture.values_mut().chunks_mut(bits.len() / 2) {
        random.fill_bytes(&mut bits);
        for (value, pair) in values.iter_mut().zip(bits.chunks_exact(2)) {
            let index = usize::from(pair[0]) | usize::from(pair[1]) << 8;
            let noise = quantiles.get(index).copied().unwrap_or_default();
            *value = (f32::from(*value) + deviation * noise) as u8;
        }
    }
}

impl Transform for GaussianNoise {
    fn name(&self) -> &'static str {
        "blur.noise"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        let deviation = within(self.variance, random).max(0.0).sqrt();
        add_noise(picture, deviation as f32, random.next_u64());
    }

    fn fault(&self) -> Option<String> {
        let [least, most] = self.variance;
        outside(&[
            ("variance[0]", least, 0.0, 65025.0),
            ("variance[1]", most, least, 65025.0),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_normal_distribution() {
        let quantiles = quantiles();
        // Between two entries: the median and the quantiles of 0.84134 and 0.97725.
        for (share, expected) in [(0.5, 0.0), (0.841_344_75, 1.0), (0.977_249_87, 2.0)] {
            let place: f64 = share * 65536.0 - 0.5;
            let (low, part) = (place as usize, place.fract() as f32);
            let found = quantiles[low] + (quantiles[low + 1] - quantiles[low]) * part;
            assert!((found - expected).abs() < 1e-4, "{share}: {found}");
        }
        let ends = (quantiles[0], quantiles[65535]);
        assert!(
            (ends.0 + ends.1).abs() < 1e-3 && (4.2..4.4).contains(&ends.1),
            "{ends:?}"
        );
    }

    #[test]
    fn noise_has_its_mean_and_deviation_and_differs_between_channels() {
        let grey = Picture::from_fn(128, |_, _, _| 128);
        let mut noisy = grey.clone();
        add_noise(&mut noisy, 5.0, 1);
        let off: Vec<f64> = noisy
            .values()
            .iter()
            .map(|value| f64::from(*value) - 128.0)
            .collect();
        let count = off.len() as f64;
        let mean = off.iter().sum::<f64>() / count;
        let variance = off.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        // 49152 values: standard errors 0.023 and 0.16; cutting off adds 1/12.
        assert!((mean + 0.5).abs() < 0.1, "{mean}");
        assert!((variance - 25.0 - 1.0 / 12.0).abs() < 0.7, "{variance}");
        let product = |pixel: &[f64]| (pixel[0] - mean) * (pixel[1] - mean);
        let pixels = off.chunks_exact(3);
        let covariance = pixels.map(product).sum::<f64>() / (count / 3.0);
        assert!((covariance / variance).abs() < 0.04, "{covariance}");
        let mut again = grey.clone();
        add_noise(&mut again, 5.0, 1);
        assert_eq!(noisy, again);
        add_noise(&mut again, 0.0, 1);
        assert_eq!(noisy, again);
    }
}
