//! The golden check: a tiny picture and the logits that every device must give for it.
//!
//! Graphics drivers have bugs that change answers without an error. After loading, the page runs
//! the picture through the network on the device that it will use and compares.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BundleError, BundleManifest};
use crate::preprocess::Photo;

/// A picture and its logits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoldenCheck {
    /// Width of the picture in pixels.
    pub width: u32,
    /// Height of the picture in pixels.
    pub height: u32,
    /// Red, green, blue of each pixel, row by row. The picture is resized and normalised like any
    /// photograph, so the check covers the preprocessing too.
    pub rgb: Vec<u8>,
    /// For each set its folds in the manifest's order, each with one logit a label (before division
    /// by the temperature).
    pub logits: BTreeMap<String, Vec<Vec<f32>>>,
    /// Largest difference accepted; see [`compare`](Self::compare).
    pub tolerance: f32,
}

/// A device's answer to the golden picture is wrong.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "the network's answer to the test picture is off by {difference:.1e}, more than {tolerance:.1e}"
)]
pub struct GoldenMismatch {
    /// Largest relative difference found; infinite if the answer has another length or is not a
    /// number.
    pub difference: f32,
    /// Largest one accepted.
    pub tolerance: f32,
}

/// The golden picture of a bundle.
///
/// # Errors
///
/// When the pixels do not fit the stated size, which [`BundleManifest::parse`] rules out.
pub fn golden_photo(manifest: &BundleManifest) -> Result<Photo, BundleError> {
    manifest.golden.photo()
}

impl GoldenCheck {
    /// Tolerance that new bundles get. Devices differ by about 1e-5; wrong kernels by 0.1 and more.
    pub const DEFAULT_TOLERANCE: f32 = 1e-3;

    /// Side of the picture in new bundles, in pixels.
    const SIDE: u32 = 8;

    /// The picture of new bundles, without logits: every pixel has another colour.
    pub(super) fn without_logits() -> Self {
        let pixels = (0..Self::SIDE).flat_map(|y| (0..Self::SIDE).map(move |x| (x, y)));
        let rgb = pixels
            .flat_map(|(x, y)| {
                [
                    40 + 25 * x,
                    30 + 25 * y,
                    (64 + 37 * x + 59 * y + 11 * x * y) % 256,
                ]
            })
            .map(|value| value as u8)
            .collect();
        Self {
            width: Self::SIDE,
            height: Self::SIDE,
            rgb,
            logits: BTreeMap::new(),
            tolerance: Self::DEFAULT_TOLERANCE,
        }
    }

    /// The picture.
    ///
    /// # Errors
    ///
    /// When the pixels do not fit the stated size.
    pub fn photo(&self) -> Result<Photo, BundleError> {
        Photo::from_rgb8(self.width, self.height, self.rgb.clone()).map_err(|error| {
            BundleError::BadField {
                field: "golden.rgb".to_owned(),
                cause: format!("is no picture: {error}"),
            }
        })
    }

    /// The logits expected from a set's fold, by its position in the manifest.
    pub fn expected(&self, set: &str, fold_index: usize) -> Option<&[f32]> {
        self.logits.get(set)?.get(fold_index).map(Vec::as_slice)
    }

    /// Compares a device's logits with the expected ones.
    ///
    /// The difference is `max|logit - expected| / max(1, max|expected|)`: absolute for small
    /// logits, relative for large ones.
    ///
    /// # Errors
    ///
    /// [`GoldenMismatch`] if the difference exceeds the tolerance, the lengths differ or a logit is
    /// not a number. Otherwise the result is the difference.
    pub fn compare(&self, logits: &[f32], expected: &[f32]) -> Result<f32, GoldenMismatch> {
        let difference = relative_difference(logits, expected);
        // The comparison is this way round so that a difference that is not a number fails.
        if difference <= self.tolerance {
            Ok(difference)
        } else {
            Err(GoldenMismatch {
                difference,
                tolerance: self.tolerance,
            })
        }
    }
}

fn relative_difference(logits: &[f32], expected: &[f32]) -> f32 {
    if logits.len() != expected.len() || logits.iter().any(|logit| !logit.is_finite()) {
        return f32::INFINITY;
    }
    let scale = expected.iter().fold(1.0_f32, |m, value| m.max(value.abs()));
    logits
        .iter()
        .zip(expected)
        .fold(0.0_f32, |m, (a, b)| m.max((a - b).abs()))
        / scale
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn small_logits_are_compared_absolutely_and_large_ones_relatively() {
        let check = GoldenCheck::without_logits();
        assert!(check.compare(&[0.1, 0.2005], &[0.1, 0.2]).is_ok());
        assert!(check.compare(&[0.1, 0.202], &[0.1, 0.2]).is_err());
        assert!(check.compare(&[1.0, 20.015], &[1.0, 20.0]).is_ok());
        assert!(check.compare(&[1.0, 20.03], &[1.0, 20.0]).is_err());
    }

    #[test]
    fn answers_that_are_no_answers_fail() {
        let check = GoldenCheck::without_logits();
        for bad in [
            vec![],
            vec![0.0],
            vec![0.0, f32::NAN],
            vec![f32::INFINITY, 0.0],
        ] {
            let mismatch = check.compare(&bad, &[0.0, 0.0]).unwrap_err();
            assert_eq!(mismatch.difference, f32::INFINITY);
        }
    }

    #[test]
    fn every_pixel_of_the_new_picture_is_different() {
        let check = GoldenCheck::without_logits();
        let colours: std::collections::HashSet<&[u8]> = check.rgb.chunks(3).collect();
        assert_eq!(colours.len(), 64);
        assert_eq!(check.photo().unwrap().width(), 8);
    }
}
