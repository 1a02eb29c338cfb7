//! A black square somewhere in the picture (DeVries & Taylor 2017).

use rand::{Rng, RngCore};
use serde::{Deserialize, Serialize};

use crate::augment::transform::outside;
use crate::augment::{Picture, Transform};

/// Draws the place of one hole.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cutout {
    /// How often, 0 to 1.
    pub probability: f64,
    /// Side of the hole as a share of the picture's, 0 to 1.
    pub share: f64,
}

/// A square to be blackened, pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole {
    /// First row.
    pub top: usize,
    /// First column.
    pub left: usize,
    /// Width and height; what lies beyond the picture counts for nothing.
    pub side: usize,
}

/// Makes a square black: 0 before normalisation.
pub fn cut_out(picture: &mut Picture, hole: &Hole) {
    let side = picture.side();
    let inside = |start: usize| start.min(side)..start.saturating_add(hole.side).min(side);
    let columns = inside(hole.left);
    for row in inside(hole.top) {
        picture.values_mut()[(row * side + columns.start) * 3..(row * side + columns.end) * 3]
            .fill(0);
    }
}

impl Transform for Cutout {
    fn name(&self) -> &'static str {
        "cutout"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        let side = (picture.side() as f64 * self.share) as usize;
        // The middle lies anywhere; a hole that would begin outside begins at the border, whole.
        let mut start = || {
            let middle = random.random_range(0..=picture.side());
            middle.saturating_sub(side / 2)
        };
        let hole = Hole {
            top: start(),
            left: start(),
            side,
        };
        cut_out(picture, &hole);
    }

    fn after_resize(&self) -> bool {
        true
    }

    fn fault(&self) -> Option<String> {
        outside(&[("share", self.share, 0.0, 1.0)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed;

    #[test]
    fn only_the_hole_is_black() {
        for (top, left) in [(0, 0), (3, 5), (8, 2), (12, 0)] {
            let mut picture = Picture::from_fn(10, |_, _, _| 9);
            cut_out(&mut picture, &Hole { top, left, side: 4 });
            let expected = Picture::from_fn(10, |row, column, _| {
                match (top..top + 4).contains(&row) && (left..left + 4).contains(&column) {
                    true => 0,
                    false => 9,
                }
            });
            assert_eq!(picture, expected);
        }
    }

    #[test]
    fn the_papers_hole_is_168_pixels_of_448_wherever_it_fits() {
        let cutout = Cutout {
            probability: 1.0,
            share: 0.375,
        };
        let mut largest = 0;
        for index in 0..20 {
            let mut picture = Picture::from_fn(448, |_, _, _| 1);
            cutout.apply(&mut picture, &mut seed::generator(&[index]));
            let black = picture.values().iter().filter(|value| **value == 0).count() / 3;
            assert!((84 * 84..=168 * 168).contains(&black), "{black}");
            largest = largest.max(black);
        }
        assert_eq!(largest, 168 * 168);
    }
}
