//! The top becomes the bottom.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::{Picture, Transform};

/// [`flip_vertical`], with this probability, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VerticalFlip(pub f64);

impl Transform for VerticalFlip {
    fn name(&self) -> &'static str {
        "vertical_flip"
    }

    fn probability(&self) -> f64 {
        self.0
    }

    fn apply(&self, picture: &mut Picture, _random: &mut dyn RngCore) {
        flip_vertical(picture);
    }
}

/// Turns the picture upside down.
pub fn flip_vertical(picture: &mut Picture) {
    let side = picture.side();
    let values = picture.values_mut();
    for row in 0..side / 2 {
        let (upper, lower) = values.split_at_mut((side - 1 - row) * side * 3);
        upper[row * side * 3..(row + 1) * side * 3].swap_with_slice(&mut lower[..side * 3]);
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
            flip_vertical(&mut picture);
            assert_places(&picture, |column, row| (column, (side - 1) as f64 - row));
        }
    }
}
