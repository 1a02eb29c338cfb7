//! Deterministic weights and inputs for parity tests, made by the same formula in `tests/reference/formula.py`.
//!
//! Real checkpoints are too large to keep beside the tests, so both sides compute the same numbers from the names of
//! the tensors: FNV-1a of the name seeds splitmix64 (Steele et al. 2014), read at position index + 1. All arithmetic is
//! in f64 and rounded to f32 once.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use crate::weights::{StateDict, WeightTensor};

const GOLDEN_RATIO: u64 = 0x9E37_79B9_7F4A_7C15;

/// FNV-1a with 64 bits over the UTF-8 bytes of `name`.
pub fn fnv1a64(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// `count` values in [-1, 1) that depend on `name` and the index only; each is exact in f32.
pub fn uniform(name: &str, count: usize) -> impl Iterator<Item = f64> + use<> {
    let seed = fnv1a64(name);
    (1..=count as u64).map(move |position| {
        let mut z = seed.wrapping_add(position.wrapping_mul(GOLDEN_RATIO));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 40) as f64 / f64::from(1 << 24) * 2.0 - 1.0
    })
}

/// Weights for tensors of the given names and shapes.
///
/// `norm_variance` holds a scalar for every batch normalisation, by its name (`"bn1"`, `"blocks.0.0.bn2"`): running
/// variances lie around it, running means within a tenth of its root. The reference generator measures it, so that
/// activations keep unit scale; with any other statistics a random network amplifies rounding.
pub fn weights(
    shapes: &BTreeMap<String, Vec<usize>>,
    norm_variance: &BTreeMap<String, f64>,
) -> StateDict {
    let mut dict = StateDict::default();
    for (name, shape) in shapes {
        let (owner, kind) = name.rsplit_once('.').unwrap_or(("", name));
        let variance = norm_variance.get(owner).copied();
        let count = shape.iter().product();
        let fan_in: usize = shape.iter().skip(1).product();
        let amplitude = (3.0 / fan_in.max(1) as f64).sqrt();
        let values = uniform(name, count)
            .map(|u| {
                let value = match (kind, variance) {
                    ("bias", _) => u * 0.1,
                    ("running_mean", Some(variance)) => 0.1 * u * variance.sqrt(),
                    ("running_var", Some(variance)) => variance * (1.0 + 0.2 * u),
                    (_, Some(_)) => 1.0 + 0.2 * u,
                    (_, None) => u * amplitude,
                };
                value as f32
            })
            .collect();
        dict.insert(
            name.clone(),
            WeightTensor {
                shape: shape.clone(),
                values,
            },
        );
    }
    dict
}

/// A normalised picture `[3, size, size]` in row-major order: noise plus two smooth waves.
pub fn input(size: usize) -> Vec<f32> {
    let area = (size * size).max(1);
    uniform("input", 3 * size * size)
        .enumerate()
        .map(|(index, noise)| {
            let centre = |pixel: usize| (pixel as f64 + 0.5) / size as f64;
            let (channel, pixel) = (index / area, index % area);
            let (x, y) = (centre(pixel % size), centre(pixel / size));
            let waves =
                (TAU * (3.0 * x + 2.0 * y)).sin() + (TAU * y * (channel as f64 + 1.0)).cos();
            (noise + waves) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_the_published_one() {
        // Test vectors of the FNV reference.
        assert_eq!(fnv1a64(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a64("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a64("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn values_fill_the_interval_and_are_exact() {
        let values: Vec<f64> = uniform("conv_stem.weight", 4096).collect();
        let mean = values.iter().sum::<f64>() / 4096.0;
        let square = values.iter().map(|v| v * v).sum::<f64>() / 4096.0;
        assert!(
            mean.abs() < 0.03 && (square - 1.0 / 3.0).abs() < 0.02,
            "{mean} {square}"
        );
        assert!(
            values
                .iter()
                .all(|v| (-1.0..1.0).contains(v) && f64::from(*v as f32) == *v)
        );
    }
}
