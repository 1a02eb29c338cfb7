//! Brightness and contrast, as albumentations 0.4.6 changes 8-bit pictures.

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

/// Multiplies all values alike; the factor is drawn evenly from `1 - limit..=1 + limit`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contrast {
    /// How often, 0 to 1.
    pub probability: f64,
    /// Largest relative change, 0 to 1.
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
        let share = either_way(self.limit, random) as f32;
        map_values(picture, &brightness_contrast_table(share, 0.0));
    }

    fn fault(&self) -> Option<String> {
        outside(&[("limit", self.limit, 0.0, 1.0)])
    }
}

impl Transform for Contrast {
    fn name(&self) -> &'static str {
        "contrast"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        let share = either_way(self.limit, random) as f32;
        map_values(picture, &brightness_contrast_table(0.0, share));
    }

    fn fault(&self) -> Option<String> {
        outside(&[("limit", self.limit, 0.0, 1.0)])
    }
}

/// The table of `v -> v * (1 + contrast) + 255 * brightness`, clipped and truncated to 8 bits.
///
/// `brightness` and `contrast` are shares, 0 for no change; the paper's code draws both from
/// -0.2..0.2.
pub fn brightness_contrast_table(brightness: f32, contrast: f32) -> [u8; 256] {
    std::array::from_fn(|value| {
        let changed = value as f32 * (1.0 + contrast) + 255.0 * brightness;
        changed.clamp(0.0, 255.0) as u8
    })
}

/// Replaces every value by its entry in the table.
pub fn map_values(picture: &mut Picture, table: &[u8; 256]) {
    for value in picture.values_mut() {
        *value = table[usize::from(*value)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{Goldens, largest_difference, photograph};

    #[test]
    fn no_change_is_the_identity() {
        let table = brightness_contrast_table(0.0, 0.0);
        assert!((0..=255).all(|value| table[usize::from(value)] == value));
    }

    #[test]
    fn changes_are_clipped_and_truncated() {
        let brighter = brightness_contrast_table(0.2, 0.0);
        assert_eq!((brighter[0], brighter[100], brighter[250]), (51, 151, 255));
        let steeper = brightness_contrast_table(0.0, 0.15);
        assert_eq!((steeper[0], steeper[101], steeper[240]), (0, 116, 255));
        let darker = brightness_contrast_table(-0.2, 0.0);
        assert_eq!((darker[10], darker[100]), (0, 49));
    }

    #[test]
    fn agrees_with_albumentations_table() {
        let goldens = Goldens::load();
        for (name, brightness, contrast) in [
            ("brightness", 0.137, 0.0),
            ("darkness", -0.181, 0.0),
            ("contrast", 0.0, -0.163),
        ] {
            let mut picture = photograph(32);
            map_values(
                &mut picture,
                &brightness_contrast_table(brightness, contrast),
            );
            assert!(
                largest_difference(&picture, &goldens.picture(name)) <= 1,
                "{name}"
            );
        }
    }
}
