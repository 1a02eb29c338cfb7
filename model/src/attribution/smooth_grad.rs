//! SmoothGrad (Smilkov et al. 2017): the mean attribution over noisy copies of the picture.
//!
//! `attribution = 1/n * sum over i of IG(x + e_i)`, `e_i` Gaussian with standard deviation `noise * (max(x) - min(x))`.
//! The paper smooths the plain gradient; here each copy's attribution is its Integrated Gradients with few steps and the
//! baseline of the photograph, as captum's `NoiseTunnel(IntegratedGradients)` of type `smoothgrad` has it, so that values
//! are in units of the logit like those of the other methods.

use core::ops::Range;
use std::collections::VecDeque;

use burn::tensor::{Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::gradient::{read, require_autodiff, require_one_picture, target_logits, wait};
use super::noise::gaussian;
use super::{Attribution, AttributionError, Node, PathIntegral, Quadrature};

/// Most noisy copies that are accepted; the paper sees no gain beyond 50.
pub const MAX_SAMPLES: usize = 1000;

/// Strongest noise that is accepted, as a share of the picture's value range; the paper recommends 0.1 to 0.2.
pub const MAX_NOISE: f64 = 1.0;

/// Settings of SmoothGrad over Integrated Gradients: 8 copies with 10 gradients each by default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SmoothGrad {
    /// Noisy copies, 1 to [`MAX_SAMPLES`].
    pub samples: usize,
    /// Standard deviation of the noise as a share of the range of the picture's normalised values, 0 to [`MAX_NOISE`].
    pub noise: f64,
    /// Seed of the noise; the same seed gives the same noise on every device.
    pub seed: u64,
    /// Gradients along each copy's path.
    pub steps: usize,
    /// Where they are taken, and their weights.
    pub quadrature: Quadrature,
}

impl Default for SmoothGrad {
    fn default() -> Self {
        Self {
            samples: 8,
            noise: 0.1,
            seed: 0,
            steps: 10,
            quadrature: Quadrature::GaussLegendre,
        }
    }
}

impl SmoothGrad {
    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// No or too many samples; noise that is negative, too strong or no number; a step count that the rule refuses.
    pub fn check(&self) -> Result<(), AttributionError> {
        require_samples(self.samples)?;
        // A NaN is in no range.
        if !(0.0..=MAX_NOISE).contains(&self.noise) {
            return Err(AttributionError::Noise {
                noise: self.noise,
                max: MAX_NOISE,
            });
        }
        self.quadrature.nodes(self.steps).map(drop)
    }

    /// The computation of these settings, with no step done yet. `input` and `baseline` are
    /// `[1, channels, height, width]` on an autodiff device.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check) and of [`PathIntegral::new`].
    pub fn start(
        &self,
        input: Tensor<4>,
        baseline: Tensor<4>,
        target: usize,
    ) -> Result<NoiseTunnel, AttributionError> {
        self.start_copies(input, baseline, target, 0..self.samples)
    }

    /// [`start`](Self::start) for some of the copies only. Their sum is divided by the number of all: parts that cover
    /// all copies add up to the whole.
    pub(super) fn start_copies(
        &self,
        input: Tensor<4>,
        baseline: Tensor<4>,
        target: usize,
        copies: Range<usize>,
    ) -> Result<NoiseTunnel, AttributionError> {
        self.check()?;
        let source = Source::Seeded {
            seed: self.seed,
            level: self.noise,
        };
        let nodes = self.quadrature.nodes(self.steps)?;
        let mut tunnel = NoiseTunnel::new(input, baseline, source, self.samples, nodes, target)?;
        tunnel.copies = copies;
        Ok(tunnel)
    }
}

/// Where the noise of the copies comes from.
enum Source {
    Seeded {
        seed: u64,
        level: f64,
    },
    /// Tensors of the input's shape, taken from the front.
    Given(VecDeque<Tensor<4>>),
}

/// SmoothGrad in progress, driven like a [`PathIntegral`]. A step is one gradient of one copy.
pub struct NoiseTunnel {
    input: Tensor<4>,
    baseline: Tensor<4>,
    source: Source,
    /// Copies that the sum is divided by.
    samples: usize,
    /// Those of them that are computed here.
    copies: Range<usize>,
    nodes: Vec<Node>,
    target: usize,
    /// Copies that are complete, of those computed here.
    complete: usize,
    /// The copy that is not.
    current: Option<PathIntegral>,
    /// Sum of the complete copies' attributions, `[1, channels, height, width]`, without autodiff.
    sum: Option<Tensor<4>>,
}

impl NoiseTunnel {
    /// SmoothGrad with the noise itself given, one tensor of the input's shape per copy: for comparison with other
    /// implementations. Each copy's gradients are taken at `nodes`.
    ///
    /// # Errors
    ///
    /// No noise or too many tensors of it, shapes that differ, and those of [`PathIntegral::new`].
    pub fn with_noise(
        input: Tensor<4>,
        baseline: Tensor<4>,
        noise: Vec<Tensor<4>>,
        nodes: Vec<Node>,
        target: usize,
    ) -> Result<Self, AttributionError> {
        noise
            .iter()
            .try_for_each(|noise| require_one_picture(&input, noise))?;
        let samples = noise.len();
        let source = Source::Given(noise.into());
        Self::new(input, baseline, source, samples, nodes, target)
    }

