//! The first convolution: three colour planes become channels that lie side by side.

use super::network::{Parameters, Size, shrunk, sized};
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
        columns: &mut Vec<f32>,
    ) -> Size {
        let to = size.map(|side| shrunk(padding, side, self.kernel, STRIDE));
        let pixels = to[0] * to[1];
        let columns = sized(columns, pixels * self.matrix.input);
        columns.fill(0.0);
        self.windows(size, to, padding, |window, pixel| {
            columns[window] = image[pixel]
        });
        let output = sized(output, pixels * self.matrix.output);
        let mut nothing = Vec::new();
        let before = match kept {
            Some(kept) => sized(kept, output.len()),
            None => &mut nothing,
        };
        self.matrix
            .plain()
            .multiply(columns, output, before, After::Silu);
        to
    }

    /// The gradient of windows, `[pixels, 3 * kernel * kernel]`, as that of the image.
    pub fn scatter(&self, gradient: &[f32], size: Size, padding: Padding) -> Vec<f32> {
        let to = size.map(|side| shrunk(padding, side, self.kernel, STRIDE));
        let mut image = vec![0.0; COLOURS * size[0] * size[1]];
        self.windows(size, to, padding, |window, pixel| {
            image[pixel] += gradient[window]
        });
        image
    }

    /// Calls `pair` with each place in the windows that lies in the image, and its place there.
    fn windows(&self, size: Size, to: Size, padding: Padding, mut pair: impl FnMut(usize, usize)) {
        let kernel = self.kernel;
        let [before_rows, before_columns] =
            size.map(|side| padding.amounts(side, kernel, STRIDE).0);
        let row_length = COLOURS * kernel * kernel;
        for row in 0..to[0] {
            for column in 0..to[1] {
                let window = (row * to[1] + column) * row_length;
                for colour in 0..COLOURS {
                    for y in 0..kernel {
                        let Some(from_row) = (row * STRIDE + y).checked_sub(before_rows) else {
                            continue;
                        };
                        if from_row >= size[0] {
                            continue;
                        }
                        for x in 0..kernel {
                            let Some(from) = (column * STRIDE + x).checked_sub(before_columns)
                            else {
                                continue;
                            };
                            if from >= size[1] {
                                continue;
                            }
                            let pixel = (colour * size[0] + from_row) * size[1] + from;
                            pair(window + (colour * kernel + y) * kernel + x, pixel);
                        }
                    }
                }
            }
        }
    }
}
