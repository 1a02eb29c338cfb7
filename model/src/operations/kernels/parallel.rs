//! Work spread over the cores: in order on wasm, which has one.

#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;

/// A task of fewer numbers costs more to hand over than to do.
#[cfg(not(target_arch = "wasm32"))]
const LEAST: usize = 4096;

/// Calls `work(index, chunk)` for each chunk of `length` numbers; the last one may be shorter.
pub(super) fn for_each_chunk(
    values: &mut [f32],
    length: usize,
    work: impl Fn(usize, &mut [f32]) + Sync + Send,
) {
    for_each_chunk_with(values, length, || (), |(), index, chunk| work(index, chunk));
}

/// The same with a buffer that lives from chunk to chunk; results must not depend on what is in it.
pub(super) fn for_each_chunk_with<S>(
    values: &mut [f32],
    length: usize,
    buffer: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, usize, &mut [f32]) + Sync + Send,
) {
    let length = length.max(1);
    #[cfg(not(target_arch = "wasm32"))]
    values
        .par_chunks_mut(length)
        .with_min_len((LEAST / length).max(1))
        .enumerate()
        .for_each_init(buffer, |buffer, (index, chunk)| work(buffer, index, chunk));
    #[cfg(target_arch = "wasm32")]
    {
        let mut buffer = buffer();
        for (index, chunk) in values.chunks_mut(length).enumerate() {
            work(&mut buffer, index, chunk);
        }
    }
}

/// `work(index)` for each index below `count`, in order, with a buffer that lives from one to the next.
pub(super) fn map_with<S, R: Send>(
    count: usize,
    buffer: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, usize) -> R + Sync + Send,
) -> Vec<R> {
    #[cfg(not(target_arch = "wasm32"))]
    return (0..count).into_par_iter().map_init(buffer, work).collect();
    #[cfg(target_arch = "wasm32")]
    {
        let mut buffer = buffer();
        (0..count).map(|index| work(&mut buffer, index)).collect()
    }
}

/// `work(index, chunk)` for each chunk of `length` numbers, and what it returns, in order.
pub(super) fn map_chunks<R: Send>(
    values: &mut [f32],
    length: usize,
    work: impl Fn(usize, &mut [f32]) -> R + Sync + Send,
) -> Vec<R> {
    let length = length.max(1);
    #[cfg(not(target_arch = "wasm32"))]
    let results = values
        .par_chunks_mut(length)
        .with_min_len((LEAST / length).max(1))
        .enumerate()
        .map(|(index, chunk)| work(index, chunk))
        .collect();
    #[cfg(target_arch = "wasm32")]
    let results = values
        .chunks_mut(length)
        .enumerate()
        .map(|(index, chunk)| work(index, chunk))
        .collect();
    results
}
