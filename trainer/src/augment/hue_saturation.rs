//! Hue, saturation and value, in OpenCV's 8-bit form: hue 0 to 179, the others 0 to 255.

use std::sync::LazyLock;

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::transform::{either_way, outside};
use crate::augment::{Picture, Transform};

/// Draws a shift for each of the three, evenly from `-limit..=limit`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HueSaturation {
    /// How often, 0 to 1.
    pub probability: f64,
    /// Largest shift of the hue, in steps of two degrees.
    pub hue: f64,
    /// Largest shift of the saturation, of 255.
    pub saturation: f64,
    /// Largest shift of the value, of 255.
    pub value: f64,
}

/// Reciprocals with 12 bits behind the point, as OpenCV divides: `(255, 30) * 4096 / i`.
static RECIPROCALS: LazyLock<[(i32, i32); 256]> = LazyLock::new(|| {
    std::array::from_fn(|index| match index {
        0 => (0, 0),
        _ => {
            let share = |whole: f64| (whole * 4096.0 / index as f64).round() as i32;
            (share(255.0), share(30.0))
        }
    })
});

/// Hue, saturation and value of a colour (`cv2.COLOR_RGB2HSV`).
#[inline(always)]
fn to_hsv(red: u8, green: u8, blue: u8) -> (u8, u8, u8) {
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let [r, g, b] = [red, green, blue].map(i32::from);
    let spread = most - least;
    // Sixths of the circle, times the spread.
    let sixths = if most == red {
        g - b
    } else if most == green {
        b - r + 2 * i32::from(spread)
    } else {
        r - g + 4 * i32::from(spread)
    };
    let saturation = i32::from(spread) * RECIPROCALS[usize::from(most)].0;
    let hue = (sixths * RECIPROCALS[usize::from(spread)].1 + 2048) >> 12;
    let hue = if hue < 0 { hue + 180 } else { hue };
    (hue as u8, ((saturation + 2048) >> 12) as u8, most)
}

/// What a hue, shifted already, contributes to the colour.
#[derive(Clone, Copy, Default)]
struct Sector {
    /// Which of the four mixtures red, green and blue are.
    mixtures: [usize; 3],
    /// How far into its sixth of the circle the hue lies, 0 to 1.
    part: f32,
}

impl Sector {
    fn of(hue: u8) -> Self {
        // Mixtures: 0 the value, 1 the darkest, 2 falling, 3 rising.
        const MIXTURES: [[usize; 3]; 6] = [
            [0, 3, 1],
            [2, 0, 1],
            [1, 0, 3],
            [1, 2, 0],
            [3, 1, 0],
            [0, 1, 2],
        ];
        let (sixth, rest) = (usize::from(hue) / 30, hue % 30);
        Self {
            mixtures: MIXTURES[sixth % 6],
            part: f32::from(rest) / 30.0,
        }
    }
}

/// Adds to hue (around the circle), saturation and value (clipped).
///
/// Shifts are in OpenCV's 8-bit steps; sums are cut off behind the point, as albumentations does.
pub fn shift_hsv(picture: &mut Picture, hue: f64, saturation: f64, value: f64) {
    let clipped = |shift: f64| -> [u8; 256] {
        std::array::from_fn(|index| (index as f64 + shift).clamp(0.0, 255.0) as u8)
    };
    let sectors: [Sector; 256] =
        std::array::from_fn(|index| Sector::of((index as f64 + hue).rem_euclid(180.0) as u8));
    let shares = clipped(saturation).map(|saturation| f32::from(saturation) / 255.0);
    let values = clipped(value).map(f32::from);
    for pixel in picture.values_mut().chunks_exact_mut(3) {
        let (hue, saturation, value) = to_hsv(pixel[0], pixel[1], pixel[2]);
        let sector = &sectors[usize::from(hue)];
        let share = shares[usize::from(saturation)];
        let value = values[usize::from(value)];
        let mixtures = [
            value,
            value * (1.0 - share),
            value * (1.0 - share * sector.part),
            value * (1.0 - share * (1.0 - sector.part)),
        ]
        .map(|value| (value + 0.5) as u8);
        for (value, mixture) in pixel.iter_mut().zip(sector.mixtures) {
            *value = mixtures[mixture & 3];
        }
    }
}

impl Transform for HueSaturation {
    fn name(&self) -> &'static str {
        "hue_saturation"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        let [hue, saturation, value] =
            [self.hue, self.saturation, self.value].map(|limit| either_way(limit, random));
        shift_hsv(picture, hue, saturation, value);
    }

    fn fault(&self) -> Option<String> {
        outside(&[
            ("hue", self.hue, 0.0, 90.0),
            ("saturation", self.saturation, 0.0, 255.0),
            ("value", self.value, 0.0, 255.0),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{Goldens, colours, largest_difference, photograph};

    #[test]
    fn agrees_with_opencv() {
        let goldens = Goldens::load();
        for (name, [hue, saturation, value]) in [
            ("hsv_up", [7.6, 14.2, 6.7]),
            ("hsv_down", [-9.3, -17.5, -8.1]),
        ] {
            let mut picture = photograph(32);
            shift_hsv(&mut picture, hue, saturation, value);
            assert!(
                largest_difference(&picture, &goldens.picture(name)) <= 1,
                "{name}"
            );
        }
        let mut picture = colours(40);
        shift_hsv(&mut picture, -3.4, 5.5, -2.5);
        assert!(largest_difference(&picture, &goldens.picture("hsv_colours")) <= 1);
    }

    #[test]
    fn grey_stays_grey_and_primary_colours_turn_into_each_other() {
        let mut grey = Picture::from_fn(16, |row, column, _| (16 * row + column) as u8);
        let before = grey.clone();
        shift_hsv(&mut grey, 50.0, 0.0, 0.0);
        assert_eq!(grey, before);
        let mut red = Picture::from_fn(2, |_, _, channel| if channel == 0 { 200 } else { 0 });
        shift_hsv(&mut red, 60.0, 0.0, 10.0);
        assert_eq!(red.values()[..3], [0, 210, 0]);
        shift_hsv(&mut red, -120.0, -255.0, 0.0);
        assert_eq!(red.values()[..3], [210, 210, 210]);
    }
}
