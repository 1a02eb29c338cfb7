//! Gaussian noise from a seed: the same numbers on every device, natively and in a browser.

use core::f64::consts::TAU;

const GOLDEN_RATIO: u64 = 0x9E37_79B9_7F4A_7C15;

/// `count` values of a normal distribution with mean 0 and standard deviation 1.
///
/// They depend on `seed`, `stream` and the position only: splitmix64 (Steele et al. 2014) for uniform numbers, the
/// transform of Box and Muller (1958) for normal ones. Burn's own generators differ from device to device.
pub(super) fn gaussian(seed: u64, stream: u64, count: usize) -> Vec<f32> {
    // Mixed before they are combined: neighbouring seeds and streams must not share numbers.
    let mut state = mix(mix(seed.wrapping_add(GOLDEN_RATIO)) ^ stream);
    let mut uniform = || {
        state = state.wrapping_add(GOLDEN_RATIO);
        // 53 bits, in (0, 1]: the logarithm below must stay finite.
        ((mix(state) >> 11) + 1) as f64 / (1_u64 << 53) as f64
    };
    let pairs = core::iter::repeat_with(|| {
        let radius = (-2.0 * uniform().ln()).sqrt();
        let (sine, cosine) = (TAU * uniform()).sin_cos();
        [(radius * cosine) as f32, (radius * sine) as f32]
    });
    pairs.flatten().take(count).collect()
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_normal_distribution() {
        let count = 100_000;
        let values = gaussian(7, 0, count);
        let moment = |power: i32| {
            let sum: f64 = values.iter().map(|v| f64::from(*v).powi(power)).sum();
            sum / count as f64
        };
        // Four standard errors of each moment.
        assert!(moment(1).abs() < 0.013, "{}", moment(1));
        assert!((moment(2) - 1.0).abs() < 0.018, "{}", moment(2));
        assert!(moment(3).abs() < 0.05, "{}", moment(3));
        assert!((moment(4) - 3.0).abs() < 0.13, "{}", moment(4));
    }

    #[test]
    fn seeds_and_streams_are_reproducible_and_unrelated() {
        let count = 20_000;
        let first = gaussian(1, 0, count);
        assert_eq!(first, gaussian(1, 0, count));
        assert_eq!(first[..7], gaussian(1, 0, 7));
        for other in [
            gaussian(1, 1, count),
            gaussian(2, 0, count),
            gaussian(0, 1, count),
        ] {
            let products = first.iter().zip(&other).map(|(a, b)| f64::from(a * b));
            let correlation = products.sum::<f64>() / count as f64;
            assert!(correlation.abs() < 0.03, "{correlation}");
        }
    }
}
