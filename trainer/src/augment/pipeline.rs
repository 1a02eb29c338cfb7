//! The order and the probabilities of the transforms, as parameters of a run.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::augment::{
    Picture, brightness_contrast_table, flip_horizontal, flip_vertical, map_values, transpose,
};

/// Which transforms are applied, how often and how strongly. The order is that of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Augmentation {
    /// Probability of exchanging rows and columns, 0 to 1.
    pub transpose: f64,
    /// Probability of turning upside down, 0 to 1.
    pub vertical_flip: f64,
    /// Probability of exchanging left and right, 0 to 1.
    pub horizontal_flip: f64,
    /// Largest change of brightness, as a share of white, 0 to 1.
    pub brightness: f32,
    /// Largest relative change of contrast, 0 to 1.
    pub contrast: f32,
    /// Probability of each of the two changes above, 0 to 1.
    pub photometric: f64,
}

impl Augmentation {
    /// The part of the paper's list that exists so far.
    pub fn paper() -> Self {
        Self {
            transpose: 0.5,
            vertical_flip: 0.5,
            horizontal_flip: 0.5,
            brightness: 0.2,
            contrast: 0.2,
            photometric: 0.75,
        }
    }

    /// Leaves pictures as they are.
    pub fn none() -> Self {
        Self {
            transpose: 0.0,
            vertical_flip: 0.0,
            horizontal_flip: 0.0,
            brightness: 0.0,
            contrast: 0.0,
            photometric: 0.0,
        }
    }

    /// Says which parameter is out of its range, if any.
    pub fn fault(&self) -> Option<String> {
        let shares = [
            ("transpose", self.transpose),
            ("vertical_flip", self.vertical_flip),
            ("horizontal_flip", self.horizontal_flip),
            ("brightness", f64::from(self.brightness)),
            ("contrast", f64::from(self.contrast)),
            ("photometric", self.photometric),
        ];
        shares
            .into_iter()
            .find(|(_, share)| !(0.0..=1.0).contains(share))
            .map(|(name, share)| format!("augmentation.{name} is {share}, not between 0 and 1"))
    }

    /// Changes the picture; the same generator state gives the same change.
    pub fn apply(&self, picture: &mut Picture, random: &mut impl Rng) {
        if random.random_bool(self.transpose) {
            transpose(picture);
        }
        if random.random_bool(self.vertical_flip) {
            flip_vertical(picture);
        }
        if random.random_bool(self.horizontal_flip) {
            flip_horizontal(picture);
        }
        let mut draw = |limit: f32| {
            let chosen = random.random_bool(self.photometric);
            let share: f32 = random.random_range(-1.0..=1.0);
            if chosen { share * limit } else { 0.0 }
        };
        // Two tables, one after the other, as the paper's code does: each step truncates.
        let brightness = draw(self.brightness);
        if brightness != 0.0 {
            map_values(picture, &brightness_contrast_table(brightness, 0.0));
        }
        let contrast = draw(self.contrast);
        if contrast != 0.0 {
            map_values(picture, &brightness_contrast_table(0.0, contrast));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed;

    fn picture() -> Picture {
        Picture::from_fn(6, |row, column, channel| {
            (60 + row * 20 + column * 3 + channel) as u8
        })
    }

    #[test]
    fn the_same_seed_gives_the_same_picture_and_another_seed_another() {
        let change = |seed: u64| {
            let mut changed = picture();
            Augmentation::paper().apply(&mut changed, &mut seed::generator(&[seed]));
            changed
        };
        assert_eq!(change(1), change(1));
        assert!((2..10).any(|seed| change(seed) != change(1)));
    }

    #[test]
    fn nothing_asked_for_changes_nothing() {
        let mut same = picture();
        Augmentation::none().apply(&mut same, &mut seed::generator(&[3]));
        assert_eq!(same, picture());
    }

    #[test]
    fn the_probabilities_are_kept() {
        let only_transpose = Augmentation {
            transpose: 0.25,
            ..Augmentation::none()
        };
        let changed = (0..4000)
            .filter(|seed| {
                let mut changed = picture();
                only_transpose.apply(&mut changed, &mut seed::generator(&[*seed]));
                changed != picture()
            })
            .count();
        // Binomial: mean 1000, standard deviation 27.
        assert!((890..1110).contains(&changed), "{changed}");
    }

    #[test]
    fn a_share_above_one_is_named() {
        let wrong = Augmentation {
            contrast: 1.5,
            ..Augmentation::paper()
        };
        assert!(wrong.fault().is_some_and(|text| text.contains("contrast")));
    }
}
