//! Batch normalisation by the batch's own statistics, alone or with SiLU after it, and its gradients.
//!
//! `y = gamma (x - mean) / sqrt(variance + epsilon) + beta` for each channel (Ioffe and Szegedy 2015,
//! <https://arxiv.org/abs/1502.03167>), with the biased variance. With `m` values in a channel, `d` the gradient behind
//! the activation, and `x'` the normalised input, the gradients are
//! `gamma: sum(d x')`, `beta: sum(d)`, `x: gamma / sqrt(variance + epsilon) (d - sum(d) / m - x' sum(d x') / m)`.

use super::parallel::{for_each_chunk, map_chunks, map_with};
use super::vector::{LANES, sigmoid, silu_slope, sum, total, vectorised};

/// Sizes and kind of a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layer {
    /// Pictures.
    pub n: usize,
    /// Channels.
    pub channels: usize,
    /// Height times width.
    pub pixels: usize,
    /// Added to the variance.
    pub epsilon: f64,
    /// Whether SiLU follows.
    pub activate: bool,
}

/// One number for each channel.
#[derive(Clone, Copy)]
pub(crate) struct Channels<'a> {
    /// Factor.
    pub gamma: &'a [f32],
    /// Addend.
    pub beta: &'a [f32],
    /// Mean of the batch.
    pub mean: &'a [f32],
    /// Biased variance of the batch.
    pub variance: &'a [f32],
}

/// Gradients of a layer.
pub(crate) struct Gradients {
    /// As the input.
    pub x: Vec<f32>,
    /// `[channels]`
    pub gamma: Vec<f32>,
    /// `[channels]`
    pub beta: Vec<f32>,
}

impl Layer {
    /// Of an input `[n, channels, height, width]`.
    pub fn new([n, channels, height, width]: [usize; 4], epsilon: f64, activate: bool) -> Self {
        Self {
            n,
            channels,
            pixels: height * width,
            epsilon,
            activate,
        }
    }

    /// The planes of a channel, in the order of the pictures.
    fn planes<'a>(
        &self,
        x: &'a [f32],
        channel: usize,
    ) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        let (channels, pixels) = (self.channels, self.pixels);
        (0..self.n).map(move |picture| {
            let start = (picture * channels + channel) * pixels;
            &x[start..start + pixels]
        })
    }

    /// How many values a channel has.
    fn count(&self) -> f64 {
        (self.n * self.pixels) as f64
    }
}

/// A channel as `x' = (x - mean) inverse` and `z = gamma x' + beta`.
#[derive(Clone, Copy)]
struct Affine {
    mean: f32,
    inverse: f32,
    gamma: f32,
    beta: f32,
}

impl Channels<'_> {
    fn affine(&self, channel: usize, epsilon: f64) -> Affine {
        Affine {
            mean: self.mean[channel],
            inverse: (1.0 / (f64::from(self.variance[channel]) + epsilon).sqrt()) as f32,
            gamma: self.gamma[channel],
            beta: self.beta[channel],
        }
    }
}

impl Affine {
    #[inline(always)]
    fn normalised(self, x: f32) -> f32 {
        (x - self.mean) * self.inverse
    }

    /// The gradient before the activation.
    #[inline(always)]
    fn inner(self, x: f32, gradient: f32, activate: bool) -> f32 {
        if activate {
            gradient * silu_slope(self.gamma * self.normalised(x) + self.beta)
        } else {
            gradient
        }
    }
}

/// Output, mean and biased variance.
pub(crate) fn forward(
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    layer: Layer,
) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let statistics = map_with(
        layer.channels,
        || (),
        |(), channel| {
            let planes = layer.planes(x, channel);
            vectorised(|| planes.fold(Moments::default(), Moments::with)).mean_and_variance()
        },
    );
    let (mean, variance): (Vec<f32>, Vec<f32>) = statistics.into_iter().unzip();
    let channels = Channels {
        gamma,
        beta,
        mean: &mean,
        variance: &variance,
    };
    let mut output = vec![0.0; x.len()];
    for_each_chunk(&mut output, layer.pixels, |index, output| {
        let affine = channels.affine(index % layer.channels, layer.epsilon);
        let x = &x[index * layer.pixels..];
        vectorised(|| {
            if layer.activate {
                for (y, x) in output.iter_mut().zip(x) {
                    let z = affine.gamma * affine.normalised(*x) + affine.beta;
                    *y = z * sigmoid(z);
                }
            } else {
                for (y, x) in output.iter_mut().zip(x) {
                    *y = affine.gamma * affine.normalised(*x) + affine.beta;
                }
            }
        });
    });
    (output, mean, variance)
}

