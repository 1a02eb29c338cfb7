//! Integrated Gradients (Sundararajan et al. 2017): attribution of one logit to every input value.
//!
//! `attribution = (x - b) * integral over a in [0, 1] of d logit(b + a (x - b)) / d input`. The attributions of all
//! inputs add up to `logit(x) - logit(b)`; how far they miss it is the completeness gap.

use core::ops::ControlFlow;

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::{AttributionError, PathIntegral, Quadrature};

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

/// What every input value contributed to one logit, compared with the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// Contributions in units of the logit, `[channels * height * width]`, CHW. All are finite.
    pub values: Vec<f32>,
    /// Colour channels, 3 for photographs.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// The target's logit for the input.
    pub logit_input: f32,
    /// The target's logit for the baseline.
    pub logit_baseline: f32,
    /// `|sum(values) - (logit_input - logit_baseline)|`: the error of the quadrature (and of rounding), in units of
    /// the logit. captum calls it the convergence delta, with a sign.
    pub completeness_gap: f32,
}

impl Attribution {
    /// An attribution of `[channels, height, width]` values, with its completeness gap.
    ///
    /// # Errors
    ///
    /// A length that disagrees with the shape, and numbers that are not finite.
    pub fn new(
        values: Vec<f32>,
        [channels, height, width]: [usize; 3],
        logit_input: f32,
        logit_baseline: f32,
    ) -> Result<Self, AttributionError> {
        let expected = channels.saturating_mul(height).saturating_mul(width);
        if values.len() != expected {
            return Err(AttributionError::Length {
                what: "an attribution",
                expected,
                found: values.len(),
            });
        }
        let sum: f64 = values.iter().copied().map(f64::from).sum();
        let gap = (sum - (f64::from(logit_input) - f64::from(logit_baseline))).abs();
        if !gap.is_finite() || !values.iter().all(|v| v.is_finite()) {
            return Err(AttributionError::NotFinite);
        }
        Ok(Self {
            values,
            channels,
            height,
            width,
            logit_input,
            logit_baseline,
            completeness_gap: gap as f32,
        })
    }

    /// The completeness gap as a share of the logit's change; `None` where the logit did not change.
    ///
    /// Below about 0.05 the map can be trusted to be numerically converged; more steps make it smaller.
    pub fn relative_gap(&self) -> Option<f32> {
        let change = (self.logit_input - self.logit_baseline).abs();
        (change > 0.0).then(|| self.completeness_gap / change)
    }
}
