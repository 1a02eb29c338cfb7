//! Integrated Gradients point by point: what a reader needs to see how the map comes about.

use burn::tensor::Tensor;

use super::gradient::read;
use super::{Attribution, AttributionError, Node, PathIntegral};

/// A path integral that shows each of its points.
///
/// It is the same computation as [`PathIntegral`], one gradient at a time, so the last running sum is the attribution.
pub struct PathTrace {
    integral: PathIntegral,
    /// Values of input and baseline, read before the first point.
    ends: Option<[Vec<f32>; 2]>,
    /// The running sum, `[height * width]`, channels added up.
    sums: Vec<f64>,
}

/// One point of the path.
#[derive(Debug, Clone, PartialEq)]
pub struct TracePoint {
    /// Where on the path, 0 (baseline) to 1 (input), and the weight in the sum.
    pub node: Node,
    /// The interpolated picture in the values that the network sees, `[channels * height * width]`, CHW.
    pub picture: Vec<f32>,
    /// The target's logit for it.
    pub logit: f32,
    /// Gradient at this point times (input - baseline), channels added up, `[height * width]`, signed: how fast each
    /// pixel raises the logit here, in units of the logit per length of the path.
    pub gradient: Vec<f32>,
    /// Weighted sum of `gradient` over the points up to this one, `[height * width]`, in units of the logit.
    pub running_sum: Vec<f32>,
}

impl PathTrace {
    /// Shows the points of an integral of which no step is done yet.
    pub fn new(integral: PathIntegral) -> Self {
        Self {
            integral,
            ends: None,
            sums: Vec::new(),
        }
    }

    /// Points done.
    pub fn done(&self) -> usize {
        self.integral.done()
    }

    /// Points in all.
    pub fn total(&self) -> usize {
        self.integral.total()
    }

    /// The next point, once the device has computed it; `None` after the last.
    ///
    /// # Errors
    ///
    /// Those of [`PathIntegral::advance`], a failing device, and numbers that are not finite.
    pub async fn advance<F>(&mut self, model: &F) -> Result<Option<TracePoint>, AttributionError>
    where
        F: Fn(Tensor<4>) -> Tensor<2>,
    {
        let Some(node) = self.integral.nodes().get(self.integral.done()).copied() else {
            return Ok(None);
        };
        if self.ends.is_none() {
            self.ends = Some(self.integral.ends().await?);
        }
        let Some(evaluated) = self.integral.evaluate(model, 1)? else {
            return Ok(None);
        };
        let logit = read(evaluated.logits).await?.first().copied();
        let logit = logit.filter(|logit| logit.is_finite());
        let gradients = read(evaluated.gradients).await?;
        let [_, height, width] = self.integral.shape();
        let (Some([input, baseline]), Some(logit)) = (&self.ends, logit) else {
            return Err(AttributionError::NotFinite);
        };

        let plane = height * width;
        let mut contributions = vec![0.0; plane];
        let differences = input
            .iter()
            .zip(baseline)
            .map(|(x, b)| f64::from(*x) - f64::from(*b));
        for (index, (gradient, difference)) in gradients.iter().zip(differences).enumerate() {
            contributions[index % plane] += f64::from(*gradient) * difference;
        }
        self.sums.resize(plane, 0.0);
        for (sum, contribution) in self.sums.iter_mut().zip(&contributions) {
            *sum += node.weight * contribution;
        }
        if !self.sums.iter().all(|sum| sum.is_finite()) {
            return Err(AttributionError::NotFinite);
        }
        let position = node.position as f32;
        let ends = input.iter().zip(baseline);
        Ok(Some(TracePoint {
            node,
            picture: ends.map(|(x, b)| b + position * (x - b)).collect(),
            logit,
            gradient: contributions.iter().map(|value| *value as f32).collect(),
            running_sum: self.sums.iter().map(|value| *value as f32).collect(),
        }))
    }

    /// The attribution, with the logits of both ends of the path.
    ///
    /// # Errors
    ///
    /// Those of [`PathIntegral::finish`].
    pub async fn finish<F>(self, model: &F) -> Result<Attribution, AttributionError>
    where
        F: Fn(Tensor<4>) -> Tensor<2>,
    {
        self.integral.finish(model).await
    }
}
