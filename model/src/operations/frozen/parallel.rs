//! Work on two slices at once, cut at the same places.

#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;

/// Calls `work(index, chunk of a, chunk of b)` for chunks of so many numbers. `b` is as long as `a`, or empty.
pub(super) fn chunks_of_two(
    a: &mut [f32],
    b: &mut [f32],
    length: usize,
    work: impl Fn(usize, &mut [f32], &mut [f32]) + Sync + Send,
) {
    let length = length.max(1);
    if b.is_empty() {
        #[cfg(not(target_arch = "wasm32"))]
        a.par_chunks_mut(length)
            .enumerate()
            .for_each(|(index, a)| work(index, a, &mut []));
        #[cfg(target_arch = "wasm32")]
        for (index, a) in a.chunks_mut(length).enumerate() {
            work(index, a, &mut []);
        }
        return;
    }
    #[cfg(not(target_arch = "wasm32"))]
    a.par_chunks_mut(length)
        .zip(b.par_chunks_mut(length))
        .enumerate()
        .for_each(|(index, (a, b))| work(index, a, b));
    #[cfg(target_arch = "wasm32")]
    for (index, (a, b)) in a.chunks_mut(length).zip(b.chunks_mut(length)).enumerate() {
        work(index, a, b);
    }
}