    fn new(
        input: Tensor<4>,
        baseline: Tensor<4>,
        source: Source,
        samples: usize,
        nodes: Vec<Node>,
        target: usize,
    ) -> Result<Self, AttributionError> {
        require_samples(samples)?;
        require_one_picture(&input, &baseline)?;
        require_autodiff(&input)?;
        require_autodiff(&baseline)?;
        Ok(Self {
            input: input.detach(),
            baseline: baseline.detach(),
            source,
            samples,
            copies: 0..samples,
            nodes,
            target,
            complete: 0,
            current: None,
            sum: None,
        })
    }

    /// Gradients done, over all copies.
    pub fn done(&self) -> usize {
        let current = self.current.as_ref().map_or(0, PathIntegral::done);
        self.complete * self.nodes.len() + current
    }

    /// Gradients in all.
    pub fn total(&self) -> usize {
        self.copies.len() * self.nodes.len()
    }

    /// Takes the next `chunk` gradients (at least one, fewer at the end of a copy's path) in one batch.
    ///
    /// Does nothing once all are done.
    ///
    /// # Errors
    ///
    /// Those of [`PathIntegral::advance`].
    pub fn advance<F>(&mut self, model: &F, chunk: usize) -> Result<(), AttributionError>
    where
        F: Fn(Tensor<4>) -> Tensor<2>,
    {
        if self.complete == self.copies.len() {
            return Ok(());
        }
        let mut copy = match self.current.take() {
            Some(copy) => copy,
            None => self.next_copy()?,
        };
        copy.advance(model, chunk)?;
        if copy.done() < copy.total() {
            self.current = Some(copy);
            return Ok(());
        }
        self.sum = added(self.sum.take(), copy.contributions());
        self.complete += 1;
        Ok(())
    }

    /// Waits until the device has done what [`advance`](Self::advance) queued.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Device`] if the device failed.
    pub async fn synchronise(&self) -> Result<(), AttributionError> {
        match (&self.current, &self.sum) {
            (Some(copy), _) => copy.synchronise().await,
            (None, Some(sum)) => wait(sum).await,
            (None, None) => Ok(()),
        }
    }

    /// What has been summed so far as a share of all copies: `[channels * height * width]` values, CHW, in units of the
    /// logit; zeros before the first step. At the end it is the attribution.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Device`] if the device failed.
    pub async fn running_sum(&self) -> Result<Vec<f32>, AttributionError> {
        let current = self.current.as_ref().and_then(PathIntegral::contributions);
        match added(self.sum.clone(), current) {
            Some(sum) => read(sum / self.samples as f32).await,
            None => Ok(vec![0.0; self.input.dims().iter().product()]),
        }
    }

    /// The mean attribution of all copies, with the logit of the picture without noise.
    ///
    /// It has no completeness: its values add up to the change of the noisy copies' mean logit, which nobody sees.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Unfinished`] before the last step; values that are not finite; a failing device.
    pub async fn finish<F>(self, model: &F) -> Result<Attribution, AttributionError>
    where
        F: Fn(Tensor<4>) -> Tensor<2>,
    {
        let (done, total) = (self.done(), self.total());
        if done < total {
            return Err(AttributionError::Unfinished { done, total });
        }
        let logit = target_logits(model(self.input.clone()), self.target, 1)?;
        let logit = read(logit).await?;
        let [_, channels, height, width] = self.input.dims();
        let values = self.running_sum().await?;
        let logit = logit.first().copied().unwrap_or(f32::NAN);
        Attribution::without_completeness(values, [channels, height, width], logit)
    }

    /// Channels, height and width.
    pub fn shape(&self) -> [usize; 3] {
        let [_, channels, height, width] = self.input.dims();
        [channels, height, width]
    }

    /// The path to the next noisy copy.
    fn next_copy(&mut self) -> Result<PathIntegral, AttributionError> {
        let number = self.copies.start + self.complete;
        let noise = match &mut self.source {
            Source::Given(noise) => noise.pop_front().ok_or(AttributionError::Samples {
                samples: self.complete,
                max: MAX_SAMPLES,
            })?,
            Source::Seeded { seed, level } => {
                let shape = self.input.dims();
                let values = gaussian(*seed, number as u64, shape.iter().product());
                let noise = Tensor::<4>::from_data(
                    TensorData::new(values, shape),
                    (&self.input.device(), self.input.dtype()),
                );
                // The range stays on the device: reading it would make starting asynchronous.
                let range = self.input.clone().max() - self.input.clone().min();
                noise * range.reshape([1, 1, 1, 1]) * (*level as f32)
            }
        };
        let copy = self.input.clone() + noise;
        PathIntegral::new(copy, self.baseline.clone(), self.nodes.clone(), self.target)
    }
}

fn require_samples(samples: usize) -> Result<(), AttributionError> {
    if (1..=MAX_SAMPLES).contains(&samples) {
        Ok(())
    } else {
        Err(AttributionError::Samples {
            samples,
            max: MAX_SAMPLES,
        })
    }
}

/// The sum of what is there.
fn added(a: Option<Tensor<4>>, b: Option<Tensor<4>>) -> Option<Tensor<4>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}
