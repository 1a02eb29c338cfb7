//! CIE L*a*b* in OpenCV's 8-bit form: L 0 to 255 for 0 to 100, a and b plus 128; D65, sRGB's curve.

use std::sync::LazyLock;

/// Rows give X, Y and Z of linear sRGB, divided by those of white.
const TO_XYZ: [[f64; 3]; 3] = [
    [
        0.412_453 / 0.950_456,
        0.357_580 / 0.950_456,
        0.180_423 / 0.950_456,
    ],
    [0.212_671, 0.715_160, 0.072_169],
    [
        0.019_334 / 1.088_754,
        0.119_193 / 1.088_754,
        0.950_227 / 1.088_754,
    ],
];
/// Rows give linear red, green and blue of X, Y and Z divided by those of white.
const FROM_XYZ: [[f32; 3]; 3] = [
    [3.240_479 * 0.950_456, -1.537_15, -0.498_535 * 1.088_754],
    [-0.969_256 * 0.950_456, 1.875_991, 0.041_556 * 1.088_754],
    [0.055_648 * 0.950_456, -0.204_043, 1.057_311 * 1.088_754],
];
/// Where the cube root gives way to a line, and that line.
const LINE_BELOW: f64 = 0.008_856;
const LINE_SLOPE: f64 = 7.787;
const LINE_START: f64 = 16.0 / 116.0;
/// Linear light is kept with 3 bits behind the point of 8-bit values.
const LIGHT: f64 = 255.0 * 8.0;
/// Steps from black to white in the table of sRGB's curve.
const CURVE: usize = 4096;

/// Tables for both directions.
pub(super) struct Lab {
    /// Linear light of an sRGB value, `LIGHT` for white.
    light: [i32; 256],
    /// Cube root (or line) of a light, 32768 for white.
    root: Vec<i32>,
    /// `TO_XYZ`, 4096 for 1.
    to_xyz: [[i32; 3]; 3],
    /// Cube root that belongs to a lightness, and Y.
    lightness: [(f32, f32); 256],
    /// sRGB value of a linear light, `CURVE - 1` for white.
    curve: Vec<u8>,
}

/// Made once.
pub(super) static LAB: LazyLock<Lab> = LazyLock::new(Lab::new);

impl Lab {
    fn new() -> Self {
        let linear = |value: f64| match value <= 0.04045 {
            true => value / 12.92,
            false => ((value + 0.055) / 1.055).powf(2.4),
        };
        let encoded = |light: f64| match light <= 0.003_130_8 {
            true => light * 12.92,
            false => 1.055 * light.powf(1.0 / 2.4) - 0.055,
        };
        let root = |light: f64| match light < LINE_BELOW {
            true => LINE_SLOPE * light + LINE_START,
            false => light.cbrt(),
        };
        let lightness = |value: usize| {
            let lightness = value as f64 * 100.0 / 255.0;
            let (root, y) = match lightness <= 8.0 {
                true => (
                    lightness / 903.3 * LINE_SLOPE + LINE_START,
                    lightness / 903.3,
                ),
                false => {
                    let root = (lightness + 16.0) / 116.0;
                    (root, root.powi(3))
                }
            };
            (root as f32, y as f32)
        };
        Self {
            light: std::array::from_fn(|value| {
                (LIGHT * linear(value as f64 / 255.0)).round() as i32
            }),
            root: (0..(1.5 * LIGHT) as usize)
                .map(|light| (32768.0 * root(light as f64 / LIGHT)).round() as i32)
                .collect(),
            to_xyz: TO_XYZ.map(|row| row.map(|share| (4096.0 * share).round() as i32)),
            lightness: std::array::from_fn(lightness),
            curve: (0..CURVE)
                .map(|light| (255.0 * encoded(light as f64 / (CURVE - 1) as f64)).round() as u8)
                .collect(),
        }
    }

    /// L, a and b of a colour.
    #[inline(always)]
    pub(super) fn of_rgb(&self, [red, green, blue]: [u8; 3]) -> [u8; 3] {
        let [red, green, blue] = [red, green, blue].map(|value| self.light[usize::from(value)]);
        let [x, y, z] = self.to_xyz.map(|[r, g, b]| {
            let light = (r * red + g * green + b * blue + 2048) >> 12;
            self.root.get(light as usize).copied().unwrap_or(32768)
        });
        // 116 y - 16 of 100, in 255ths and with OpenCV's roundings.
        let lightness = (296 * y - 1_336_934 + 16384) >> 15;
        let [a, b] =
            [500 * (x - y), 200 * (y - z)].map(|value| (value + 128 * 32768 + 16384) >> 15);
        [lightness, a, b].map(|value| value.clamp(0, 255) as u8)
    }

    /// The colour of L, a and b, clipped to what a screen can show.
    #[inline(always)]
    pub(super) fn to_rgb(&self, [lightness, a, b]: [u8; 3]) -> [u8; 3] {
        let (root, y) = self.lightness[usize::from(lightness)];
        let cube = |root: f32| match root <= 0.206_893 {
            true => (root - LINE_START as f32) * (1.0 / LINE_SLOPE as f32),
            false => root * root * root,
        };
        let x = cube(root + (f32::from(a) - 128.0) * (1.0 / 500.0));
        let z = cube(root - (f32::from(b) - 128.0) * (1.0 / 200.0));
        FROM_XYZ.map(|[of_x, of_y, of_z]| {
            let light = of_x * x + of_y * y + of_z * z;
            // Through 32 bits: conversions to more are slow.
            let index = (light * (CURVE - 1) as f32 + 0.5) as i32;
            self.curve[index.clamp(0, CURVE as i32 - 1) as usize]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::Picture;
    use crate::augment::goldens::{Goldens, colours, largest_difference};

    fn mapped(picture: &Picture, change: impl Fn([u8; 3]) -> [u8; 3]) -> Picture {
        let mut picture = picture.clone();
        for pixel in picture.values_mut().chunks_exact_mut(3) {
            pixel.copy_from_slice(&change([pixel[0], pixel[1], pixel[2]]));
        }
        picture
    }

    #[test]
    fn agrees_with_opencv_in_both_directions() {
        let goldens = Goldens::load();
        let lab = mapped(&colours(40), |rgb| LAB.of_rgb(rgb));
        assert!(largest_difference(&lab, &goldens.picture("lab")) <= 1);
        let golden = goldens.picture("lab");
        let rgb = mapped(&golden, |lab| LAB.to_rgb(lab));
        assert!(largest_difference(&rgb, &goldens.picture("lab_back")) <= 2);
    }

    #[test]
    fn black_white_and_greys_come_back() {
        for value in 0..=255 {
            let [lightness, a, b] = LAB.of_rgb([value; 3]);
            assert!(
                a.abs_diff(128) <= 1 && b.abs_diff(128) <= 1,
                "{value}: {a} {b}"
            );
            let back = LAB.to_rgb([lightness, 128, 128]);
            assert!(
                back.iter().all(|other| other.abs_diff(value) <= 2),
                "{value}: {back:?}"
            );
        }
        assert_eq!(LAB.of_rgb([0; 3]), [0, 128, 128]);
        assert_eq!(LAB.of_rgb([255; 3]), [255, 128, 128]);
    }
}
