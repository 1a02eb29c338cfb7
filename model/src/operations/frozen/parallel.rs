//! Work on parts of pictures, on all cores where there are threads.

#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;

/// How many parts are worth it: as many as there are threads.
pub(super) fn threads() -> usize {
    #[cfg(not(target_arch = "wasm32"))]
    return rayon::current_num_threads();
    #[cfg(target_arch = "wasm32")]
    return 1;
}

/// Calls `work(index, part)` for each part.
pub(super) fn each<T: Send>(parts: impl Iterator<Item = T>, work: impl Fn(usize, T) + Sync + Send) {
    #[cfg(not(target_arch = "wasm32"))]
    {
        let parts: Vec<T> = parts.collect();
        parts
            .into_par_iter()
            .enumerate()
            .for_each(|(index, part)| work(index, part));
    }
    #[cfg(target_arch = "wasm32")]
    parts
        .enumerate()
        .for_each(|(index, part)| work(index, part));
}

/// Calls `work(index, chunks)` for the chunks of slices that are cut side by side, each by its own length. Those of an empty
/// slice are empty.
pub(super) fn chunks<const N: usize>(
    slices: [(&mut [f32], usize); N],
    work: impl Fn(usize, [&mut [f32]; N]) + Sync + Send,
) {
    let counts = slices.each_ref();
    let counts = counts.map(|(slice, length)| slice.len().div_ceil((*length).max(1)));
    let count = counts.into_iter().max().unwrap_or(0);
    let mut cut = slices.map(|(slice, length)| slice.chunks_mut(length.max(1)));
    let parts = (0..count).map(|_| {
        cut.each_mut()
            .map(|chunks| chunks.next().unwrap_or_default())
    });
    each(parts, work);
}
