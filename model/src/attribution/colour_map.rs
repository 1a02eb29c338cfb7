//! Heat maps as pixels: a diverging colour map, alone or over the photograph.
//!
//! Blue lowers the logit, red raises it. Blue against red stays apart in every common form of colour blindness. The
//! steps on both sides have equal lightness in the Oklab space (0.97, 0.85, 0.72, 0.57, 0.42), so strength reads the
//! same on either side and in grey.

use super::{AttributionError, HeatMap, Sign};

/// sRGB at strengths 0, 1/4, 1/2, 3/4 and 1 of what raises the logit: Oklch hue 30, chroma 0 to 0.17.
const RAISES: [[u8; 3]; 5] = [
    [245, 245, 245],
    [251, 188, 177],
    [235, 131, 115],
    [200, 68, 53],
    [141, 28, 17],
];

/// sRGB at the same strengths of what lowers the logit: Oklch hue 255.
const LOWERS: [[u8; 3]; 5] = [
    [245, 245, 245],
    [173, 209, 255],
    [106, 167, 244],
    [30, 118, 216],
    [0, 74, 156],
];

/// Number of colours in [`legend`].
pub const LEGEND_STEPS: usize = 9;

/// sRGB colours from -1 to 1 at equal distances, for a legend beside the map; the middle one stands for 0.
pub fn legend() -> [[u8; 3]; LEGEND_STEPS] {
    core::array::from_fn(|i| colour(i as f32 / (LEGEND_STEPS - 1) as f32 * 2.0 - 1.0))
}

/// Colour of a value in [-1, 1].
fn colour(value: f32) -> [u8; 3] {
    let side = if value < 0.0 { &LOWERS } else { &RAISES };
    let position = value.abs().min(1.0) * (side.len() - 1) as f32;
    let index = (position as usize).min(side.len() - 2);
    let share = position - index as f32;
    core::array::from_fn(|c| mix(side[index][c], side[index + 1][c], share))
}

/// `from` at share 0, `to` at share 1.
fn mix(from: u8, to: u8, share: f32) -> u8 {
    (f32::from(from) * (1.0 - share) + f32::from(to) * share).round() as u8
}

impl HeatMap {
    /// The map alone, RGBA with straight alpha, `[height * width * 4]`, row-major: hue by sign, colour and opacity by
    /// strength, so that pixels that did not matter are transparent.
    ///
    /// [`Sign::Positive`] and [`Sign::Absolute`] use the red side, [`Sign::Negative`] the blue one.
    pub fn rgba(&self, sign: Sign) -> Vec<u8> {
        self.coloured(sign)
            .flat_map(|([r, g, b], strength)| [r, g, b, (strength * 255.0).round() as u8])
            .collect()
    }

    /// The map over the photograph, RGB: `opacity` (0 to 1) is that of the strongest pixels.
    ///
    /// `rgb` are the pixels of the photograph at the map's size, `[height * width * 3]`.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Length`] if the photograph has another size.
    pub fn overlay(
        &self,
        rgb: &[u8],
        sign: Sign,
        opacity: f32,
    ) -> Result<Vec<u8>, AttributionError> {
        self.check_photograph(rgb)?;
        let opacity = opacity.clamp(0.0, 1.0);
        Ok(rgb
            .chunks_exact(3)
            .zip(self.coloured(sign))
            .flat_map(|(pixel, (colour, strength))| {
                let share = strength * opacity;
                [0, 1, 2].map(|c| mix(pixel[c], colour[c], share))
            })
            .collect())
    }

    /// Colour and strength (0 to 1) of each pixel.
    fn coloured(&self, sign: Sign) -> impl Iterator<Item = ([u8; 3], f32)> {
        let side = if sign == Sign::Negative { -1.0 } else { 1.0 };
        self.scaled(sign)
            .into_iter()
            .map(move |v| (colour(side * v), v.abs()))
    }

    fn check_photograph(&self, rgb: &[u8]) -> Result<(), AttributionError> {
        let expected = self.values().len() * 3;
        if rgb.len() == expected {
            return Ok(());
        }
        Err(AttributionError::Length {
            what: "a photograph of the heat map's size",
            expected,
            found: rgb.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::Attribution;
    use super::*;

    /// Four pixels of strength 0, 0.5, 1 and -1 (nothing is clipped at percentile 0).
    fn map() -> HeatMap {
        let values = vec![0.0, 0.5, 1.0, -1.0];
        HeatMap::from_attribution(&Attribution::new(values, [1, 2, 2], 0.5, 0.0).unwrap())
            .unwrap()
            .with_outlier_percentile(0.0)
    }

    /// Lightness of sRGB in the Oklab space (B. Ottosson 2020), 0 to 1.
    fn lightness(rgb: [u8; 3]) -> f64 {
        let [r, g, b] = rgb.map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        });
        let l = 0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b;
        let m = 0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b;
        let s = 0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b;
        0.2104542553 * l.cbrt() + 0.7936177850 * m.cbrt() - 0.0040720468 * s.cbrt()
    }

    #[test]
    fn colours_darken_with_strength_and_equally_on_both_sides() {
        let legend = legend().map(lightness);
        for i in 0..LEGEND_STEPS / 2 {
            let (lowers, raises) = (legend[i], legend[LEGEND_STEPS - 1 - i]);
            assert!((lowers - raises).abs() < 0.01, "{lowers} {raises}");
            assert!(legend[i] < legend[i + 1] - 0.1);
        }
        assert_eq!(colour(0.0), colour(-0.0));
        assert_eq!(colour(7.0), RAISES[4]);
        assert_eq!(colour(-1.0), LOWERS[4]);
    }

    #[test]
    fn rgba_is_transparent_where_nothing_mattered() {
        let all = map().rgba(Sign::All);
        assert_eq!(all.len(), 16);
        let alphas: Vec<u8> = all.iter().skip(3).step_by(4).copied().collect();
        assert_eq!(alphas, [0, 128, 255, 255]);
        assert_eq!(all[8..11], RAISES[4]);
        assert_eq!(all[12..15], LOWERS[4]);
        let positive = map().rgba(Sign::Positive);
        assert_eq!(positive[15], 0);
        let negative = map().rgba(Sign::Negative);
        assert_eq!((&negative[12..15], negative[15]), (&LOWERS[4][..], 255));
    }

    #[test]
    fn overlays_blend_with_the_photograph() {
        let photograph = [100; 12];
        let overlay = map().overlay(&photograph, Sign::All, 0.5).unwrap();
        assert_eq!(overlay[..3], [100, 100, 100]);
        assert_eq!(overlay[6], mix(100, RAISES[4][0], 0.5));
        assert_eq!(overlay[11], mix(100, LOWERS[4][2], 0.5));
        let untouched = map().overlay(&photograph, Sign::All, -3.0).unwrap();
        assert_eq!(untouched, photograph);
        assert!(map().overlay(&photograph[1..], Sign::All, 0.5).is_err());
        assert!(map().overlay(&[], Sign::All, f32::NAN).is_err());
    }
}
