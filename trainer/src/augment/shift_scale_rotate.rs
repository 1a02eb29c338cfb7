//! A picture moved, enlarged and turned about its middle; what is uncovered becomes black.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::transform::{either_way, outside};
use crate::augment::{Affine, Border, Picture, Transform};

/// Draws all four numbers of a placement evenly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftScaleRotate {
    /// How often, 0 to 1.
    pub probability: f64,
    /// Largest shift in x and in y, as a share of the side, 0 to 1.
    pub shift: f64,
    /// Largest relative change of size, 0 to below 1.
    pub scale: f64,
    /// Largest turn either way, degrees, 0 to 180.
    pub degrees: f64,
}

/// Where the picture goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// To the right and down, as shares of the side.
    pub shift: [f64; 2],
    /// Size over the size before.
    pub scale: f64,
    /// Turn, counter-clockwise as seen.
    pub degrees: f64,
}

/// Turns and scales about the middle, then shifts (`cv2.getRotationMatrix2D` about half the side,
/// `cv2.warpAffine` with linear interpolation and a black border).
pub fn shift_scale_rotate(picture: &mut Picture, placement: &Placement) {
    let side = picture.side() as f64;
    let mut map = Affine::rotation([side / 2.0; 2], placement.degrees, placement.scale);
    for (row, shift) in map.matrix.iter_mut().zip(placement.shift) {
        row[2] += shift * side;
    }
    map.warp(picture, Border::Black);
}

impl Transform for ShiftScaleRotate {
    fn name(&self) -> &'static str {
        "shift_scale_rotate"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        let placement = Placement {
            degrees: either_way(self.degrees, random),
            scale: 1.0 + either_way(self.scale, random),
            shift: [0.0; 2].map(|_: f64| either_way(self.shift, random)),
        };
        shift_scale_rotate(picture, &placement);
    }

    fn fault(&self) -> Option<String> {
        outside(&[
            ("shift", self.shift, 0.0, 1.0),
            ("scale", self.scale, 0.0, 0.99),
            ("degrees", self.degrees, 0.0, 180.0),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{
        Goldens, assert_places, coordinates, largest_difference, photograph,
    };

    const PLACEMENT: Placement = Placement {
        shift: [0.06, -0.085],
        scale: 1.07,
        degrees: -11.5,
    };

    #[test]
    fn agrees_with_the_reference_on_opencv() {
        let mut picture = photograph(32);
        shift_scale_rotate(&mut picture, &PLACEMENT);
        let golden = Goldens::load().picture("shift_scale_rotate");
        assert!(largest_difference(&picture, &golden) <= 1);
    }

    #[test]
    fn coordinates_turn_about_the_middle() {
        let mut picture = coordinates(40);
        shift_scale_rotate(&mut picture, &PLACEMENT);
        let (sine, cosine) = PLACEMENT.degrees.to_radians().sin_cos();
        assert_places(&picture, |column, row| {
            let (x, y) = (column - 20.0 - 0.06 * 40.0, row - 20.0 + 0.085 * 40.0);
            let (x, y) = (x / 1.07, y / 1.07);
            (20.0 + cosine * x - sine * y, 20.0 + sine * x + cosine * y)
        });
    }

    #[test]
    fn what_is_uncovered_is_black() {
        let mut white = Picture::from_fn(20, |_, _, _| 255);
        let placement = Placement {
            shift: [0.5, 0.0],
            scale: 1.0,
            degrees: 0.0,
        };
        shift_scale_rotate(&mut white, &placement);
        for pixel in white
            .values()
            .chunks_exact(60)
            .flat_map(|row| row.chunks_exact(30).enumerate())
        {
            let expected = if pixel.0 == 0 { 0 } else { 255 };
            assert!(pixel.1.iter().all(|value| *value == expected));
        }
    }
}
