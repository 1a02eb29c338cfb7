//! Pictures that a formula makes: the photograph that networks classify, and the batch that they learn from.

use anyhow::Result;
use genoderm_model::efficientnet::parity_weights;
use genoderm_model::preprocess::{Photo, Preprocessing};

/// A square photograph whose normalised values are those of the parity tests, as far as 8 bits and the range of colours
/// allow. It has the network's size, so that no resize stands between the file and the network.
pub fn photo(side: u32) -> Result<Photo> {
    let Preprocessing { mean, std, .. } = Preprocessing::imagenet(side);
    let values = parity_weights::input(side as usize);
    let plane = values.len() / 3;
    let pixels = (0..plane).flat_map(|pixel| {
        let colour = |channel: usize| {
            let value = values[channel * plane + pixel] * std[channel] + mean[channel];
            // `as` cuts at 0 and 255.
            (value * 255.0).round() as u8
        };
        [colour(0), colour(1), colour(2)]
    });
    Ok(Photo::from_rgb8(side, side, pixels.collect())?)
}

/// `count` normalised pictures one after another: that of the parity tests, moved to the left, plus noise of its own.
pub fn batch(side: usize, count: usize) -> Vec<f32> {
    let base = parity_weights::input(side);
    (0..count)
        .flat_map(|index| {
            let noise = parity_weights::uniform(&format!("picture{index}"), base.len());
            let base = &base;
            noise.enumerate().map(move |(place, noise)| {
                let (row, column) = (place / side, place % side);
                (f64::from(base[row * side + (column + 17 * index) % side]) + noise) as f32
            })
        })
        .collect()
}

/// Little-endian bytes.
pub fn bytes_of(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// Numbers from little-endian bytes.
pub fn values_of(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .collect()
}
