//! Rows become columns.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::{Picture, Transform};

/// [`transpose`], with this probability, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Transpose(pub f64);

impl Transform for Transpose {
    fn name(&self) -> &'static str {
        "transpose"
    }

    fn probability(&self) -> f64 {
        self.0
    }

    fn apply(&self, picture: &mut Picture, _random: &mut dyn RngCore) {
        transpose(picture);
    }
}

/// Exchanges rows and columns (reflection in the main diagonal).
pub fn transpose(picture: &mut Picture) {
    for row in 0..picture.side() {
        for column in row + 1..picture.side() {
            picture.swap_pixels((row, column), (column, row));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::flip_horizontal;
    use crate::augment::goldens::{assert_places, coordinates};

    #[test]
    fn every_pixel_moves_to_its_place() {
        for side in [1, 4, 5] {
            let mut picture = coordinates(side);
            transpose(&mut picture);
            assert_places(&picture, |column, row| (row, column));
        }
    }

    #[test]
    fn transposing_between_flips_is_a_quarter_turn_of_order_four() {
        let mut picture = coordinates(5);
        for turn in 1..=4 {
            transpose(&mut picture);
            flip_horizontal(&mut picture);
            assert_eq!(picture == coordinates(5), turn == 4);
        }
    }
}
