//! The integral of a logit's gradient along the straight path from the baseline to the input, a few steps at a time.

use core::ops::Range;

use burn::tensor::{Tensor, TensorData};

use super::gradient::{
    logit_gradient, read, require_autodiff, require_one_picture, target_logits, wait,
};
use super::{Attribution, AttributionError, Node};

/// A path integral in progress.
///
/// The sums stay on the device; only [`finish`](Self::finish), [`running_sum`](Self::running_sum) and
/// [`synchronise`](Self::synchronise) read anything back.
/// [`IntegratedGradients::attribute`](super::IntegratedGradients::attribute) drives it to the end; a page that has to
/// return to its event loop between chunks drives it by hand.
pub struct PathIntegral {
    input: Tensor<4>,
    baseline: Tensor<4>,
    nodes: Vec<Node>,
    target: usize,
    done: usize,
    /// Weighted sum of the gradients so far, `[1, channels, height, width]`, without autodiff.
    sum: Option<Tensor<4>>,
}

/// What a batch of nodes gave, before weighting.
pub(super) struct Evaluated {
    /// The target's logits `[n, 1]`, without autodiff.
    pub(super) logits: Tensor<2>,
    /// Their gradients `[n, channels, height, width]`, without autodiff.
    pub(super) gradients: Tensor<4>,
}

impl PathIntegral {
    /// A path from `baseline` to `input`, both `[1, channels, height, width]` on an autodiff device, along which the
    /// gradient of logit `target` will be taken at `nodes`.
    ///
    /// # Errors
    ///
    /// Shapes that differ or hold several pictures, and tensors without autodiff.
    pub fn new(
        input: Tensor<4>,
        baseline: Tensor<4>,
        nodes: Vec<Node>,
        target: usize,
    ) -> Result<Self, AttributionError> {
        require_one_picture(&input, &baseline)?;
        require_autodiff(&input)?;
        require_autodiff(&baseline)?;
        Ok(Self {
            // Neither is a variable of this computation, whatever it was before.
            input: input.detach(),
            baseline: baseline.detach(),
            nodes,
            target,
            done: 0,
            sum: None,
        })
    }

    /// Steps done.
    pub fn done(&self) -> usize {
        self.done
    }

    /// Steps in all.
    pub fn total(&self) -> usize {
        self.nodes.len()
    }

    /// Takes the gradients at the next `chunk` nodes (at least one, fewer at the end) in one batch.
    ///
    /// Does nothing once all steps are done. The model maps `[n, channels, height, width]` to `[n, classes]`; its
    /// parameters should be frozen, else their gradients are computed too and thrown away.
    ///
    /// # Errors
    ///
    /// A target that the model does not have, an answer of another shape, or a logit that does not depend on the input.
    pub fn advance<F>(&mut self, model: &F, chunk: usize) -> Result<(), AttributionError>
    where
        F: Fn(Tensor<4>) -> Tensor<2>,
    {
        self.evaluate(model, chunk).map(drop)
    }

    /// [`advance`](Self::advance), with what the nodes gave; `None` once all steps are done.
    pub(super) fn evaluate<F>(
        &mut self,
        model: &F,
        chunk: usize,
    ) -> Result<Option<Evaluated>, AttributionError>
    where
        F: Fn(Tensor<4>) -> Tensor<2>,
    {
        let end = self.done.saturating_add(chunk.max(1)).min(self.total());
        if self.done == end {
            return Ok(None);
        }
        let range = self.done..end;
        let positions = self.column(range.clone(), |node| node.position);
        let difference = self.input.clone() - self.baseline.clone();
        let pictures = self.baseline.clone() + positions * difference;
        let (logits, gradients) = logit_gradient(model, pictures, self.target)?;
        let weights = self.column(range, |node| node.weight).inner();
        let part = (gradients.clone() * weights).sum_dim(0);
        self.sum = Some(match self.sum.take() {
            Some(sum) => sum + part,
            None => part,
        });
        self.done = end;
        Ok(Some(Evaluated { logits, gradients }))
    }

    /// Waits until the device has done what [`advance`](Self::advance) queued.
    ///
    /// Devices work asynchronously: without this, progress would race ahead, and cancelling would come too late.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Device`] if the device failed.
    pub async fn synchronise(&self) -> Result<(), AttributionError> {
        match &self.sum {
            Some(sum) => wait(sum).await,
            None => Ok(()),
        }
    }

    /// The part of the integral that is done, times (input - baseline): `[channels * height * width]` values, CHW, in
    /// units of the logit; zeros before the first step. It costs one product and one read.
    ///
    /// Nodes go from the baseline to the input, so this is the attribution of the first part of the path.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Device`] if the device failed.
    pub async fn running_sum(&self) -> Result<Vec<f32>, AttributionError> {
        match self.contributions() {
            Some(contributions) => read(contributions).await,
            None => Ok(vec![0.0; self.input.dims().iter().product()]),
        }
    }

    /// The attribution: mean gradient times (input - baseline), and how far it is from complete.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Unfinished`] before the last step; values that are not finite; a failing device.
    pub async fn finish<F>(self, model: &F) -> Result<Attribution, AttributionError>
    where
        F: Fn(Tensor<4>) -> Tensor<2>,
    {
        let (done, total) = (self.done, self.total());
        let Some(contributions) = self.contributions().filter(|_| done == total) else {
            return Err(AttributionError::Unfinished { done, total });
        };
        let ends = Tensor::cat(vec![self.input.clone(), self.baseline.clone()], 0);
        let logits = read(target_logits(model(ends), self.target, 2)?).await?;
        let values = read(contributions).await?;
        let [logit_input, logit_baseline] = logits[..] else {
            return Err(AttributionError::Length {
                what: "the logits of input and baseline",
                expected: 2,
                found: logits.len(),
            });
        };
        Attribution::new(values, self.shape(), logit_input, logit_baseline)
    }

    /// Channels, height and width.
    pub fn shape(&self) -> [usize; 3] {
        let [_, channels, height, width] = self.input.dims();
        [channels, height, width]
    }

    /// The running sum on the device, without autodiff; `None` before the first step.
    pub(super) fn contributions(&self) -> Option<Tensor<4>> {
        let sum = self.sum.clone()?;
        Some(sum * (self.input.clone().inner() - self.baseline.clone().inner()))
    }

    /// The nodes of the path.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The values of input and baseline.
    pub(super) async fn ends(&self) -> Result<[Vec<f32>; 2], AttributionError> {
        Ok([
            read(self.input.clone()).await?,
            read(self.baseline.clone()).await?,
        ])
    }

    /// A number of each node in `range` as `[n, 1, 1, 1]`, of the input's type and on its device.
    fn column(&self, range: Range<usize>, number: impl Fn(&Node) -> f64) -> Tensor<4> {
        let values: Vec<f32> = self.nodes[range].iter().map(|n| number(n) as f32).collect();
        let shape = [values.len(), 1, 1, 1];
        let data = TensorData::new(values, shape);
        Tensor::from_data(data, (&self.input.device(), self.input.dtype()))
    }
}
