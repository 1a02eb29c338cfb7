//! The picture that an attribution starts from: "the pixels mattered compared with what?"

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::AttributionError;

/// Standard deviation of [`Baseline::Blurred`] as a share of the longer side: 10 pixels at 224, 20 at 448.
const BLUR_SHARE: f64 = 10.0 / 224.0;

/// Reference picture of Integrated Gradients, in the normalised values that the network sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// Zero after normalisation: the mean colour of the training pictures of ImageNet, a brownish grey. The paper's
    /// choice. Skin near that colour receives little attribution.
    #[default]
    Zero,
    /// Black pixels. Dark skin and dark lesions receive little attribution.
    Black,
    /// White pixels. Pale patches receive little attribution.
    White,
    /// The picture itself, blurred (Gaussian, standard deviation 10/224 of the longer side): colours stay, detail
    /// goes, so attribution falls on what is finer than the blur and no skin tone is favoured.
    Blurred,
}

impl Baseline {
    /// All baselines, the paper's first.
    pub const ALL: [Self; 4] = [Self::Zero, Self::Black, Self::White, Self::Blurred];

    /// Name in files and on the command line: `zero`, `black`, `white`, `blurred`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Black => "black",
            Self::White => "white",
            Self::Blurred => "blurred",
        }
    }

    /// The baseline of the normalised picture `input` (`[3, height, width]`, CHW), in the same layout and length.
    ///
    /// `mean` and `std` are those of the preprocessing, in units of pixel values from 0 to 1; `std` must be positive.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Length`] if `input` does not hold `3 * height * width` values.
    pub fn values(
        self,
        input: &[f32],
        height: usize,
        width: usize,
        mean: [f32; 3],
        std: [f32; 3],
    ) -> Result<Vec<f32>, AttributionError> {
        let plane = height.saturating_mul(width);
        let expected = plane.saturating_mul(3);
        if input.len() != expected {
            return Err(AttributionError::Length {
                what: "a normalised picture",
                expected,
                found: input.len(),
            });
        }
        let uniform = |pixel: f32| {
            (0..3)
                .flat_map(|c| core::iter::repeat_n((pixel - mean[c]) / std[c], plane))
                .collect()
        };
        Ok(match self {
            Self::Zero => vec![0.0; expected],
            Self::Black => uniform(0.0),
            Self::White => uniform(1.0),
            Self::Blurred if plane == 0 => Vec::new(),
            Self::Blurred => input
                .chunks_exact(plane)
                .flat_map(|channel| blurred(channel, height, width))
                .collect(),
        })
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Baseline {
    type Err = AttributionError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|baseline| baseline.name() == name)
            .ok_or_else(|| AttributionError::UnknownName {
                kind: "baseline",
                choices: Self::ALL.map(Self::name).join(", "),
                name: name.to_owned(),
            })
    }
}

/// One channel under a separable Gaussian; beyond the border the nearest pixel continues.
fn blurred(channel: &[f32], height: usize, width: usize) -> Vec<f32> {
    let sigma = BLUR_SHARE * height.max(width) as f64;
    let kernel = gaussian(sigma);
    let rows = blurred_rows(channel, width, &kernel);
    let columns = blurred_rows(&transposed(&rows, height, width), height, &kernel);
    transposed(&columns, width, height)
}

/// Weights of a Gaussian at -radius..=radius, radius = 3 standard deviations, summing to 1.
fn gaussian(sigma: f64) -> Vec<f32> {
    let radius = (3.0 * sigma).ceil() as i64;
    let weights: Vec<f64> = (-radius..=radius)
        .map(|x| (-0.5 * (x as f64 / sigma).powi(2)).exp())
        .collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| (w / sum) as f32).collect()
}

/// Each row of `width` values convolved with the kernel.
fn blurred_rows(values: &[f32], width: usize, kernel: &[f32]) -> Vec<f32> {
    let radius = kernel.len() / 2;
    let mut padded = vec![0.0; width + 2 * radius];
    let mut blurred = Vec::with_capacity(values.len());
    for row in values.chunks_exact(width) {
        padded[..radius].fill(row[0]);
        padded[radius..radius + width].copy_from_slice(row);
        padded[radius + width..].fill(row[width - 1]);
        blurred.extend(
            padded
                .windows(kernel.len())
                .map(|window| window.iter().zip(kernel).map(|(v, k)| v * k).sum::<f32>()),
        );
    }
    blurred
}

/// `values` of `[height, width]` as `[width, height]`.
fn transposed(values: &[f32], height: usize, width: usize) -> Vec<f32> {
    (0..width)
        .flat_map(|x| (0..height).map(move |y| values[y * width + x]))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
    const STD: [f32; 3] = [0.229, 0.224, 0.225];

    #[test]
    fn uniform_baselines_are_normalised_colours() {
        let input = vec![0.3; 3 * 4 * 5];
        let values = |b: Baseline| b.values(&input, 4, 5, MEAN, STD).unwrap();
        assert!(values(Baseline::Zero).iter().all(|v| *v == 0.0));
        let (black, white) = (values(Baseline::Black), values(Baseline::White));
        for c in 0..3 {
            for i in 0..20 {
                assert_eq!(black[c * 20 + i], -MEAN[c] / STD[c]);
                assert_eq!(white[c * 20 + i], (1.0 - MEAN[c]) / STD[c]);
            }
        }
    }

    #[test]
    fn blur_keeps_flat_colour_and_mass_and_removes_a_fine_grid() {
        let (height, width) = (64, 48);
        let plane = height * width;
        let mut input = vec![0.7; 3 * plane];
        // Channel 1: one bright pixel far from the border. Channel 2: a checkerboard around 0.
        input[plane..2 * plane].fill(0.0);
        input[plane + 32 * width + 24] = 1.0;
        for (i, value) in input[2 * plane..].iter_mut().enumerate() {
            *value = if (i / width + i % width).is_multiple_of(2) {
                1.0
            } else {
                -1.0
            };
        }
        let blurred = Baseline::Blurred
            .values(&input, height, width, MEAN, STD)
            .unwrap();
        assert!(blurred[..plane].iter().all(|v| (v - 0.7).abs() < 1e-5));
        let spot = &blurred[plane..2 * plane];
        assert!((spot.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        // Peak of a two-dimensional Gaussian: 1 / (2 pi sigma^2), sigma = 64 * 10 / 224.
        let sigma = 64.0 * BLUR_SHARE as f32;
        let peak = 1.0 / (2.0 * core::f32::consts::PI * sigma * sigma);
        assert!((spot[32 * width + 24] / peak - 1.0).abs() < 0.02);
        // The transposed pass must not mix up rows and columns.
        assert!((spot[30 * width + 24] - spot[32 * width + 22]).abs() < 1e-7);
        assert!(spot[30 * width + 24] > spot[27 * width + 24]);
        let middle = 2 * plane + 32 * width + 24;
        assert!(blurred[middle].abs() < 1e-3);
    }

    #[test]
    fn wrong_lengths_and_empty_pictures_do_not_panic() {
        for baseline in Baseline::ALL {
            assert!(baseline.values(&[0.0; 7], 2, 1, MEAN, STD).is_err());
            assert!(
                baseline
                    .values(&[0.0; 7], usize::MAX, 9, MEAN, STD)
                    .is_err()
            );
            assert!(baseline.values(&[], 0, 5, MEAN, STD).unwrap().is_empty());
            assert_eq!(
                baseline.values(&[1.0; 3], 1, 1, MEAN, STD).unwrap().len(),
                3
            );
            assert_eq!(baseline.name().parse::<Baseline>().unwrap(), baseline);
        }
    }
}
