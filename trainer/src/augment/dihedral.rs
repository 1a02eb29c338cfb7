//! The three exchanges that generate the eight symmetries of a square.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::{Picture, Transform};

/// [`transpose`], with this probability, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Transpose(pub f64);

/// [`flip_vertical`], with this probability, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VerticalFlip(pub f64);

/// [`flip_horizontal`], with this probability, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HorizontalFlip(pub f64);

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

/// Exchanges rows and columns (reflection in the main diagonal).
pub fn transpose(picture: &mut Picture) {
    for row in 0..picture.side() {
        for column in row + 1..picture.side() {
            picture.swap_pixels((row, column), (column, row));
        }
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

    /// A picture whose values name their place.
    fn grid(side: usize) -> Picture {
        Picture::from_fn(side, |row, column, channel| {
            (row * 40 + column * 5 + channel) as u8
        })
    }

    fn moved(side: usize, from: impl Fn(usize, usize) -> (usize, usize)) -> Picture {
        Picture::from_fn(side, |row, column, channel| {
            let (row, column) = from(row, column);
            (row * 40 + column * 5 + channel) as u8
        })
    }

    #[test]
    fn each_exchange_moves_every_pixel_to_its_place() {
        for side in [1, 4, 5] {
            let mut picture = grid(side);
            transpose(&mut picture);
            assert_eq!(picture, moved(side, |row, column| (column, row)));
            let mut picture = grid(side);
            flip_vertical(&mut picture);
            assert_eq!(picture, moved(side, |row, column| (side - 1 - row, column)));
            let mut picture = grid(side);
            flip_horizontal(&mut picture);
            assert_eq!(picture, moved(side, |row, column| (row, side - 1 - column)));
        }
    }

    #[test]
    fn transposing_between_flips_is_a_quarter_turn_of_order_four() {
        let mut picture = grid(5);
        for turn in 1..=4 {
            transpose(&mut picture);
            flip_horizontal(&mut picture);
            assert_eq!(picture == grid(5), turn == 4);
        }
    }
}
