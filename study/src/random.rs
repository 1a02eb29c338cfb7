//! Seeded random numbers: the same on every machine, and for one purpose independent of all others.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::statistics::distribution::normal_quantile;

/// What random numbers are for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Surveys = 1,
    Bootstrap = 2,
    Simulation = 3,
}

/// The generator of a seed for one purpose and one of its steps (a set, a drawing): a stream of its own.
pub(crate) fn generator(seed: u64, purpose: Purpose, step: u32) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(((purpose as u64) << 32) | u64::from(step));
    random
}

/// A position below `length`; drawn from 32 bits, so that wasm32 and 64-bit machines draw the same.
pub(crate) fn position(random: &mut impl Rng, length: usize) -> usize {
    random.random_range(0..u32::try_from(length).unwrap_or(u32::MAX).max(1)) as usize
}

/// A standard normal number.
pub(crate) fn normal(random: &mut impl Rng) -> f64 {
    // Never 0 or 1, whose quantiles are infinite.
    normal_quantile((random.random::<f64>() + f64::EPSILON / 4.0).min(1.0 - f64::EPSILON))
}

/// Puts items into a random order (Fisher and Yates).
pub(crate) fn shuffle<T>(items: &mut [T], random: &mut impl Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, position(random, last + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_purposes_and_steps_have_streams_of_their_own() {
        let first = |seed, purpose, step| generator(seed, purpose, step).random::<u64>();
        let once = first(1, Purpose::Surveys, 0);
        assert_eq!(once, first(1, Purpose::Surveys, 0));
        assert_ne!(once, first(2, Purpose::Surveys, 0));
        assert_ne!(once, first(1, Purpose::Bootstrap, 0));
        assert_ne!(once, first(1, Purpose::Surveys, 1));
    }

    #[test]
    fn normal_numbers_have_their_mean_and_spread() {
        let mut random = generator(5, Purpose::Simulation, 0);
        let numbers: Vec<f64> = (0..20_000).map(|_| normal(&mut random)).collect();
        let mean = numbers.iter().sum::<f64>() / 2e4;
        let square = numbers.iter().map(|n| n * n).sum::<f64>() / 2e4;
        assert!(mean.abs() < 0.03 && (square - 1.0).abs() < 0.04);
    }
}
