//! Products of pixels with a matrix: 1x1 convolutions of pictures whose channels lie side by side, and their gradients.
//!
//! The matrix is packed once, in panels of two vectors of outputs, so that the innermost loop reads it in order, and keeps
//! all sums of a tile of pixels in registers; what comes after the product is done before they leave them.

use pulp::{Simd, WithSimd};

use super::parallel::chunks;
use super::simd::{self, dispatch, lanes, load, store};

/// Vectors of a panel.
const PANEL: usize = 2;
/// Numbers of the pixels that are worked on at once: they stay in the nearest cache.
const NEAR: usize = 6 * 1024;
/// Pixels that are worked on at once at least: a matrix that fits no cache is read once for each so many.
const FAR: usize = 24;
/// Multiplications that are worth a task of their own.
const TASK: usize = 400_000;

/// A matrix, packed.
pub(super) struct Matrix {
    /// Channels that enter.
    pub input: usize,
    /// Channels that leave.
    pub output: usize,
    lanes: usize,
    packed: Vec<f32>,
    bias: Vec<f32>,
}

/// What comes after a product.
#[derive(Clone, Copy)]
pub(super) enum After<'a> {
    /// Nothing.
    Nothing,
    /// SiLU; what it is applied to is kept in the second target, if that is not empty.
    Silu,
    /// The sum with what lies at the same place.
    Add(&'a [f32]),
}

impl<'a> After<'a> {
    /// The same for a part of the target.
    pub fn part(self, start: usize, length: usize) -> After<'a> {
        match self {
            After::Add(other) => After::Add(&other[start..][..length]),
            after => after,
        }
    }
}

impl Matrix {
    /// Packs `weight(output, input)`.
    pub fn new(
        [output, input]: [usize; 2],
        weight: impl Fn(usize, usize) -> f32,
        bias: Option<&[f32]>,
    ) -> Self {
        let lanes = lanes();
        let padded = output.next_multiple_of(lanes);
        let mut packed = vec![0.0; padded * input];
        for (column, width) in panels(padded, lanes) {
            let panel = &mut packed[column * input..][..width * input];
            for (i, row) in panel.chunks_exact_mut(width).enumerate() {
                for (o, value) in (column..output).zip(row) {
                    *value = weight(o, i);
                }
            }
        }
        let mut biases = vec![0.0; padded];
        if let Some(bias) = bias {
            biases[..output].copy_from_slice(bias);
        }
        Self {
            input,
            output,
            lanes,
            packed,
            bias: biases,
        }
    }

    /// The same matrix with each input channel's row times a number, in `room`.
    pub fn scaled<'a>(&'a self, factors: &[f32], room: &'a mut Vec<f32>) -> Packed<'a> {
        room.resize(self.packed.len(), 0.0);
        for (column, width) in panels(self.bias.len(), self.lanes) {
            let range = column * self.input..(column + width) * self.input;
            let rows = self.packed[range.clone()].chunks_exact(width);
            let scaled = room[range].chunks_exact_mut(width);
            for ((row, scaled), factor) in rows.zip(scaled).zip(factors) {
                for (scaled, value) in scaled.iter_mut().zip(row) {
                    *scaled = value * factor;
                }
            }
        }
        Packed {
            matrix: self,
            packed: room,
        }
    }

    /// The transposed matrix, without bias.
    pub fn transposed(&self) -> Self {
        Self::new([self.input, self.output], |o, i| self.at(i, o), None)
    }

    fn at(&self, output: usize, input: usize) -> f32 {
        let panel = PANEL * self.lanes;
        let column = output / panel * panel;
        let width = panel.min(self.bias.len() - column);
        self.packed[column * self.input + input * width + output - column]
    }

    /// The matrix as it is.
    pub fn plain(&self) -> Packed<'_> {
        Packed {
            matrix: self,
            packed: &self.packed,
        }
    }
}

/// First outputs and widths of the panels.
fn panels(padded: usize, lanes: usize) -> impl Iterator<Item = (usize, usize)> {
    let width = PANEL * lanes;
    (0..padded)
        .step_by(width.max(1))
        .map(move |column| (column, width.min(padded - column)))
}

/// A matrix with the numbers that count.
#[derive(Clone, Copy)]
pub(super) struct Packed<'a> {
    matrix: &'a Matrix,
    packed: &'a [f32],
}

