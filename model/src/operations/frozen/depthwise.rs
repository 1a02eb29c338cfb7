//! Depthwise convolution of pictures whose channels lie side by side, and its gradient: both gather, for each pixel of the
//! target, products of pixels of the source with taps of the filter.

use pulp::{Simd, WithSimd};

use super::axis::{Axis, TOGETHER};
use super::parallel::chunks;
use super::simd::{self, dispatch, load, store};

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

impl<'a> After<'a> {
    /// The same for one row of the target, of so many numbers.
    pub fn row(self, row: usize, length: usize) -> After<'a> {
        match self {
            After::Slope(Some(places)) => After::Slope(Some(&places[row * length..][..length])),
            after => after,
        }
    }
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

    /// The target's pixels, row by row, and the sums of each row, `[rows, channels]`, where these are wanted.
    pub fn gather(
        &self,
        source: &[f32],
        [rows, columns]: [&Axis; 2],
        [target, before, sums]: [&mut [f32]; 3],
        after: After,
    ) {
        let length = columns.target() * self.channels;
        chunks(
            [(target, length), (before, length), (sums, self.channels)],
            |row, [target, before, sums]| {
                self.gather_row(Row {
                    source,
                    rows: rows.seen(row),
                    columns,
                    target,
                    before,
                    sums,
                    after: after.row(row, length),
                });
            },
        );
    }

    /// One row of the target.
    pub fn gather_row(&self, row: Row) {
        dispatch(Filtering { filters: self, row });
    }
}

/// A row of the target, and what it is made of.
pub(super) struct Row<'a> {
    /// Rows of the source.
    pub source: &'a [f32],
    /// Which of them are seen, each with the row of the filter that sees it.
    pub rows: &'a [(usize, usize)],
    /// The other axis.
    pub columns: &'a Axis,
    /// The row's pixels.
    pub target: &'a mut [f32],
    /// What SiLU is applied to; may be empty.
    pub before: &'a mut [f32],
    /// The sum of the row's pixels, `[channels]`; may be empty.
    pub sums: &'a mut [f32],
    /// What comes after.
    pub after: After<'a>,
}

struct Filtering<'a> {
    filters: &'a Filters,
    row: Row<'a>,
}

impl WithSimd for Filtering<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let columns = self.row.columns;
        self.row.sums.fill(0.0);
        for first in 0..columns.step() {
            let mut column = first;
            while column < columns.target() {
                let many = match columns.alike(column) {
                    TOGETHER.. => self.pixels::<S, TOGETHER>(simd, column),
                    2.. => self.pixels::<S, 2>(simd, column),
                    _ => self.pixels::<S, 1>(simd, column),
                };
                column += many * columns.step();
            }
        }
    }
}

