//! Contrast as albumentations 0.4.6 changes it in 8-bit pictures.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::transform::{either_way, outside};
use crate::augment::{Picture, Transform};

/// Multiplies all values alike; the factor is drawn evenly from `1 - limit..=1 + limit`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contrast {
    /// How often, 0 to 1.
    pub probability: f64,
    /// Largest relative change, 0 to 1.
    pub limit: f64,
}

impl Transform for Contrast {
    fn name(&self) -> &'static str {
        "contrast"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        picture.map_values(&contrast_table(either_way(self.limit, random) as f32));
    }

    fn fault(&self) -> Option<String> {
        outside(&[("limit", self.limit, 0.0, 1.0)])
    }
}

/// The table of `v -> v * (1 + share)`, clipped and truncated to 8 bits; the paper's code draws the share
/// from -0.2..0.2.
pub fn contrast_table(share: f32) -> [u8; 256] {
    std::array::from_fn(|value| {
        let changed = value as f32 * (1.0 + share);
        changed.clamp(0.0, 255.0) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{Goldens, largest_difference, photograph};

    #[test]
    fn no_change_is_the_identity() {
        let table = contrast_table(0.0);
        assert!((0..=255).all(|value| table[usize::from(value)] == value));
    }

    #[test]
    fn changes_are_clipped_and_truncated() {
        let steeper = contrast_table(0.15);
        assert_eq!((steeper[0], steeper[101], steeper[240]), (0, 116, 255));
    }

    #[test]
    fn agrees_with_the_reference_on_numpy() {
        let mut picture = photograph(32);
        picture.map_values(&contrast_table(-0.163));
        let golden = Goldens::load().picture("contrast");
        assert!(largest_difference(&picture, &golden) <= 1);
    }
}
