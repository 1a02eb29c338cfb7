//! Random numbers that depend on what they are for, not on the order in which they are asked.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Mixes a few numbers (run seed, fold, epoch, picture) into one 64-bit seed.
///
/// A picture's augmentation is then the same whatever thread makes it and wherever training was
/// resumed. The mixing step is the finaliser of SplitMix64 (Steele et al. 2014).
pub fn derive(parts: &[u64]) -> u64 {
    parts.iter().fold(0x243F_6A88_85A3_08D3, |state, part| {
        let mut z = (state ^ part).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

/// A generator seeded with [`derive`]'s mixture of `parts`.
pub fn generator(parts: &[u64]) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(derive(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_every_part_matter() {
        assert_ne!(derive(&[1, 2]), derive(&[2, 1]));
        assert_ne!(derive(&[0]), derive(&[0, 0]));
        assert_eq!(derive(&[7, 3, 1]), derive(&[7, 3, 1]));
    }
}
