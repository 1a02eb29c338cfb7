//! Depthwise convolution of pictures whose channels lie side by side, and its gradient: both gather, for each pixel of the
//! target, products of pixels of the source with taps of the filter.

use pulp::{Arch, Simd, WithSimd};

use super::parallel::chunks_of_two;
use super::simd::{self, load, store};

/// Neighbours that are computed at once where they see the same taps.
const TOGETHER: usize = 4;

/// Which sources and taps the places of one axis of the target see.
pub(super) struct Axis {
    /// Places of the source.
    pub source: usize,
    /// For each place of the target, pairs of source and tap.
    seen: Vec<Vec<(usize, usize)>>,
    /// Places that see all taps in order, the next source at the next tap; neighbours' are `stride` apart.
    whole: core::ops::Range<usize>,
    stride: usize,
}

impl Axis {
    /// Of a convolution of `source` places with `before` zeros before them, to `target` places.
    pub fn forward(
        source: usize,
        target: usize,
        kernel: usize,
        stride: usize,
        before: usize,
    ) -> Self {
        let seen: Vec<Vec<_>> = (0..target)
            .map(|place| {
                let taps = (0..kernel).filter_map(|tap| {
                    let at = (place * stride + tap).checked_sub(before)?;
                    (at < source).then_some((at, tap))
                });
                taps.collect()
            })
            .collect();
        let is_whole = |place: &usize| seen[*place].len() == kernel;
        let first = (0..target).find(is_whole).unwrap_or(target);
        let end = (first..target)
            .find(|place| !is_whole(place))
            .unwrap_or(target);
        Self {
            source,
            seen,
            whole: first..end,
            stride,
        }
    }

    /// Of that convolution's gradient, from the `source` places of its target to the `target` ones of its source. Taps keep
    /// their numbers.
    pub fn backward(
        source: usize,
        target: usize,
        kernel: usize,
        stride: usize,
        before: usize,
    ) -> Self {
        let seen = (0..target)
            .map(|place| {
                let taps = (0..kernel).rev().filter_map(|tap| {
                    let from = (place + before).checked_sub(tap)?;
                    let at = from / stride;
                    (from % stride == 0 && at < source).then_some((at, tap))
                });
                taps.collect()
            })
            .collect();
        Self {
            source,
            seen,
            whole: 0..0,
            stride,
        }
    }

    /// Places of the target.
    pub fn target(&self) -> usize {
        self.seen.len()
    }
}

/// The filters of all channels.
pub(super) struct Filters {
    /// Channels.
    pub channels: usize,
    /// Side of a filter.
    pub kernel: usize,
    /// `[kernel * kernel, channels]`.
    taps: Vec<f32>,
    bias: Vec<f32>,
}

/// What comes after.
#[derive(Clone, Copy)]
pub(super) enum After<'a> {
    /// SiLU; what it is applied to is kept in the second target, if that is not empty.
    Silu,
    /// The product with the slope of SiLU at these places; nothing where there are none.
    Slope(Option<&'a [f32]>),
}

impl Filters {
    /// From `[channels, 1, kernel, kernel]` and `[channels]`.
    pub fn new(weight: &[f32], bias: &[f32], kernel: usize) -> Self {
        let channels = bias.len();
        let area = kernel * kernel;
        let mut taps = vec![0.0; weight.len()];
        for (channel, filter) in weight.chunks_exact(area).enumerate() {
            for (tap, value) in filter.iter().enumerate() {
                taps[tap * channels + channel] = *value;
            }
        }
        Self {
            channels,
            kernel,
            taps,
            bias: bias.to_vec(),
        }
    }

    /// The same without bias, for [`Axis::backward`].
    pub fn without_bias(&self) -> Self {
        Self {
            channels: self.channels,
            kernel: self.kernel,
            taps: self.taps.clone(),
            bias: vec![0.0; self.channels],
        }
    }

    /// The same with every filter turned by half a turn, and no bias.
    pub fn turned(&self) -> Self {
        let mut taps = Vec::with_capacity(self.taps.len());
        for tap in self.taps.chunks_exact(self.channels).rev() {
            taps.extend_from_slice(tap);
        }
        Self {
            channels: self.channels,
            kernel: self.kernel,
            taps,
            bias: vec![0.0; self.channels],
        }
    }

    /// The target's pixels, row by row.
    pub fn gather(
        &self,
        source: &[f32],
        [rows, columns]: [&Axis; 2],
        target: &mut [f32],
        before: &mut [f32],
        after: After,
    ) {
        let length = columns.target() * self.channels;
        chunks_of_two(target, before, length, |row, target, before| {
            let after = match after {
                After::Slope(Some(at)) => After::Slope(Some(&at[row * length..][..length])),
                after => after,
            };
            Arch::new().dispatch(Row {
                filters: self,
                source,
                rows: &rows.seen[row],
                columns,
                target,
                before,
                after,
            });
        });
    }
}

struct Row<'a> {
    filters: &'a Filters,
    source: &'a [f32],
    rows: &'a [(usize, usize)],
    columns: &'a Axis,
    target: &'a mut [f32],
    before: &'a mut [f32],
    after: After<'a>,
}

