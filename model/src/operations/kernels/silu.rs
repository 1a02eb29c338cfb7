//! SiLU: `x * sigmoid(x)`.

use super::parallel::for_each_chunk;
use super::vector::{sigmoid, silu_slope, vectorised};

const CHUNK: usize = 16 * 1024;

/// The activation of each number.
pub(crate) fn forward(x: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; x.len()];
    for_each_chunk(&mut output, CHUNK, |index, output| {
        let x = &x[index * CHUNK..];
        vectorised(|| {
            for (y, x) in output.iter_mut().zip(x) {
                *y = x * sigmoid(*x);
            }
        });
    });
    output
}

/// The gradient with respect to `x`.
pub(crate) fn backward(x: &[f32], gradient: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; x.len()];
    for_each_chunk(&mut output, CHUNK, |index, output| {
        let (x, gradient) = (&x[index * CHUNK..], &gradient[index * CHUNK..]);
        vectorised(|| {
            for ((out, x), gradient) in output.iter_mut().zip(x).zip(gradient) {
                *out = gradient * silu_slope(*x);
            }
        });
    });
    output
}
