//! Brightness as albumentations 0.4.6 changes it in 8-bit pictures.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::transform::{either_way, outside};
use crate::augment::{Picture, Transform};

/// Adds to all values alike; the share of white is drawn evenly from `-limit..=limit`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brightness {
    /// How often, 0 to 1.
    pub probability: f64,
    /// Largest change, as a share of white, 0 to 1.
    pub limit: f64,
}

impl Transform for Brightness {
    fn name(&self) -> &'static str {
        "brightness"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        picture.map_values(&brightness_table(either_way(self.limit, random) as f32));
    }

    fn fault(&self) -> Option<String> {
        outside(&[("limit", self.limit, 0.0, 1.0)])
    }
}

/// The table of `v -> v + 255 * share`, clipped and truncated to 8 bits; the paper's code draws the share
/// from -0.2..0.2.
pub fn brightness_table(share: f32) -> [u8; 256] {
    std::array::from_fn(|value| {
        let changed = value as f32 + 255.0 * share;
        changed.clamp(0.0, 255.0) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{Goldens, largest_difference, photograph};

    #[test]
    fn no_change_is_the_identity() {
        let table = brightness_table(0.0);
        assert!((0..=255).all(|value| table[usize::from(value)] == value));
    }

    #[test]
    fn changes_are_clipped_and_truncated() {
        let brighter = brightness_table(0.2);
        assert_eq!((brighter[0], brighter[100], brighter[250]), (51, 151, 255));
        let darker = brightness_table(-0.2);
        assert_eq!((darker[10], darker[100]), (0, 49));
    }

    #[test]
    fn agrees_with_the_reference_on_numpy() {
        let goldens = Goldens::load();
        for (name, share) in [("brightness", 0.137), ("darkness", -0.181)] {
            let mut picture = photograph(32);
            picture.map_values(&brightness_table(share));
            let golden = goldens.picture(name);
            assert!(largest_difference(&picture, &golden) <= 1, "{name}");
        }
    }
}
