//! Left becomes right.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::{Picture, Transform};

/// [`flip_horizontal`], with this probability, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HorizontalFlip(pub f64);

impl Transform for HorizontalFlip {
    fn name(&self) -> &'static str {
        "horizontal_flip"
    }

    fn probability(&self) -> f64 {
        self.0
    }

    fn apply(&self, picture: &mut Picture, _random: &mut dyn RngCore) {
        flip_horizontal(picture);
    }
}

/// Exchanges left and right.
pub fn flip_horizontal(picture: &mut Picture) {
    let side = picture.side();
    for row in 0..side {
        for column in 0..side / 2 {
            picture.swap_pixels((row, column), (row, side - 1 - column));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{assert_places, coordinates};

    #[test]
    fn every_pixel_moves_to_its_place() {
        for side in [1, 4, 5] {
            let mut picture = coordinates(side);
            flip_horizontal(&mut picture);
            assert_places(&picture, |column, row| ((side - 1) as f64 - column, row));
        }
    }
}
