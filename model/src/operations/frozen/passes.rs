//! Passes over all pixels of a picture whose channels lie side by side.

use pulp::{Simd, WithSimd};

use super::parallel::chunks;
use super::simd::{self, dispatch, load, store};

/// Pixels of one part of a sum; fixed, so that sums do not depend on the number of cores.
const PART: usize = 256;

/// The sum over pixels of a function of vectors at the same place of two pictures, `[channels]`.
fn sums(a: &[f32], b: &[f32], channels: usize, product: bool) -> Vec<f32> {
    let pixels = a.len() / channels.max(1);
    let parts = pixels.div_ceil(PART);
    let mut partial = vec![0.0; parts * channels];
    chunks([(&mut partial, channels)], |part, [sums]| {
        let range = part * PART * channels..((part + 1) * PART).min(pixels) * channels;
        dispatch(Sums {
            a: &a[range.clone()],
            b: if product { &b[range] } else { &[] },
            sums,
        });
    });
    total(&partial, channels)
}

/// The sum of sums of parts, `[parts, channels]` to `[channels]`.
pub(super) fn total(partial: &[f32], channels: usize) -> Vec<f32> {
    let mut total = vec![0.0; channels];
    for part in partial.chunks_exact(channels.max(1)) {
        total
            .iter_mut()
            .zip(part)
            .for_each(|(total, part)| *total += part);
    }
    total
}

struct Sums<'a> {
    a: &'a [f32],
    /// Empty: `a` alone is summed. Else `silu(a) * b`.
    b: &'a [f32],
    sums: &'a mut [f32],
}

impl WithSimd for Sums<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let channels = self.sums.len();
        for at in (0..channels).step_by(S::F32_LANES) {
            let mut sum = simd.splat_f32s(0.0);
            if self.b.is_empty() {
                for pixel in self.a.chunks_exact(channels) {
                    sum = simd.add_f32s(sum, load(simd, pixel, at));
                }
            } else {
                let pairs = self
                    .a
                    .chunks_exact(channels)
                    .zip(self.b.chunks_exact(channels));
                for (a, b) in pairs {
                    let a = simd::silu(simd, load(simd, a, at));
                    sum = simd.mul_add_e_f32s(a, load(simd, b, at), sum);
                }
            }
            store(simd, self.sums, at, sum);
        }
    }
}

/// The mean over all pixels, `[channels]`.
pub(super) fn mean(x: &[f32], channels: usize) -> Vec<f32> {
    let pixels = (x.len() / channels.max(1)).max(1) as f32;
    let mut mean = sums(x, &[], channels, false);
    mean.iter_mut().for_each(|mean| *mean /= pixels);
    mean
}

/// The sum over all pixels of `silu(x) * gradient`, `[channels]`.
pub(super) fn activated_products(x: &[f32], gradient: &[f32], channels: usize) -> Vec<f32> {
    sums(x, gradient, channels, true)
}

/// `gradient = (gradient * factor + summand) * silu'(x)`, factor and summand for each channel. An empty factor is 1, and an
/// empty gradient's place is taken by nothing but the summand.
pub(super) fn through_silu(gradient: &mut [f32], x: &[f32], factors: &[f32], summands: &[f32]) {
    let channels = summands.len();
    chunks([(gradient, PART * channels)], |part, [gradient]| {
        let start = part * PART * channels;
        let x = &x[start..][..gradient.len()];
        dispatch(ThroughSilu {
            gradient,
            x,
            factors,
            summands,
        });
    });
}

struct ThroughSilu<'a> {
    gradient: &'a mut [f32],
    x: &'a [f32],
    factors: &'a [f32],
    summands: &'a [f32],
}

impl WithSimd for ThroughSilu<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let channels = self.summands.len();
        let pixels = self
            .gradient
            .chunks_exact_mut(channels)
            .zip(self.x.chunks_exact(channels));
        for (gradient, x) in pixels {
            for at in (0..channels).step_by(S::F32_LANES) {
                let outer = simd.mul_add_e_f32s(
                    load(simd, gradient, at),
                    load(simd, self.factors, at),
                    load(simd, self.summands, at),
                );
                let slope = simd::silu_slope(simd, load(simd, x, at));
                store(simd, gradient, at, simd.mul_f32s(outer, slope));
            }
        }
    }
}
