//! 1x1 convolution: a matrix product for each picture, or one for all where pictures are small.

use gemm::{Parallelism, gemm};

use super::parallel::for_each_chunk;
use super::vector::vectorised;

/// Below so many pixels, pictures are laid side by side and multiplied at once: a product of few columns spends its
/// time on packing the weights.
const FEW_PIXELS: usize = 100;
/// Parts of a product with one side split; fixed, so that results do not depend on the number of cores.
const PARTS: usize = 8;

/// Pictures, channels and pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Pictures.
    pub n: usize,
    /// Channels that enter.
    pub input: usize,
    /// Channels that leave.
    pub output: usize,
    /// Height times width.
    pub pixels: usize,
}

impl Size {
    /// Of `[n, input, height, width]` and `[output, input, 1, 1]`.
    pub fn new([n, input, height, width]: [usize; 4], weight: [usize; 4]) -> Self {
        Self {
            n,
            input,
            output: weight[0],
            pixels: height * width,
        }
    }
}

/// A matrix in a slice: `at(row, column) = values[row * rows + column * columns]`.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
}

impl<'a> Matrix<'a> {
    fn row_major(values: &'a [f32], columns: usize) -> Self {
        Self {
            values,
            rows: columns,
            columns: 1,
        }
    }

    /// The rows from this one on.
    fn rows_from(self, first: usize) -> Self {
        Self {
            values: &self.values[first * self.rows..],
            ..self
        }
    }

    fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            ..self
        }
    }
}

/// `target = a b`, or `target += a b`; `target` is row-major, `[m, n]`, `a` is `[m, k]`, `b` is `[k, n]`.
#[allow(unsafe_code, reason = "the library's product takes pointers")]
fn multiply(target: &mut [f32], a: Matrix, b: Matrix, [m, k, n]: [usize; 3], add: bool) {
    if m == 0 || n == 0 || k == 0 {
        return;
    }
    let last = |matrix: Matrix, rows: usize, columns: usize| {
        (rows - 1) * matrix.rows + (columns - 1) * matrix.columns
    };
    assert!(
        target.len() >= m * n && a.values.len() > last(a, m, k) && b.values.len() > last(b, k, n)
    );
    // SAFETY: the last element of each matrix lies in its slice, as just checked; `target` is borrowed mutably, so
    // it overlaps with neither of the others.
    unsafe {
        gemm(
            m,
            n,
            k,
            target.as_mut_ptr(),
            1,
            n as isize,
            add,
            a.values.as_ptr(),
            a.columns as isize,
            a.rows as isize,
            b.values.as_ptr(),
            b.columns as isize,
            b.rows as isize,
            1.0f32,
            1.0f32,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

/// `[n, output, pixels]` of `x` `[n, input, pixels]`, `weight` `[output, input]` and `bias` `[output]`.
pub(crate) fn forward(x: &[f32], weight: &[f32], bias: Option<&[f32]>, size: Size) -> Vec<f32> {
    let mut output = channels_from(
        Matrix::row_major(weight, size.input),
        x,
        [size.n, size.input, size.output, size.pixels],
    );
    if let Some(bias) = bias {
        for_each_chunk(&mut output, size.pixels, |index, plane| {
            let bias = bias[index % size.output];
            vectorised(|| plane.iter_mut().for_each(|y| *y += bias));
        });
    }
    output
}

/// The gradient with respect to `x`, `[n, input, pixels]`.
pub(crate) fn input_gradient(weight: &[f32], gradient: &[f32], size: Size) -> Vec<f32> {
    channels_from(
        Matrix::row_major(weight, size.input).transposed(),
        gradient,
        [size.n, size.output, size.input, size.pixels],
    )
}

/// `matrix x` for each picture: `[to, from]` and `[n, from, pixels]` to `[n, to, pixels]`.
fn channels_from(matrix: Matrix, x: &[f32], [n, from, to, pixels]: [usize; 4]) -> Vec<f32> {
    let mut output = vec![0.0; n * to * pixels];
    if n > 1 && pixels < FEW_PIXELS {
        let side_by_side = channels_first(x, [n, from, pixels]);
        let columns = n * pixels;
        let mut product = vec![0.0; to * columns];
        let rows = to.div_ceil(PARTS);
        for_each_chunk(&mut product, rows * columns, |index, part| {
            let matrix = matrix.rows_from(index * rows);
            let x = Matrix::row_major(&side_by_side, columns);
            let rows = part.len() / columns;
            multiply(part, matrix, x, [rows, from, columns], false);
        });
        for_each_chunk(&mut output, to * pixels, |picture, output| {
            for (channel, plane) in output.chunks_exact_mut(pixels).enumerate() {
                let start = channel * columns + picture * pixels;
                plane.copy_from_slice(&product[start..start + pixels]);
            }
        });
        return output;
    }
    // The rows from `first` on, as many as `part` holds, of a picture's output.
    let block = |picture: usize, first: usize, part: &mut [f32]| {
        let x = Matrix::row_major(&x[picture * from * pixels..], pixels);
        let rows = part.len() / pixels;
        multiply(
            part,
            matrix.rows_from(first),
            x,
            [rows, from, pixels],
            false,
        );
    };
    if n >= PARTS {
        for_each_chunk(&mut output, to * pixels, |picture, part| {
            block(picture, 0, part);
        });
        return output;
    }
    // Few pictures are cut into blocks of channels, so that each core has something to do.
    let rows = to.div_ceil(PARTS);
    for (picture, output) in output.chunks_exact_mut((to * pixels).max(1)).enumerate() {
        for_each_chunk(output, rows * pixels, |index, part| {
            block(picture, index * rows, part);
        });
    }
    output
}

/// The gradient with respect to `weight`, `[output, input]`.
pub(crate) fn weight_gradient(x: &[f32], gradient: &[f32], size: Size) -> Vec<f32> {
    let Size {
        n,
        input,
        output,
        pixels,
    } = size;
    let mut weight = vec![0.0; output * input];
    let rows = output.div_ceil(PARTS);
    if n > 1 && pixels < FEW_PIXELS {
        let columns = n * pixels;
        let x = channels_first(x, [n, input, pixels]);
        let gradient = channels_first(gradient, [n, output, pixels]);
        for_each_chunk(&mut weight, rows * input, |index, part| {
            let gradient = Matrix::row_major(&gradient[index * rows * columns..], columns);
            let x = Matrix::row_major(&x, columns).transposed();
            let rows = part.len() / input;
            multiply(part, gradient, x, [rows, columns, input], false);
        });
        return weight;
    }
    for_each_chunk(&mut weight, rows * input, |index, part| {
        let rows_here = part.len() / input;
        for picture in 0..n {
            let start = picture * output * pixels + index * rows * pixels;
            let gradient = Matrix::row_major(&gradient[start..], pixels);
            let x = Matrix::row_major(&x[picture * input * pixels..], pixels).transposed();
            multiply(part, gradient, x, [rows_here, pixels, input], picture > 0);
        }
    });
    weight
}

/// `[n, channels, pixels]` as `[channels, n, pixels]`.
fn channels_first(x: &[f32], [n, channels, pixels]: [usize; 3]) -> Vec<f32> {
    let mut output = vec![0.0; x.len()];
    for_each_chunk(&mut output, n * pixels, |channel, row| {
        for (picture, plane) in row.chunks_exact_mut(pixels).enumerate() {
            let start = (picture * channels + channel) * pixels;
            plane.copy_from_slice(&x[start..start + pixels]);
        }
    });
    output
}
