//! The distortion of a lens: barrel and pincushion.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::transform::{either_way, outside};
use crate::augment::{Border, Picture, Transform, remap};

/// Draws the distortion's strength and the shift of its centre.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpticalDistortion {
    /// How often; in a choice, the weight. 0 to 1.
    pub probability: f64,
    /// Largest strength either way.
    pub limit: f64,
    /// Largest shift either way, pixels. albumentations 0.4.6 rounds the drawn number, so that the
    /// paper's 0.05 never shifts anything.
    pub shift: f64,
}

/// Distorts as a lens with the radial coefficients `k1 = k2 = strength` does.
///
/// A pixel at `(x, y)` from the picture's centre, in units of its side, gets the colour at
/// `(x, y) (1 + strength (r^2 + r^4))` from a centre that lies half a pixel and `shift` (columns and
/// rows, pixels) further: `cv2.initUndistortRectifyMap` with the focal length of one side, and
/// `cv2.remap` with linear interpolation and a mirrored border.
pub fn distort_lens(picture: &mut Picture, strength: f64, shift: [f64; 2]) {
    let side = picture.side() as f32;
    let (strength, middle) = (strength as f32, (side - 1.0) / 2.0);
    let [right, down] = shift.map(|shift| 0.5 * side + shift as f32);
    remap(picture, Border::Mirror, |row, columns, rows| {
        let y = (row as f32 - middle) / side;
        let places = columns.iter_mut().zip(rows);
        for (column, (place_x, place_y)) in places.enumerate() {
            let x = (column as f32 - middle) / side;
            let square = x * x + y * y;
            let stretch = side * (1.0 + strength * square * (1.0 + square));
            (*place_x, *place_y) = (x * stretch + right, y * stretch + down);
        }
    });
}

impl Transform for OpticalDistortion {
    fn name(&self) -> &'static str {
        "distortion.optical"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        let strength = either_way(self.limit, random);
        let mut shift = || either_way(self.shift, random).round();
        distort_lens(picture, strength, [shift(), shift()]);
    }

    fn fault(&self) -> Option<String> {
        outside(&[
            ("limit", self.limit, 0.0, 10.0),
            ("shift", self.shift, 0.0, 1024.0),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{
        Goldens, assert_places, coordinates, largest_difference, photograph,
    };

    #[test]
    fn agrees_with_opencv() {
        let goldens = Goldens::load();
        for (name, strength, shift) in [
            ("optical_pincushion", 0.8, [0.0, 0.0]),
            ("optical_barrel", -0.7, [2.0, -1.0]),
        ] {
            let mut picture = photograph(32);
            distort_lens(&mut picture, strength, shift);
            assert!(
                largest_difference(&picture, &goldens.picture(name)) <= 1,
                "{name}"
            );
        }
    }

    #[test]
    fn coordinates_move_along_the_radius() {
        let mut picture = coordinates(40);
        distort_lens(&mut picture, -0.5, [0.0, 0.0]);
        assert_places(&picture, |column, row| {
            let (x, y) = ((column - 19.5) / 40.0, (row - 19.5) / 40.0);
            let square = x * x + y * y;
            let stretch = 40.0 * (1.0 - 0.5 * (square + square * square));
            (20.0 + x * stretch, 20.0 + y * stretch)
        });
    }
}
