//! One channel's plane laid out so that a convolution is a sum of shifted copies of one long row.
//!
//! With zeros around it and a common row length, the pixel below is always the same distance away, so all of an output
//! plane is computed as one row: out[i] = sum of weight[tap] * source[i + offset[tap]]. The few values at the ends of
//! rows that belong to no pixel are computed too and left out. With stride 2 the source is dealt into four planes, of
//! even and odd rows and columns, within each of which neighbours are neighbours again.

use super::vector::LANES;

/// A weight, and how far behind the output's place in the row its source lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tap {
    /// Distance in the source.
    pub offset: usize,
    /// Factor.
    pub weight: f32,
}

/// How one axis of a plane is dealt out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    /// Pixels of the plane.
    pub size: usize,
    /// Zeros before them.
    pub before: usize,
}

/// Where planes of one size lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Distance between neighbours of one plane in the picture, 1 or 2.
    stride: usize,
    /// Length of a row: the output's and what kernels reach beyond it.
    pub pitch: usize,
    /// Distance from a plane to that of the next picture.
    pub period: usize,
    /// Numbers of one output that are computed, before rounding up.
    computed: usize,
    /// Distance from one dealt plane to the next.
    plane: usize,
}

impl Layout {
    /// For an output of `height` x `width` whose kernel reaches `reach` rows and columns further in a dealt plane.
    pub fn new(height: usize, width: usize, reach: usize, stride: usize) -> Self {
        let pitch = width + reach;
        let computed = height * pitch;
        Self {
            stride,
            pitch,
            period: (height + reach) * pitch,
            computed,
            plane: computed.next_multiple_of(LANES) + reach * pitch + reach,
        }
    }

    /// The same for several pictures, one behind the other.
    pub fn stacked(self, pictures: usize) -> Self {
        let more = pictures.saturating_sub(1) * self.period;
        let reach = self.plane - self.computed.next_multiple_of(LANES);
        let computed = self.computed + more;
        Self {
            computed,
            plane: computed.next_multiple_of(LANES) + reach,
            ..self
        }
    }

    /// Numbers that are computed for an output.
    pub fn length(&self) -> usize {
        self.computed.next_multiple_of(LANES)
    }

    /// Numbers of all dealt planes.
    pub fn source_length(&self) -> usize {
        self.stride * self.stride * self.plane
    }

    /// Where the source of the kernel's element `(row, column)` begins.
    pub fn offset(&self, row: usize, column: usize) -> usize {
        let stride = self.stride;
        let plane = (row % stride) * stride + column % stride;
        plane * self.plane + (row / stride) * self.pitch + column / stride
    }

    /// Deals a picture's plane into `source`, which holds zeros wherever no plane of this size was dealt to.
    #[inline(always)]
    pub fn deal(
        &self,
        picture: usize,
        plane: &[f32],
        rows: Axis,
        columns: Axis,
        source: &mut [f32],
    ) {
        let stride = self.stride;
        // Rows and columns that no kernel sees are left out.
        let fitting = |length: usize, axis: Axis| (stride * length).saturating_sub(axis.before);
        let width = columns.size.min(fitting(self.pitch, columns));
        let height = rows.size.min(fitting(self.period / self.pitch, rows));
        for (y, row) in plane.chunks_exact(columns.size).take(height).enumerate() {
            let y = y + rows.before;
            let row = &row[..width];
            let start = (y % stride) * stride * self.plane
                + picture * self.period
                + (y / stride) * self.pitch;
            if stride == 1 {
                source[start + columns.before..][..width].copy_from_slice(row);
                continue;
            }
            for parity in 0..2 {
                // The first column of this parity, counted from the zeros.
                let first = (parity + columns.before) % 2;
                let start = start + parity * self.plane + (first + columns.before) / 2;
                let values = row.iter().skip(first).step_by(2);
                for (target, value) in source[start..].iter_mut().zip(values) {
                    *target = *value;
                }
            }
        }
    }
}

/// `output[i] = start + sum(weight * source[i + offset])`; as many numbers as `output` has, a multiple of [`LANES`].
#[inline(always)]
pub(super) fn correlate(output: &mut [f32], source: &[f32], taps: &[Tap], start: f32) {
    for (index, block) in output.chunks_exact_mut(LANES).enumerate() {
        let mut sums = [start; LANES];
        for tap in taps {
            let from = index * LANES + tap.offset;
            let Some(values) = source.get(from..from + LANES) else {
                continue;
            };
            for lane in 0..LANES {
                sums[lane] += tap.weight * values[lane];
            }
        }
        block.copy_from_slice(&sums);
    }
}
