//! Depthwise convolution: one small square filter per channel, stride 1 or 2, any padding smaller than the filter.

use super::parallel::{for_each_chunk_with, map_with};
use super::plane::{Axis, Layout, Tap, correlate};
use super::vector::{dot, vectorised};
use crate::operations::Geometry;

/// Largest side of a filter.
pub(crate) const LARGEST_KERNEL: usize = 7;

/// Shapes of a depthwise convolution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    n: usize,
    channels: usize,
    kernel: usize,
    stride: usize,
    rows: Axis,
    columns: Axis,
    height: usize,
    width: usize,
}

impl Size {
    /// Of `[n, c, h, w]`, `[c, 1, k, k]` and the strides and zeros of `geometry`.
    pub fn new(x: [usize; 4], weight: [usize; 4], geometry: Geometry) -> Self {
        let [n, channels, height, width] = x;
        let [_, _, kernel, _] = weight;
        let [vertical, horizontal] = geometry.padding;
        let places = |size: usize, (before, after): (usize, usize)| match (size + before + after)
            .checked_sub(kernel)
        {
            Some(last) => last / geometry.stride + 1,
            None => 0,
        };
        Self {
            n,
            channels,
            kernel,
            stride: geometry.stride,
            rows: Axis {
                size: height,
                before: vertical.0,
            },
            columns: Axis {
                size: width,
                before: horizontal.0,
            },
            height: places(height, vertical),
            width: places(width, horizontal),
        }
    }

    /// `[n, c, h', w']`
    pub fn output_shape(&self) -> [usize; 4] {
        [self.n, self.channels, self.height, self.width]
    }

    fn pixels(&self) -> usize {
        self.rows.size * self.columns.size
    }

    fn output_pixels(&self) -> usize {
        self.height * self.width
    }

    /// How far a kernel reaches within a dealt plane.
    fn reach(&self) -> usize {
        (self.kernel - 1) / self.stride
    }

    fn layout(&self) -> Layout {
        Layout::new(self.height, self.width, self.reach(), self.stride)
    }

    /// Row and column of each element of the kernel.
    fn elements(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let kernel = self.kernel;
        (0..kernel * kernel).map(move |index| (index / kernel, index % kernel))
    }

    fn filter<'a>(&self, weight: &'a [f32], channel: usize) -> &'a [f32] {
        let length = self.kernel * self.kernel;
        &weight[channel * length..(channel + 1) * length]
    }
}

/// Buffers that a thread keeps from plane to plane.
#[derive(Default)]
struct Scratch {
    source: Vec<f32>,
    row: Vec<f32>,
    taps: Vec<Tap>,
}

impl Scratch {
    /// The first time, everything is zero.
    fn fit(&mut self, source: usize, row: usize) {
        self.source.resize(source, 0.0);
        self.row.resize(row, 0.0);
        self.taps.clear();
    }
}

/// `[n, c, h', w']` of `x` `[n, c, h, w]`, `weight` `[c, 1, k, k]` and `bias` `[c]`.
pub(crate) fn forward(x: &[f32], weight: &[f32], bias: Option<&[f32]>, size: Size) -> Vec<f32> {
    let layout = size.layout();
    let mut output = vec![0.0; size.n * size.channels * size.output_pixels()];
    for_each_chunk_with(
        &mut output,
        size.output_pixels(),
        Scratch::default,
        |scratch, index, output| {
            let channel = index % size.channels;
            scratch.fit(layout.source_length(), layout.length());
            let filter = size.filter(weight, channel);
            let taps = size
                .elements()
                .zip(filter)
                .map(|((row, column), weight)| Tap {
                    offset: layout.offset(row, column),
                    weight: *weight,
                });
            scratch.taps.extend(taps);
            let x = &x[index * size.pixels()..(index + 1) * size.pixels()];
            let start = bias.map_or(0.0, |bias| bias[channel]);
            vectorised(|| {
                layout.deal(0, x, size.rows, size.columns, &mut scratch.source);
                correlate(&mut scratch.row, &scratch.source, &scratch.taps, start);
                let rows = scratch.row.chunks_exact(layout.pitch);
                for (output, row) in output.chunks_exact_mut(size.width).zip(rows) {
                    output.copy_from_slice(&row[..size.width]);
                }
            });
        },
    );
    output
}

