//! Test-time augmentation: the eight symmetries of a square picture.

use clap::ValueEnum;
use genoderm_model::calibration::FoldOutput;
use genoderm_model::ensemble::softmax_at_temperature;
use genoderm_model::preprocess::Photo;
use rayon::prelude::*;
use serde::Serialize;

use crate::augment::{Picture, flip_horizontal, flip_vertical, transpose};
use crate::error::{Error, Result};
use crate::evaluation::argmax;

/// In how many ways a network looks at each picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Views {
    /// As it is.
    #[default]
    One,
    /// As it is, turned by 90, 180 and 270 degrees, and all four mirrored (the dihedral group).
    Dihedral,
}

impl Views {
    /// The views of `--tta`, or the single one without it.
    pub fn of_flag(test_time_augmentation: bool) -> Self {
        if test_time_augmentation {
            Self::Dihedral
        } else {
            Self::One
        }
    }

    /// How many there are: 1 or 8.
    pub fn count(self) -> usize {
        match self {
            Self::One => 1,
            Self::Dihedral => 8,
        }
    }

    /// View `index` of square pictures; 0 is the picture as it is.
    ///
    /// The bits of the index say what is done: 4 transposes, then 2 turns upside down, then 1
    /// exchanges left and right.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] for pictures without pixels.
    pub fn of_photos(index: usize, photos: &[&Photo]) -> Result<Vec<Photo>> {
        let turn = |photo: &&Photo| {
            let mut picture = Picture::from_photo(photo);
            if index & 4 != 0 {
                transpose(&mut picture);
            }
            if index & 2 != 0 {
                flip_vertical(&mut picture);
            }
            if index & 1 != 0 {
                flip_horizontal(&mut picture);
            }
            picture.into_photo().map_err(Error::internal)
        };
        photos.par_iter().map(turn).collect()
    }
}

/// The mean of a network's views: of features and texture, and of the probabilities at the temperature.
///
/// The logits are those that give the mean probabilities at that temperature, and the mean of the
/// views' free energies `T ln sum exp(z / T)`, so that one rule serves one view and several.
pub(super) fn mean_of_views(views: &[FoldOutput], temperature: f32) -> FoldOutput {
    let mut mean = FoldOutput::default();
    let count = views.len().max(1) as f32;
    let mut level = 0.0;
    for view in views {
        let probabilities = softmax_at_temperature(&view.logits, temperature);
        // ln sum exp(x) = x_i - ln softmax(x)_i, best where the probability is largest.
        let top = argmax(&probabilities);
        if let (Some(logit), Some(probability)) = (view.logits.get(top), probabilities.get(top)) {
            level += (logit - temperature * probability.ln()) / count;
        }
        accumulate(&mut mean.logits, &probabilities, count);
        accumulate(&mut mean.features, &view.features, count);
        accumulate(&mut mean.texture, &view.texture, count);
    }
    for value in &mut mean.logits {
        *value = temperature * value.max(f32::MIN_POSITIVE).ln() + level;
    }
    mean
}

fn accumulate(sums: &mut Vec<f32>, values: &[f32], count: f32) {
    sums.resize(values.len(), 0.0);
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value / count;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_eight_views_are_all_different_and_closed_under_turning() {
        let pixels: Vec<u8> = (0..27).collect();
        let photo = Photo::from_rgb8(3, 3, pixels).unwrap();
        let views: Vec<Photo> = (0..Views::Dihedral.count())
            .map(|index| Views::of_photos(index, &[&photo]).unwrap().remove(0))
            .collect();
        assert!(views[0] == photo);
        for (index, view) in views.iter().enumerate() {
            assert!(views[..index].iter().all(|earlier| earlier != view));
            // A quarter turn of any view is another view.
            let turned = Views::of_photos(5, &[view]).unwrap().remove(0);
            assert!(views.contains(&turned) && turned != *view);
        }
    }

    #[test]
    fn the_mean_of_views_keeps_mean_probabilities_and_energy() {
        let output = |logits: [f32; 3]| FoldOutput {
            logits: logits.to_vec(),
            features: vec![logits[0], 1.0],
            texture: vec![2.0 * logits[0]],
        };
        let views = [output([2.0, 0.0, -1.0]), output([-3.0, 5.0, 0.5])];
        let temperature = 1.7;
        let found = mean_of_views(&views, temperature);
        let energy = |logits: &[f32]| {
            let sum: f32 = logits.iter().map(|z| (z / temperature).exp()).sum();
            temperature * sum.ln()
        };
        let probabilities = softmax_at_temperature(&found.logits, temperature);
        for (label, probability) in probabilities.iter().enumerate() {
            let expected: f32 = views
                .iter()
                .map(|view| softmax_at_temperature(&view.logits, temperature)[label] / 2.0)
                .sum();
            assert!((probability - expected).abs() < 1e-6);
        }
        let expected = (energy(&views[0].logits) + energy(&views[1].logits)) / 2.0;
        assert!((energy(&found.logits) - expected).abs() < 1e-5);
        assert_eq!(found.features, [-0.5, 1.0]);
        assert_eq!(found.texture, [-1.0]);
    }
}
