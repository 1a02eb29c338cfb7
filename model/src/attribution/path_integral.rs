//! The integral of a logit's gradient along the straight path from the baseline to the input, a few steps at a time.

use core::ops::Range;

use burn::tensor::{Tensor, TensorData};

use super::integrated_gradients::Attribution;
use super::{AttributionError, Node};

/// A path integral in progress.
///
/// The sums stay on the device; only [`finish`](Self::finish) and [`synchronise`](Self::synchronise) read anything
/// back. [`IntegratedGradients::attribute`](super::IntegratedGradients::attribute) drives it to the end; a page that
/// has to return to its event loop between chunks drives it by hand.
pub struct PathIntegral {
    input: Tensor<4>,
    baseline: Tensor<4>,
    nodes: Vec<Node>,
    target: usize,
    done: usize,
    /// Weighted sum of the gradients so far, `[1, channels, height, width]`, without autodiff.
    sum: Option<Tensor<4>>,
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
        let shape = input.dims();
        if shape[0] != 1 || shape.contains(&0) || shape != baseline.dims() {
            return Err(AttributionError::Shape {
                input: shape.to_vec(),
                baseline: baseline.dims().to_vec(),
            });
        }
        if !input.is_autodiff() || !baseline.is_autodiff() {
            return Err(AttributionError::NoGradient {
                reason: "the input is not on an autodiff device",
            });
        }
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
        let end = self.done.saturating_add(chunk.max(1)).min(self.total());
        if self.done == end {
            return Ok(());
        }
        let range = self.done..end;
        let count = range.len();
        let positions = self.column(range.clone(), |node| node.position);
        let difference = self.input.clone() - self.baseline.clone();
        let pictures = (self.baseline.clone() + positions * difference)
            .detach()
            .require_grad();

        let logits = self.target_logits(model(pictures.clone()), count)?;
        if !logits.is_tracked() {
            return Err(AttributionError::NoGradient {
                reason: "the model's answer does not depend on its input",
            });
        }
        // The pictures of a batch do not influence each other, so the gradient of the sum is the gradient of each.
        let mut gradients = logits.sum().backward();
        let gradient =
            pictures
                .grad_remove(&mut gradients)
                .ok_or(AttributionError::NoGradient {
                    reason: "the device kept none",
                })?;
        let weights = self.column(range, |node| node.weight).inner();
        let part = (gradient * weights).sum_dim(0);
        self.sum = Some(match self.sum.take() {
            Some(sum) => sum + part,
            None => part,
        });
        self.done = end;
        Ok(())
    }

    /// Waits until the device has done what [`advance`](Self::advance) queued.
    ///
    /// Devices work asynchronously: without this, progress would race ahead, and cancelling would come too late.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Device`] if the device failed.
    pub async fn synchronise(&self) -> Result<(), AttributionError> {
        if let Some(sum) = &self.sum {
            // Reading one value waits for all and moves 4 bytes.
            read(sum.clone().slice([0..1, 0..1, 0..1, 0..1])).await?;
        }
        Ok(())
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
        let Some(sum) = self.sum.clone().filter(|_| done == total) else {
            return Err(AttributionError::Unfinished { done, total });
        };
        let [_, channels, height, width] = self.input.dims();
        let ends = Tensor::cat(vec![self.input.clone(), self.baseline.clone()], 0);
        let logits = read(self.target_logits(model(ends), 2)?).await?;
        let difference = self.input.inner() - self.baseline.inner();
        let values = read(sum * difference).await?;
        let [logit_input, logit_baseline] = logits[..] else {
            return Err(AttributionError::Length {
                what: "the logits of input and baseline",
                expected: 2,
                found: logits.len(),
            });
        };
        Attribution::new(
            values,
            [channels, height, width],
            logit_input,
            logit_baseline,
        )
    }

    /// A number of each node in `range` as `[n, 1, 1, 1]`, of the input's type and on its device.
    fn column(&self, range: Range<usize>, number: impl Fn(&Node) -> f64) -> Tensor<4> {
        let values: Vec<f32> = self.nodes[range].iter().map(|n| number(n) as f32).collect();
        let shape = [values.len(), 1, 1, 1];
        let data = TensorData::new(values, shape);
        Tensor::from_data(data, (&self.input.device(), self.input.dtype()))
    }

    /// The target's column `[n, 1]` of the model's answer, after checking the answer.
    fn target_logits(
        &self,
        answer: Tensor<2>,
        pictures: usize,
    ) -> Result<Tensor<2>, AttributionError> {
        let shape @ [rows, classes] = answer.dims();
        if rows != pictures {
            return Err(AttributionError::Output {
                answer: shape,
                pictures,
            });
        }
        if self.target >= classes {
            return Err(AttributionError::Target {
                target: self.target,
                classes,
            });
        }
        Ok(answer.slice([0..rows, self.target..self.target + 1]))
    }
}

/// All values of a tensor as f32, row-major.
async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, AttributionError> {
    let data = tensor
        .into_data_async()
        .await
        .map_err(|error| AttributionError::Device(error.to_string()))?;
    data.try_into_vec_as::<f32>()
        .map_err(|error| AttributionError::Device(error.to_string()))
}