/// The gradient with respect to `x`, `[n, c, h, w]`.
///
/// What each input pixel has given to the output comes back: a correlation with the mirrored kernel, for stride 2 one for
/// each parity of row and column with the elements of that parity.
pub(crate) fn input_gradient(weight: &[f32], gradient: &[f32], size: Size) -> Vec<f32> {
    let (stride, reach) = (size.stride, size.reach());
    // Of a dealt plane of the input, counted from its zeros.
    let rows = (size.rows.size + size.rows.before).div_ceil(stride);
    let columns = (size.columns.size + size.columns.before).div_ceil(stride);
    let layout = Layout::new(rows, columns, reach, 1);
    let [across, down] = [size.width, size.height].map(|size| Axis {
        size,
        before: reach,
    });
    let mut output = vec![0.0; size.n * size.channels * size.pixels()];
    for_each_chunk_with(
        &mut output,
        size.pixels(),
        Scratch::default,
        |scratch, index, output| {
            scratch.fit(layout.source_length(), layout.length());
            let filter = size.filter(weight, index % size.channels);
            let start = index * size.output_pixels();
            let gradient = &gradient[start..start + size.output_pixels()];
            vectorised(|| layout.deal(0, gradient, down, across, &mut scratch.source));
            for parity in 0..stride * stride {
                let (odd_row, odd_column) = (parity / stride, parity % stride);
                scratch.taps.clear();
                let of_parity = size.elements().zip(filter).filter(|((row, column), _)| {
                    row % stride == odd_row && column % stride == odd_column
                });
                scratch
                    .taps
                    .extend(of_parity.map(|((row, column), weight)| Tap {
                        offset: layout.offset(reach - row / stride, reach - column / stride),
                        weight: *weight,
                    }));
                vectorised(|| {
                    correlate(&mut scratch.row, &scratch.source, &scratch.taps, 0.0);
                    collect(
                        &scratch.row,
                        layout.pitch,
                        [odd_row, odd_column],
                        size,
                        output,
                    );
                });
            }
        },
    );
    output
}

/// Puts a dealt plane's pixels back to their places.
#[inline(always)]
fn collect(dealt: &[f32], pitch: usize, parity: [usize; 2], size: Size, output: &mut [f32]) {
    let stride = size.stride;
    // The first row and column of this parity inside the picture, and where they lie in the dealt plane.
    let first = |axis: Axis, parity: usize| {
        let begin = (parity + stride - axis.before % stride) % stride;
        (begin, (begin + axis.before) / stride)
    };
    let (first_row, dealt_row) = first(size.rows, parity[0]);
    let (first_column, dealt_column) = first(size.columns, parity[1]);
    let rows = output.chunks_exact_mut(size.columns.size);
    for (row, dealt) in rows
        .skip(first_row)
        .step_by(stride)
        .zip(dealt.chunks_exact(pitch).skip(dealt_row))
    {
        let dealt = &dealt[dealt_column..];
        if stride == 1 {
            row.copy_from_slice(&dealt[..size.columns.size]);
        } else {
            let targets = row.iter_mut().skip(first_column).step_by(stride);
            for (target, value) in targets.zip(dealt) {
                *target = *value;
            }
        }
    }
}

/// The gradient with respect to `weight`, `[c, 1, k, k]`.
///
/// The planes of all pictures are laid one behind the other, so that each element of a filter is one long product.
pub(crate) fn weight_gradient(x: &[f32], gradient: &[f32], size: Size) -> Vec<f32> {
    let layout = size.layout().stacked(size.n);
    let pixels = size.output_pixels();
    let channels = map_with(size.channels, Scratch::default, |scratch, channel| {
        scratch.fit(layout.source_length(), layout.length());
        // Zeros around planes and between rows stay what they are from channel to channel.
        for picture in 0..size.n {
            let plane = picture * size.channels + channel;
            let x = &x[plane * size.pixels()..(plane + 1) * size.pixels()];
            let gradient = &gradient[plane * pixels..(plane + 1) * pixels];
            vectorised(|| {
                layout.deal(picture, x, size.rows, size.columns, &mut scratch.source);
                let rows = scratch.row[picture * layout.period..].chunks_exact_mut(layout.pitch);
                for (row, gradient) in rows.zip(gradient.chunks_exact(size.width)) {
                    row[..size.width].copy_from_slice(gradient);
                }
            });
        }
        let product = |(row, column)| {
            let source = &scratch.source[layout.offset(row, column)..];
            vectorised(|| dot(&scratch.row, &source[..scratch.row.len()]))
        };
        size.elements().map(product).collect::<Vec<_>>()
    });
    channels.concat()
}
