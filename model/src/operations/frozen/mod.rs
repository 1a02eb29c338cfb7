//! A network whose parameters are constants as one operation, for inference and attribution on the processor.
//!
//! burn's layout puts a channel's pixels side by side; here a pixel's channels are, so that a 1x1 convolution is a product
//! of the pixels as they lie with a matrix that was packed once, and a depthwise filter works on vectors of channels. Bias,
//! activation and residual are added while the sums are in registers, and squeeze-excite's gates are multiplied into the
//! next matrix, so that nothing is read twice for them. Only the gradient of the image is computed on the way back.
//!
//! `network` is the way forward and what it keeps, `gradient` the way back; `product`, `depthwise`, `stem` and `passes`
//! are the loops, `bands` does two of them at once, `simd` has their vectors; `operation` registers both ways with burn.
//! Results do not depend on the number of cores.

mod axis;
mod bands;
mod depthwise;
mod gradient;
mod network;
mod operation;
mod parallel;
mod passes;
mod product;
mod simd;
mod stem;
#[cfg(test)]
mod tests;

pub(crate) use network::{BlockParameters, FrozenNetwork, Parameters};
pub(crate) use operation::{Frozen, embedding, feature_maps, watched_maps};
