//! Integrated Gradients (Sundararajan et al. 2017): attribution of one logit to every input value.
//!
//! `attribution = (x - b) * integral over a in [0, 1] of d logit(b + a (x - b)) / d input`. The attributions of all
//! inputs add up to `logit(x) - logit(b)`; how far they miss it is the completeness gap.

use core::ops::ControlFlow;

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::{Attribution, AttributionError, PathIntegral, Quadrature};

/// Settings of an attribution. The defaults are the paper's: 75 steps, Gauss-Legendre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntegratedGradients {
    /// Number of gradients along the path.
    pub steps: usize,
    /// Where they are taken, and their weights.
    pub quadrature: Quadrature,
    /// Pictures per batch: bounds memory, changes nothing but rounding. 0 counts as 1.
    pub chunk: usize,
}

impl Default for IntegratedGradients {
    fn default() -> Self {
        Self {
            steps: 75,
            quadrature: Quadrature::GaussLegendre,
            chunk: 4,
        }
    }
}

impl IntegratedGradients {
    /// The path integral of these settings, with no step done yet.
    ///
    /// # Errors
    ///
    /// A step count that the rule refuses, and those of [`PathIntegral::new`].
    pub fn start(
        &self,
        input: Tensor<4>,
        baseline: Tensor<4>,
        target: usize,
    ) -> Result<PathIntegral, AttributionError> {
        PathIntegral::new(input, baseline, self.quadrature.nodes(self.steps)?, target)
    }

    /// Attributes logit `target` of `model` to the values of `input`.
    ///
    /// `progress(done, total)` is called before the first step and after every chunk, once the device has really done
    /// it; answering `Break` stops the computation. Freeze the model's parameters: only the input's gradient is
    /// needed, and batch normalisation must not use the statistics of the batch.
    ///
    /// # Shapes
    ///
    /// - `input`, `baseline`: `[1, channels, height, width]`, on an autodiff device
    /// - `model`: `[n, channels, height, width]` to `[n, classes]`
    ///
    /// # Errors
    ///
    /// [`AttributionError::Cancelled`] on `Break`; otherwise see [`PathIntegral`].
    pub async fn attribute<F>(
        &self,
        model: &F,
        input: Tensor<4>,
        baseline: Tensor<4>,
        target: usize,
        progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Attribution, AttributionError>
    where
        F: Fn(Tensor<4>) -> Tensor<2>,
    {
        let mut integral = self.start(input, baseline, target)?;
        loop {
            if progress(integral.done(), integral.total()).is_break() {
                return Err(AttributionError::Cancelled);
            }
            if integral.done() == integral.total() {
                return integral.finish(model).await;
            }
            integral.advance(model, self.chunk)?;
            integral.synchronise().await?;
        }
    }
}