impl Packed<'_> {
    /// `target[p] = after(matrix x[p] + bias)` for all pixels. `before` gets what SiLU is applied to; it may be empty.
    pub fn multiply(self, x: &[f32], target: &mut [f32], before: &mut [f32], after: After) {
        let (k, n) = (self.matrix.input, self.matrix.output);
        let pixels = (TASK / (k * n).max(1)).max(FAR);
        let length = pixels * n;
        chunks(
            [(target, length), (before, length)],
            |index, [target, before]| {
                let first = index * pixels;
                let rows = target.len() / n;
                let x = &x[first * k..][..rows * k];
                self.multiply_here(x, target, before, after.part(first * n, rows * n));
            },
        );
    }

    /// [`multiply`](Self::multiply) on this thread alone.
    pub fn multiply_here(self, x: &[f32], target: &mut [f32], before: &mut [f32], after: After) {
        dispatch(Product {
            packed: self,
            x,
            target,
            before,
            after,
        });
    }
}

struct Product<'a> {
    packed: Packed<'a>,
    x: &'a [f32],
    target: &'a mut [f32],
    before: &'a mut [f32],
    after: After<'a>,
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        assert_eq!(self.packed.matrix.lanes, S::F32_LANES);
        // wasm's registers are the machine's, of which there may be 16 only; a row's number takes one too, for all rows at once
        // as compilers order it.
        if S::REGISTER_COUNT >= 32 && cfg!(not(target_arch = "wasm32")) {
            self.tiles::<S, 12, 4>(simd);
        } else {
            self.tiles::<S, 4, 2>(simd);
        }
    }
}

impl Product<'_> {
    #[inline(always)]
    fn tiles<S: Simd, const MANY: usize, const FEW: usize>(mut self, simd: S) {
        let Matrix {
            input: k,
            output: n,
            lanes,
            bias,
            ..
        } = self.packed.matrix;
        let (k, n, packed) = (*k, *n, self.packed.packed);
        let pixels = self.target.len() / n;
        let block = (NEAR / k.max(1)).clamp(FAR, 32 * MANY) / MANY * MANY;
        for first in (0..pixels).step_by(block) {
            let end = (first + block).min(pixels);
            for (column, width) in panels(bias.len(), *lanes) {
                let weights = S::as_simd_f32s(&packed[column * k..][..width * k]).0;
                let bias = S::as_simd_f32s(&bias[column..][..width]).0;
                let mut row = first;
                macro_rules! tiles {
                    ($($rows:expr),*; $vectors:expr) => {$(
                        while end - row >= $rows {
                            let x = &self.x[row * k..(row + $rows) * k];
                            let sums = sums::<S, { $rows }, { $vectors }>(simd, x, k, weights, bias);
                            self.finish::<S, { $rows }, { $vectors }>(simd, sums, row, column);
                            row += $rows;
                        }
                    )*};
                }
                if width == PANEL * lanes {
                    tiles!(MANY, FEW, 1; PANEL);
                } else {
                    tiles!(MANY, FEW, 1; 1);
                }
            }
        }
    }

    /// What comes after the product, for a tile that begins at a pixel and an output.
    #[inline(always)]
    fn finish<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        sums: [[S::f32s; VECTORS]; ROWS],
        row: usize,
        column: usize,
    ) {
        let n = self.packed.matrix.output;
        let width = (n - column).min(VECTORS * S::F32_LANES);
        for (row, sums) in (row..).zip(sums) {
            let here = row * n + column..row * n + column + width;
            for (v, sum) in sums.into_iter().enumerate() {
                let at = v * S::F32_LANES;
                let value = match self.after {
                    After::Nothing => sum,
                    After::Silu => {
                        if !self.before.is_empty() {
                            store(simd, &mut self.before[here.clone()], at, sum);
                        }
                        simd::silu(simd, sum)
                    }
                    After::Add(other) => simd.add_f32s(sum, load(simd, &other[here.clone()], at)),
                };
                store(simd, &mut self.target[here.clone()], at, value);
            }
        }
    }
}

/// The sums of a tile.
#[inline(always)]
#[allow(
    unsafe_code,
    reason = "the bound is checked once, not at each of millions of reads"
)]
fn sums<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    x: &[f32],
    k: usize,
    weights: &[S::f32s],
    bias: &[S::f32s],
) -> [[S::f32s; VECTORS]; ROWS] {
    let mut sums = [core::array::from_fn(|v| bias[v]); ROWS];
    assert!(x.len() == ROWS * k && weights.len() == k * VECTORS);
    for (i, weights) in weights.chunks_exact(VECTORS).enumerate() {
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `i < k` and `row < ROWS`, so the place is below `ROWS * k`, which is the length of `x`.
            let x = simd.splat_f32s(unsafe { *x.get_unchecked(row * k + i) });
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = simd.mul_add_e_f32s(x, *weight, *sum);
            }
        }
    }
    sums
}