impl Filtering<'_> {
    /// Computes all channels of so many neighbours that see the same taps, channel by channel: what they see stays in the
    /// nearest cache.
    #[inline(always)]
    fn pixels<S: Simd, const MANY: usize>(&mut self, simd: S, column: usize) -> usize {
        let channels = self.filters.channels;
        let mut channel = 0;
        while channel + 2 * S::F32_LANES <= channels {
            let sums = self.together::<S, 2, MANY>(simd, channel, column);
            self.finish(simd, column, channel, sums);
            channel += 2 * S::F32_LANES;
        }
        if channel + S::F32_LANES <= channels {
            let sums = self.together::<S, 1, MANY>(simd, channel, column);
            self.finish(simd, column, channel, sums);
            channel += S::F32_LANES;
        }
        if channel < channels {
            for neighbour in 0..MANY {
                let column = column + neighbour * self.row.columns.step();
                let sums = self.alone::<S>(simd, channel, column);
                self.finish(simd, column, channel, [[sums]]);
            }
        }
        MANY
    }

    /// So many neighbours that see the same taps.
    #[inline(always)]
    #[allow(
        unsafe_code,
        reason = "the bounds are checked once for each row of the filter"
    )]
    fn together<S: Simd, const V: usize, const MANY: usize>(
        &self,
        simd: S,
        channel: usize,
        column: usize,
    ) -> [[S::f32s; V]; MANY] {
        let Filters {
            channels,
            kernel,
            taps,
            bias,
        } = self.filters;
        let (channels, kernel) = (*channels, *kernel);
        let columns = self.row.columns;
        let advance = columns.advance() * channels;
        let start: [S::f32s; V] =
            core::array::from_fn(|v| load(simd, bias, channel + v * S::F32_LANES));
        let mut sums = [start; MANY];
        let seen = columns.seen(column);
        let (Some((first, _)), Some((last, _))) = (seen.first(), seen.last()) else {
            return sums;
        };
        // From the first number that is read to the end of the last one.
        let span = (MANY - 1) * advance + (last - first) * channels + V * S::F32_LANES;
        let tap_span = (kernel - 1) * channels + V * S::F32_LANES;
        for (row, tap) in self.row.rows {
            let source =
                &self.row.source[(row * columns.source() + first) * channels + channel..][..span];
            let taps = &taps[tap * kernel * channels + channel..][..tap_span];
            for (at, tap) in seen {
                assert!(at - first <= last - first && *tap < kernel);
                for v in 0..V {
                    let lane = v * S::F32_LANES;
                    // SAFETY: `tap < kernel` and `v < V`, so the vector ends within `tap_span`.
                    let weight = unsafe { at_unchecked::<S>(taps, tap * channels + lane) };
                    for (neighbour, sums) in sums.iter_mut().enumerate() {
                        let at = neighbour * advance + (at - first) * channels + lane;
                        // SAFETY: `neighbour < MANY` and `at <= last` besides, so the vector ends within `span`.
                        let value = unsafe { at_unchecked::<S>(source, at) };
                        sums[v] = simd.mul_add_e_f32s(weight, value, sums[v]);
                    }
                }
            }
        }
        sums
    }

    /// A pixel by itself, of which the vector may hold more channels than there are.
    #[inline(always)]
    fn alone<S: Simd>(&self, simd: S, channel: usize, column: usize) -> S::f32s {
        let Filters {
            channels,
            kernel,
            taps,
            bias,
        } = self.filters;
        let mut sum = load(simd, bias, channel);
        let columns = self.row.columns;
        for (row, tap_row) in self.row.rows {
            for (source, tap_column) in columns.seen(column) {
                let pixel =
                    &self.row.source[(row * columns.source() + source) * channels..][..*channels];
                let tap = &taps[(tap_row * kernel + tap_column) * channels..][..*channels];
                sum =
                    simd.mul_add_e_f32s(load(simd, tap, channel), load(simd, pixel, channel), sum);
            }
        }
        sum
    }

    /// What comes after the sums of neighbours from a column and a channel on.
    #[inline(always)]
    fn finish<S: Simd, const V: usize, const MANY: usize>(
        &mut self,
        simd: S,
        column: usize,
        channel: usize,
        sums: [[S::f32s; V]; MANY],
    ) {
        let channels = self.filters.channels;
        let row = &mut self.row;
        let mut total = [simd.splat_f32s(0.0); V];
        for (neighbour, sums) in sums.into_iter().enumerate() {
            let column = column + neighbour * row.columns.step();
            let here = column * channels..(column + 1) * channels;
            for (v, sum) in sums.into_iter().enumerate() {
                let at = channel + v * S::F32_LANES;
                let value = match row.after {
                    After::Silu => {
                        if !row.before.is_empty() {
                            store(simd, &mut row.before[here.clone()], at, sum);
                        }
                        simd::silu(simd, sum)
                    }
                    After::Slope(None) => sum,
                    After::Slope(Some(places)) => {
                        let slope = simd::silu_slope(simd, load(simd, &places[here.clone()], at));
                        simd.mul_f32s(sum, slope)
                    }
                };
                store(simd, &mut row.target[here.clone()], at, value);
                total[v] = simd.add_f32s(total[v], value);
            }
        }
        if !row.sums.is_empty() {
            for (v, total) in total.into_iter().enumerate() {
                let at = channel + v * S::F32_LANES;
                let total = simd.add_f32s(total, load(simd, row.sums, at));
                store(simd, row.sums, at, total);
            }
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