/// All gradients.
pub(crate) fn backward(x: &[f32], gradient: &[f32], channels: Channels, layer: Layer) -> Gradients {
    // The gradient before the activation, which then becomes the input's in place; and its sums over each plane.
    let mut inner = vec![0.0; x.len()];
    let of_planes = map_chunks(&mut inner, layer.pixels, |index, inner| {
        let affine = channels.affine(index % layer.channels, layer.epsilon);
        let start = index * layer.pixels;
        let (x, gradient) = (&x[start..], &gradient[start..]);
        vectorised(|| {
            // Outside of the loop, so that each kind is a loop without a choice.
            if layer.activate {
                for ((inner, x), gradient) in inner.iter_mut().zip(x).zip(gradient) {
                    *inner = affine.inner(*x, *gradient, true);
                }
            } else {
                inner.copy_from_slice(&gradient[..inner.len()]);
            }
            sum_pairs(&x[..inner.len()], inner, affine)
        })
    });
    let mut sums = vec![(0.0f64, 0.0f64); layer.channels];
    for (index, (plain, weighted)) in of_planes.into_iter().enumerate() {
        let sum = &mut sums[index % layer.channels];
        *sum = (sum.0 + plain, sum.1 + weighted);
    }
    for_each_chunk(&mut inner, layer.pixels, |index, inner| {
        let channel = index % layer.channels;
        let affine = channels.affine(channel, layer.epsilon);
        let (plain, weighted) = sums[channel];
        let mean = (plain / layer.count()) as f32;
        let slope = (weighted / layer.count()) as f32;
        let factor = affine.gamma * affine.inverse;
        let x = &x[index * layer.pixels..];
        vectorised(|| {
            for (d, x) in inner.iter_mut().zip(x) {
                *d = factor * (*d - mean - affine.normalised(*x) * slope);
            }
        });
    });
    Gradients {
        x: inner,
        gamma: sums.iter().map(|(_, weighted)| *weighted as f32).collect(),
        beta: sums.iter().map(|(plain, _)| *plain as f32).collect(),
    }
}

/// Count, mean and sum of squared distances from it of the numbers so far; planes are joined as by Chan, Golub and LeVeque
/// (1983), so that nothing is lost where the mean is large and memory is walked through once.
#[derive(Clone, Copy, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    #[inline(always)]
    fn with(self, plane: &[f32]) -> Self {
        let here = plane.len() as f64;
        let mean = sum(plane, |x| x) / here;
        let near = mean as f32;
        // About a rounded mean; what rounding adds is taken off again.
        let rest = mean - f64::from(near);
        let squares = sum(plane, |x| (x - near) * (x - near)) - here * rest * rest;
        let count = self.count + here;
        let step = mean - self.mean;
        Self {
            count,
            mean: self.mean + step * here / count,
            squares: self.squares + squares + step * step * self.count * here / count,
        }
    }

    fn mean_and_variance(self) -> (f32, f32) {
        (
            self.mean as f32,
            (self.squares / self.count).max(0.0) as f32,
        )
    }
}

/// The sums of `d` and of `d x'`.
#[inline(always)]
fn sum_pairs(x: &[f32], d: &[f32], affine: Affine) -> (f64, f64) {
    let (mut plain, mut weighted) = ([0.0f32; LANES], [0.0f32; LANES]);
    let (mut x, mut d) = (x.chunks_exact(LANES), d.chunks_exact(LANES));
    for (x, d) in x.by_ref().zip(d.by_ref()) {
        for lane in 0..LANES {
            plain[lane] += d[lane];
            weighted[lane] += d[lane] * affine.normalised(x[lane]);
        }
    }
    let (mut rest, mut rest_weighted) = (total(&plain), total(&weighted));
    for (x, d) in x.remainder().iter().zip(d.remainder()) {
        rest += d;
        rest_weighted += d * affine.normalised(*x);
    }
    (f64::from(rest), f64::from(rest_weighted))
}
