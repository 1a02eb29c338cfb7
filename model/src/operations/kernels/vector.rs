//! Vector instructions: loops over [`LANES`] numbers at a time that the compiler vectorises.

/// Numbers that inner loops take at a time: two registers of AVX-512, four of AVX2, eight of SSE or wasm.
pub(super) const LANES: usize = 32;

/// Runs a loop compiled for the widest vector instructions that the processor has.
///
/// Only what is inlined into `work` is: functions called in it must be `#[inline(always)]`.
#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
pub(super) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// Runs a loop; wasm is compiled for its vector instructions throughout.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub(super) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// `e^x` to about 1e-7 of itself, 0 below -87 and at most 2^127; of NaN, NaN.
///
/// Cody and Waite's reduction by ln 2 in two parts, and Cephes' polynomial of degree 6 (S. L. Moshier's `expf`).
#[inline(always)]
fn exp(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    /// Adding 1.5 * 2^23 leaves the nearest whole number in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let r = x - whole * LN_2_HIGH - whole * LN_2_LOW;
    let mut p = 1.987_569_1e-4;
    for coefficient in [
        1.398_2e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        p = p * r + coefficient;
    }
    let mantissa = p * r * r + r + 1.0;
    // The exponent's bits; what is above them is shifted out.
    let power = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    mantissa * power
}

/// `1 / (1 + e^-x)`.
#[inline(always)]
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The derivative of `x * sigmoid(x)`.
#[inline(always)]
pub(super) fn silu_slope(x: f32) -> f32 {
    let s = sigmoid(x);
    s * (1.0 + x * (1.0 - s))
}

/// `sum(a[i] * b[i])` over the shorter of the two, in a fixed order.
#[inline(always)]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    let (mut a, mut b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    for (a, b) in a.by_ref().zip(b.by_ref()) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let tail = a.remainder().iter().zip(b.remainder());
    total(&sums) + tail.map(|(a, b)| a * b).sum::<f32>()
}

/// The sum of a function of each number.
#[inline(always)]
pub(super) fn sum(values: &[f32], function: impl Fn(f32) -> f32) -> f64 {
    let mut sums = [0.0f32; LANES];
    let mut blocks = values.chunks_exact(LANES);
    for block in blocks.by_ref() {
        for lane in 0..LANES {
            sums[lane] += function(block[lane]);
        }
    }
    let tail: f32 = blocks.remainder().iter().map(|x| function(*x)).sum();
    f64::from(total(&sums)) + f64::from(tail)
}

/// The sum of all lanes, by halves.
#[inline(always)]
pub(super) fn total(sums: &[f32; LANES]) -> f32 {
    let mut sums = *sums;
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            sums[lane] += sums[lane + half];
        }
        half /= 2;
    }
    sums[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_right_to_a_millionth() {
        for step in -8600..8700 {
            let x = step as f32 * 0.01 + 0.003;
            let (got, want) = (f64::from(exp(x)), f64::from(x).exp());
            assert!(((got - want) / want).abs() < 3e-7, "{x}: {got} {want}");
        }
        assert!(exp(f32::NAN).is_nan());
        assert!(exp(-1e30) < 1e-37 && exp(1e30).is_finite());
    }

    #[test]
    fn the_slope_of_silu_is_its_difference_quotient() {
        let silu = |x: f64| x / (1.0 + (-x).exp());
        for step in -40..40 {
            let x = step as f32 * 0.25;
            let wide = f64::from(x);
            let want = (silu(wide + 1e-5) - silu(wide - 1e-5)) / 2e-5;
            assert!((f64::from(silu_slope(x)) - want).abs() < 1e-6, "{x}");
        }
    }

    #[test]
    fn sums_of_all_lengths() {
        for length in [0, 1, 31, 32, 33, 100] {
            let a: Vec<f32> = (0..length).map(|i| i as f32).collect();
            let want: f32 = a.iter().map(|x| x * x).sum();
            assert_eq!(dot(&a, &a), want);
        }
    }
}