impl WithSimd for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let channels = self.filters.channels;
        let mut channel = 0;
        while channel + 2 * S::F32_LANES <= channels {
            self.channels::<S, 2>(simd, channel, true);
            channel += 2 * S::F32_LANES;
        }
        while channel < channels {
            let whole = channel + S::F32_LANES <= channels;
            self.channels::<S, 1>(simd, channel, whole);
            channel += S::F32_LANES;
        }
    }
}

impl Row<'_> {
    /// Computes some channels of all pixels of the row; `whole` when there are as many as the vectors hold.
    #[inline(always)]
    fn channels<S: Simd, const V: usize>(&mut self, simd: S, channel: usize, whole: bool) {
        let columns = self.columns;
        let mut column = 0;
        while column < columns.target() {
            let together = column..column + TOGETHER;
            if whole && together.start >= columns.whole.start && together.end <= columns.whole.end {
                let sums = self.together::<S, V>(simd, channel, column);
                for sums in sums {
                    self.finish::<S, V>(simd, column, channel, sums);
                    column += 1;
                }
            } else {
                let sums = self.alone::<S, V>(simd, channel, column);
                self.finish::<S, V>(simd, column, channel, sums);
                column += 1;
            }
        }
    }

    /// Neighbours that see all columns of the filter.
    #[inline(always)]
    #[allow(
        unsafe_code,
        reason = "the bounds are checked once for each row of the filter"
    )]
    fn together<S: Simd, const V: usize>(
        &self,
        simd: S,
        channel: usize,
        column: usize,
    ) -> [[S::f32s; V]; TOGETHER] {
        let Filters {
            channels,
            kernel,
            taps,
            bias,
        } = self.filters;
        let (channels, kernel) = (*channels, *kernel);
        let (source_columns, stride) = (self.columns.source, self.columns.stride);
        let first = self.columns.seen[column][0].0;
        let start: [S::f32s; V] =
            core::array::from_fn(|v| load(simd, bias, channel + v * S::F32_LANES));
        let mut sums = [start; TOGETHER];
        // From the first number that is read to the end of the last one.
        let span = ((TOGETHER - 1) * stride + kernel - 1) * channels + V * S::F32_LANES;
        let tap_span = (kernel - 1) * channels + V * S::F32_LANES;
        for (row, tap) in self.rows {
            let source =
                &self.source[(row * source_columns + first) * channels + channel..][..span];
            let taps = &taps[tap * kernel * channels + channel..][..tap_span];
            for tap in 0..kernel {
                for v in 0..V {
                    let at = tap * channels + v * S::F32_LANES;
                    // SAFETY: `tap < kernel` and `v < V`, so the vector ends within `tap_span`.
                    let weight = unsafe { at_unchecked::<S>(taps, at) };
                    for (neighbour, sums) in sums.iter_mut().enumerate() {
                        let at = neighbour * stride * channels + at;
                        // SAFETY: `neighbour < TOGETHER` besides, so the vector ends within `span`.
                        let value = unsafe { at_unchecked::<S>(source, at) };
                        sums[v] = simd.mul_add_e_f32s(weight, value, sums[v]);
                    }
                }
            }
        }
        sums
    }

    /// A pixel by itself.
    #[inline(always)]
    fn alone<S: Simd, const V: usize>(
        &self,
        simd: S,
        channel: usize,
        column: usize,
    ) -> [S::f32s; V] {
        let Filters {
            channels,
            kernel,
            taps,
            bias,
        } = self.filters;
        let mut sums: [S::f32s; V] =
            core::array::from_fn(|v| load(simd, bias, channel + v * S::F32_LANES));
        for (row, tap_row) in self.rows {
            for (source, tap_column) in &self.columns.seen[column] {
                let pixel =
                    &self.source[(row * self.columns.source + source) * channels..][..*channels];
                let tap = &taps[(tap_row * kernel + tap_column) * channels..][..*channels];
                for (v, sum) in sums.iter_mut().enumerate() {
                    let at = channel + v * S::F32_LANES;
                    *sum = simd.mul_add_e_f32s(load(simd, tap, at), load(simd, pixel, at), *sum);
                }
            }
        }
        sums
    }

    #[inline(always)]
    fn finish<S: Simd, const V: usize>(
        &mut self,
        simd: S,
        column: usize,
        channel: usize,
        sums: [S::f32s; V],
    ) {
        let channels = self.filters.channels;
        let here = column * channels..(column + 1) * channels;
        for (v, sum) in sums.into_iter().enumerate() {
            let at = channel + v * S::F32_LANES;
            let value = match self.after {
                After::Silu => {
                    if !self.before.is_empty() {
                        store(simd, &mut self.before[here.clone()], at, sum);
                    }
                    simd::silu(simd, sum)
                }
                After::Slope(None) => sum,
                After::Slope(Some(places)) => {
                    let slope = simd::silu_slope(simd, load(simd, &places[here.clone()], at));
                    simd.mul_f32s(sum, slope)
                }
            };
            store(simd, &mut self.target[here.clone()], at, value);
        }
    }
}

/// The vector at a place.
///
/// # Safety
/// It ends within the slice.
#[inline(always)]
#[allow(unsafe_code, reason = "see its callers")]
unsafe fn at_unchecked<S: Simd>(values: &[f32], at: usize) -> S::f32s {
    // SAFETY: the caller's; vectors are plain numbers, and the read asks for no alignment.
    unsafe { values.as_ptr().add(at).cast::<S::f32s>().read_unaligned() }
}
