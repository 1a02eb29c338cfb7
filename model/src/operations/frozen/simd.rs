//! Functions of vectors, and loops over slices of them.

use pulp::{Simd, WithSimd};

/// Runs loops with the widest vectors of this processor.
#[cfg(not(all(target_arch = "wasm32", feature = "relaxed-simd")))]
#[inline(always)]
pub(super) fn dispatch<W: WithSimd>(work: W) -> W::Output {
    pulp::Arch::new().dispatch(work)
}

/// Runs loops with wasm's vectors, multiplying and adding in one instruction.
#[cfg(all(target_arch = "wasm32", feature = "relaxed-simd"))]
#[inline(always)]
#[allow(unsafe_code, reason = "the browser has said that it has them")]
pub(super) fn dispatch<W: WithSimd>(work: W) -> W::Output {
    // SAFETY: browsers without these instructions refuse the whole program, so where this runs they are.
    let simd = unsafe { pulp::wasm::RelaxedSimd::new_unchecked() };
    Simd::vectorize(simd, work)
}

/// Numbers in a vector of this processor.
pub(super) fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    dispatch(Lanes)
}

/// `e^x` as in [`vector`](super::super::kernels).
#[inline(always)]
fn exp<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    const ROUND: f32 = 12_582_912.0;
    let all = |value: f32| simd.splat_f32s(value);
    let x = simd.min_f32s(simd.max_f32s(x, all(-87.0)), all(88.0));
    let shifted = simd.mul_add_e_f32s(x, all(std::f32::consts::LOG2_E), all(ROUND));
    let whole = simd.sub_f32s(shifted, all(ROUND));
    let r = simd.mul_add_e_f32s(whole, all(-0.693_359_4), x);
    let r = simd.mul_add_e_f32s(whole, all(2.121_944_4e-4), r);
    let mut p = all(1.987_569_1e-4);
    for coefficient in [
        1.398_2e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        p = simd.mul_add_e_f32s(p, r, all(coefficient));
    }
    let mantissa = simd.mul_add_e_f32s(simd.mul_f32s(p, r), r, simd.add_f32s(r, all(1.0)));
    let bits = simd.add_u32s(simd.transmute_u32s_f32s(shifted), simd.splat_u32s(127));
    let power = simd.wrapping_dyn_shl_u32s(bits, simd.splat_u32s(23));
    simd.mul_f32s(mantissa, simd.transmute_f32s_u32s(power))
}

/// `1 / (1 + e^-x)`.
#[inline(always)]
pub(super) fn sigmoid<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let one = simd.splat_f32s(1.0);
    simd.div_f32s(one, simd.add_f32s(one, exp(simd, simd.neg_f32s(x))))
}

/// `x * sigmoid(x)`.
#[inline(always)]
pub(super) fn silu<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let one = simd.splat_f32s(1.0);
    simd.div_f32s(x, simd.add_f32s(one, exp(simd, simd.neg_f32s(x))))
}

/// The derivative of [`silu`].
#[inline(always)]
pub(super) fn silu_slope<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let one = simd.splat_f32s(1.0);
    let s = sigmoid(simd, x);
    let rest = simd.sub_f32s(one, s);
    simd.mul_f32s(s, simd.mul_add_e_f32s(x, rest, one))
}

/// The vector at a place of a slice, with zeros beyond its end.
#[inline(always)]
pub(super) fn load<S: Simd>(simd: S, values: &[f32], at: usize) -> S::f32s {
    match values.get(at..at + S::F32_LANES) {
        Some(whole) => S::as_simd_f32s(whole).0[0],
        None => simd.partial_load_f32s(values.get(at..).unwrap_or_default()),
    }
}

/// Stores a vector at a place of a slice; what would lie beyond its end is left out.
#[inline(always)]
pub(super) fn store<S: Simd>(simd: S, values: &mut [f32], at: usize, vector: S::f32s) {
    match values.get_mut(at..at + S::F32_LANES) {
        Some(whole) => S::as_mut_simd_f32s(whole).0[0] = vector,
        None => simd.partial_store_f32s(values.get_mut(at..).unwrap_or_default(), vector),
    }
}
