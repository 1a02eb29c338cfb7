//! Draws from the distributions that the drawings' parameters follow.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// A value between `low` and `high`, uniformly.
pub fn uniform(rng: &mut ChaCha8Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * rng.random::<f32>()
}

/// A value between `low` and `high` whose logarithm is uniform; for sizes, which vary by factors.
pub fn log_uniform(rng: &mut ChaCha8Rng, low: f32, high: f32) -> f32 {
    uniform(rng, low.ln(), high.ln()).exp()
}

/// True with probability `p`.
pub fn chance(rng: &mut ChaCha8Rng, p: f32) -> bool {
    rng.random::<f32>() < p
}

/// A whole number from `low` to `high`, both possible.
pub fn whole(rng: &mut ChaCha8Rng, low: usize, high: usize) -> usize {
    rng.random_range(low..=high.max(low))
}

/// A normal variate of mean 0 and variance 1 (Box and Muller).
pub fn normal(rng: &mut ChaCha8Rng) -> f32 {
    let radius = (-2.0 * (1.0 - rng.random::<f32>()).ln()).sqrt();
    radius * (std::f32::consts::TAU * rng.random::<f32>()).cos()
}

/// Either 1 or -1.
pub fn sign(rng: &mut ChaCha8Rng) -> f32 {
    if chance(rng, 0.5) { 1.0 } else { -1.0 }
}

/// One of the items, with probability proportional to its weight; the last if the weights are not positive.
pub fn weighted<T: Copy>(rng: &mut ChaCha8Rng, items: &[(f32, T)], fallback: T) -> T {
    let total: f32 = items.iter().map(|(weight, _)| weight.max(0.0)).sum();
    let mut rest = rng.random::<f32>() * total;
    for (weight, item) in items {
        rest -= weight.max(0.0);
        if rest < 0.0 {
            return *item;
        }
    }
    fallback
}

/// A well mixed value of a grid cell, for patterns that must not depend on the order in which cells are visited.
pub fn cell_hash(seed: u64, x: i64, y: i64) -> u64 {
    let mut z = seed
        .wrapping_add((x as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add((y as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The `index`-th value in [0, 1) that belongs to a hash.
pub fn hash_unit(hash: u64, index: u64) -> f32 {
    (cell_hash(hash, index as i64, 0x51) >> 40) as f32 / (1u64 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn weights_are_respected() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let counts = (0..4000).fold([0; 3], |mut counts, _| {
            counts[weighted(&mut rng, &[(1.0, 0), (3.0, 1), (0.0, 2)], 2)] += 1;
            counts
        });
        assert_eq!(counts[2], 0);
        assert!((900..1100).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn normal_variates_have_unit_variance() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let values: Vec<f32> = (0..20_000).map(|_| normal(&mut rng)).collect();
        let variance = values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32;
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
    }
}
