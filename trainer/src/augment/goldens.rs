//! Pictures by formula and what albumentations' operations, written anew on OpenCV, make of them, for the tests.
#![allow(clippy::unwrap_used)]

use genoderm_model::efficientnet::parity_weights::uniform;
use serde_json::Value;

use crate::augment::Picture;

/// `tests/reference/goldens/augmentation.json`.
pub struct Goldens(Value);

impl Goldens {
    pub fn load() -> Self {
        let text = include_str!("../../../tests/reference/goldens/augmentation.json");
        Self(serde_json::from_str(text).unwrap())
    }

    /// A picture, kept as hexadecimal digits.
    pub fn picture(&self, name: &str) -> Picture {
        let digits = self.0["pictures"][name].as_str().unwrap();
        let values: Vec<u8> = (0..digits.len() / 2)
            .map(|index| u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).unwrap())
            .collect();
        let side = (values.len() / 3).isqrt();
        assert_eq!(side * side * 3, values.len(), "{name}");
        Picture::from_fn(side, |row, column, channel| {
            values[(row * side + column) * 3 + channel]
        })
    }

    pub fn numbers(&self, name: &str) -> Vec<f32> {
        serde_json::from_value(self.0[name].clone()).unwrap()
    }

    /// The cells of each line in a window, in the order of its ends.
    pub fn motion_kernels(&self, size: usize) -> Vec<Vec<usize>> {
        serde_json::from_value(self.0["motion_kernels"][size.to_string()].clone()).unwrap()
    }
}

pub fn largest_difference(one: &Picture, other: &Picture) -> u8 {
    assert_eq!(one.side(), other.side());
    let pairs = one.values().iter().zip(other.values());
    pairs
        .map(|(one, other)| one.abs_diff(*other))
        .max()
        .unwrap()
}

/// `formula.photograph`: ramps, wrap-around edges, a checkerboard and a patch of noise.
pub fn photograph(side: usize) -> Picture {
    let patch = (side / 4).min(32);
    let noise: Vec<u8> = uniform("photograph", patch * patch * 3)
        .map(|value| ((value + 1.0) * 127.999) as u8)
        .collect();
    Picture::from_fn(side, |row, column, channel| {
        if row < patch && column < patch {
            return noise[(row * patch + column) * 3 + channel];
        }
        let value = match channel {
            0 => column * 5 + row * 2,
            1 => (column / 4 + row / 4) % 2 * 200 + 20,
            _ => row * column / 8,
        };
        (value % 256) as u8
    })
}

/// `augmentation.shaded`: skin colours with a gradient of light and a little noise.
pub fn shaded(side: usize) -> Picture {
    let noise: Vec<f64> = uniform("shaded", side * side).collect();
    Picture::from_fn(side, |row, column, channel| {
        let light = 60.0 + 120.0 * (row + column) as f64 / (2 * side) as f64;
        let value = light + 12.0 * noise[row * side + column];
        (value * [1.3, 0.95, 0.8][channel]).clamp(0.0, 255.0) as u8
    })
}

/// `augmentation.colours`: colours spread over all of them.
pub fn colours(side: usize) -> Picture {
    Picture::from_fn(side, |row, column, channel| {
        let index = row * side + column;
        (index * [67, 129, 251][channel] / 16 % 256) as u8
    })
}

/// A picture that holds six times the column in red and the row in green (side at most 43).
pub fn coordinates(side: usize) -> Picture {
    Picture::from_fn(side, |row, column, channel| match channel {
        0 => (6 * column) as u8,
        1 => (6 * row) as u8,
        _ => 255,
    })
}

/// Holds transformed [`coordinates`] against the closed form `place(column, row)` of where each pixel
/// looks; places outside the picture are left out.
pub fn assert_places(picture: &Picture, place: impl Fn(f64, f64) -> (f64, f64)) {
    let side = picture.side();
    let mut compared = 0;
    for (index, pixel) in picture.values().chunks_exact(3).enumerate() {
        let (x, y) = place((index % side) as f64, (index / side) as f64);
        let inside = 0.0..=(side - 1) as f64;
        if inside.contains(&x) && inside.contains(&y) {
            // Half a level of rounding, and the precision of f32.
            let close = |value: u8, place: f64| (f64::from(value) - 6.0 * place).abs() < 0.51;
            assert!(
                close(pixel[0], x) && close(pixel[1], y),
                "{index}: {pixel:?} {x} {y}"
            );
            compared += 1;
        }
    }
    assert!(compared > side * side / 2, "{compared}");
}
