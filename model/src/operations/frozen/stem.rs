//! The first convolution: three colour planes become channels that lie side by side.

use super::bands::rows_of;
use super::network::{Parameters, Size, shrunk, sized};
use super::parallel::chunks;
use super::product::{After, Matrix};
use crate::efficientnet::Padding;

/// Colours.
const COLOURS: usize = 3;
/// Its stride.
const STRIDE: usize = 2;

/// The convolution as a matrix of what each window holds.
pub(super) struct Stem {
    pub matrix: Matrix,
    pub kernel: usize,
}

impl Stem {
    pub fn new(parameters: &Parameters) -> Self {
        let output = parameters.bias.len();
        let input = parameters.weight.len() / output.max(1);
        Self {
            matrix: Matrix::new(
                [output, input],
                |o, i| parameters.weight[o * input + i],
                Some(&parameters.bias),
            ),
            kernel: parameters.kernel,
        }
    }

    /// Channels that leave.
    pub fn channels(&self) -> usize {
        self.matrix.output
    }

    /// `[3, height, width]` to `[pixels, channels]`, and the new size. What SiLU is applied to is put into `kept`.
    pub fn forward(
        &self,
        image: &[f32],
        size: Size,
        padding: Padding,
        output: &mut Vec<f32>,
        kept: Option<&mut Vec<f32>>,
    ) -> Size {
        let to = size.map(|side| shrunk(padding, side, self.kernel, STRIDE));
        let output = sized(output, to[0] * to[1] * self.matrix.output);
        let mut nothing = Vec::new();
        let before = match kept {
            Some(kept) => sized(kept, output.len()),
            None => &mut nothing,
        };
        // Their windows are gathered first, and stay in the cache.
        let rows = rows_of(to[1]);
        let length = rows * to[1] * self.matrix.output;
        chunks(
            [(output, length), (before, length)],
            |index, [output, before]| {
                let pixels = output.len() / self.matrix.output;
                let mut windows = vec![0.0; pixels * self.matrix.input];
                let line = to[1] * self.matrix.input;
                let rows = (index * rows..).zip(windows.chunks_exact_mut(line.max(1)));
                for (row, windows) in rows {
                    for colour in 0..COLOURS {
                        self.pairs(size, row, colour, padding, |line, first, from, window| {
                            let line = &image[line..][..size[1]];
                            let windows = windows.chunks_exact_mut(self.matrix.input).skip(first);
                            let pixels = line.iter().skip(from).step_by(STRIDE);
                            windows
                                .zip(pixels)
                                .for_each(|(windows, pixel)| windows[window] = *pixel);
                        });
                    }
                }
                let matrix = self.matrix.plain();
                matrix.multiply_here(&windows, output, before, After::Silu);
            },
        );
        to
    }

    /// The gradient of windows, `[pixels, 3 * kernel * kernel]`, as that of the image.
    pub fn scatter(&self, gradient: &[f32], size: Size, padding: Padding) -> Vec<f32> {
        let to = size.map(|side| shrunk(padding, side, self.kernel, STRIDE));
        let plane = size[0] * size[1];
        let mut image = vec![0.0; COLOURS * plane];
        let line = to[1] * self.matrix.input;
        chunks([(&mut image, plane)], |colour, [image]| {
            for (row, windows) in gradient.chunks_exact(line.max(1)).enumerate() {
                self.pairs(size, row, colour, padding, |line, first, from, window| {
                    let line = &mut image[line - colour * plane..][..size[1]];
                    let windows = windows.chunks_exact(self.matrix.input).skip(first);
                    let pixels = line.iter_mut().skip(from).step_by(STRIDE);
                    pixels
                        .zip(windows)
                        .for_each(|(pixel, windows)| *pixel += windows[window]);
                });
            }
        });
        image
    }

    /// For a row of windows and a colour: calls `pair` for each place in a window, with where the image's line begins that
    /// is seen there, the first window that sees it, the first pixel of the line that it sees, and the place. The next
    /// window sees the pixel at a stride from it.
    fn pairs(
        &self,
        size: Size,
        row: usize,
        colour: usize,
        padding: Padding,
        mut pair: impl FnMut(usize, usize, usize, usize),
    ) {
        let kernel = self.kernel;
        let [before_rows, before_columns] =
            size.map(|side| padding.amounts(side, kernel, STRIDE).0);
        for y in 0..kernel {
            let from_row = (row * STRIDE + y).checked_sub(before_rows);
            let Some(from_row) = from_row.filter(|row| *row < size[0]) else {
                continue;
            };
            for x in 0..kernel {
                let first = before_columns.saturating_sub(x).div_ceil(STRIDE);
                let from = first * STRIDE + x - before_columns;
                let line = (colour * size[0] + from_row) * size[1];
                pair(line, first, from, (colour * kernel + y) * kernel + x);
            }
        }
    }
}
