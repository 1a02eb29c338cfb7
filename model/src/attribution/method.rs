//! Every method behind one interface, for programs that let their reader choose.

use core::fmt;
use core::ops::{ControlFlow, Range};

use burn::tensor::Tensor;

use super::{
    Attribution, AttributionError, GradCam, HeatMap, IntegratedGradients, NoiseTunnel, Occlusion,
    OcclusionScan, PathIntegral, SmoothGrad,
};
use crate::efficientnet::FoldedEfficientNet;

/// A method with its settings.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// Gradients along the path from the baseline.
    IntegratedGradients(IntegratedGradients),
    /// The mean of Integrated Gradients over noisy copies.
    SmoothGrad(SmoothGrad),
    /// The last feature maps, weighted by their gradients. Has no settings and no baseline.
    GradCam,
    /// The fall of the logit under a sliding window.
    Occlusion(Occlusion),
}

impl Method {
    /// Name in messages and files: `integrated-gradients`, `smooth-grad`, `grad-cam`, `occlusion`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::IntegratedGradients(_) => "integrated-gradients",
            Self::SmoothGrad(_) => "smooth-grad",
            Self::GradCam => "grad-cam",
            Self::Occlusion(_) => "occlusion",
        }
    }

    /// Checks the settings as far as that is possible without a picture.
    ///
    /// # Errors
    ///
    /// Steps, samples or noise out of range.
    pub fn check(&self) -> Result<(), AttributionError> {
        match self {
            Self::IntegratedGradients(settings) => {
                settings.quadrature.nodes(settings.steps).map(drop)
            }
            Self::SmoothGrad(settings) => settings.check(),
            Self::GradCam | Self::Occlusion(_) => Ok(()),
        }
    }

    /// The computation for one network, with no step done yet.
    ///
    /// `input` and `baseline` are `[1, 3, height, width]` on an autodiff device.
    ///
    /// # Errors
    ///
    /// Settings that make no sense, and tensors that are not one picture on an autodiff device.
    pub fn start(
        &self,
        input: Tensor<4>,
        baseline: Tensor<4>,
        target: usize,
    ) -> Result<Computation, AttributionError> {
        let [.., height, width] = input.dims();
        let all = 0..self.pieces(height, width)?;
        self.start_part(input, baseline, target, all)
    }

    /// Pieces into which the work on one picture of this size can be cut: gradients of the path, noisy copies, hidden
    /// windows; Grad-CAM is one piece.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check).
    pub fn pieces(&self, height: usize, width: usize) -> Result<usize, AttributionError> {
        self.check()?;
        Ok(match self {
            Self::IntegratedGradients(settings) => settings.quadrature.nodes(settings.steps)?.len(),
            Self::SmoothGrad(settings) => settings.samples,
            Self::GradCam => 1,
            Self::Occlusion(settings) => settings.windows(height, width),
        })
    }

    /// Steps of one of the [`pieces`](Self::pieces), as [`Computation::total`] counts them.
    pub fn steps_of_piece(&self) -> usize {
        match self {
            // As many nodes as steps: all rules have that.
            Self::SmoothGrad(settings) => settings.steps,
            Self::IntegratedGradients(_) | Self::GradCam | Self::Occlusion(_) => 1,
        }
    }

    /// As [`start`](Self::start), for a range of the [`pieces`](Self::pieces): several devices may share the work.
    /// [`Attribution::of_parts`] makes a whole of what they [`finish`](Computation::finish). What a part says of its
    /// completeness is of no use by itself.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start); a range that is empty or reaches beyond the pieces.
    pub fn start_part(
        &self,
        input: Tensor<4>,
        baseline: Tensor<4>,
        target: usize,
        part: Range<usize>,
    ) -> Result<Computation, AttributionError> {
        let [.., height, width] = input.dims();
        let pieces = self.pieces(height, width)?;
        if part.is_empty() || part.end > pieces {
            return Err(AttributionError::Part {
                start: part.start,
                end: part.end,
                pieces,
            });
        }
        Ok(Computation(match self {
            Self::IntegratedGradients(settings) => {
                let nodes = settings.quadrature.nodes(settings.steps)?;
                let nodes = nodes.into_iter().skip(part.start).take(part.len());
                Kind::Path(PathIntegral::new(input, baseline, nodes.collect(), target)?)
            }
            Self::SmoothGrad(settings) => Kind::Noise(Box::new(
                settings.start_copies(input, baseline, target, part)?,
            )),
            Self::GradCam => Kind::Cam(GradCam::new(input, target)?),
            // Nothing is differentiated, so autodiff would only cost.
            Self::Occlusion(settings) => {
                let (input, baseline) = (plain(input), plain(baseline));
                Kind::Occlusion(settings.start_windows(input, baseline, target, part)?)
            }
        }))
    }

    /// Attributes logit `target` of one network, `chunk` pictures per batch.
    ///
    /// `progress(done, total)` is called before the first step and after every chunk, once the device has really done
    /// it; answering `Break` stops the computation.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Cancelled`] on `Break`, else those of [`start`](Self::start) and of a failing device.
    pub async fn attribute(
        &self,
        network: &FoldedEfficientNet,
        input: Tensor<4>,
        baseline: Tensor<4>,
        target: usize,
        chunk: usize,
        progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Attribution, AttributionError> {
        let mut computation = self.start(input, baseline, target)?;
        loop {
            if progress(computation.done(), computation.total()).is_break() {
                return Err(AttributionError::Cancelled);
            }
            if computation.done() == computation.total() {
                return computation.finish(network).await;
            }
            computation.advance(network, chunk)?;
            computation.synchronise().await?;
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A method at work on one network, driven like a [`PathIntegral`].
pub struct Computation(Kind);

enum Kind {
    Path(PathIntegral),
    // Much larger than the others.
    Noise(Box<NoiseTunnel>),
    Cam(GradCam),
    Occlusion(OcclusionScan),
}

impl Computation {
    /// Steps done: gradients, or hidden windows.
    pub fn done(&self) -> usize {
        match &self.0 {
            Kind::Path(path) => path.done(),
            Kind::Noise(tunnel) => tunnel.done(),
            Kind::Cam(cam) => cam.done(),
            Kind::Occlusion(scan) => scan.done(),
        }
    }

    /// Steps in all.
    pub fn total(&self) -> usize {
        match &self.0 {
            Kind::Path(path) => path.total(),
            Kind::Noise(tunnel) => tunnel.total(),
            Kind::Cam(cam) => cam.total(),
            Kind::Occlusion(scan) => scan.total(),
        }
    }

    /// Does the next `chunk` steps (at least one, fewer at the end) in one batch.
    ///
    /// # Errors
    ///
    /// A target that the network does not have, or a device without gradients.
    pub fn advance(
        &mut self,
        network: &FoldedEfficientNet,
        chunk: usize,
    ) -> Result<(), AttributionError> {
        let forward = |images| network.forward(images);
        match &mut self.0 {
            Kind::Path(path) => path.advance(&forward, chunk),
            Kind::Noise(tunnel) => tunnel.advance(&forward, chunk),
            Kind::Cam(cam) => cam.advance(&|images| network.feature_maps(images), &|maps| {
                network.classify_maps(maps)
            }),
            Kind::Occlusion(scan) => scan.advance(&forward, chunk),
        }
    }

    /// Waits until the device has done what [`advance`](Self::advance) queued.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Device`] if the device failed.
    pub async fn synchronise(&mut self) -> Result<(), AttributionError> {
        match &mut self.0 {
            Kind::Path(path) => path.synchronise().await,
            Kind::Noise(tunnel) => tunnel.synchronise().await,
            Kind::Cam(cam) => cam.synchronise().await,
            Kind::Occlusion(scan) => scan.synchronise().await,
        }
    }

    /// The map as far as it has come, to be shown while it grows; after the last step that of the attribution itself.
    /// `None` for Grad-CAM, which has nothing between nothing and all.
    ///
    /// # Errors
    ///
    /// A failing device, and values that are not finite.
    pub async fn partial(&self) -> Result<Option<HeatMap>, AttributionError> {
        let (values, shape) = match &self.0 {
            Kind::Path(path) => (path.running_sum().await?, path.shape()),
            Kind::Noise(tunnel) => (tunnel.running_sum().await?, tunnel.shape()),
            Kind::Cam(_) => return Ok(None),
            Kind::Occlusion(scan) => (scan.running_mean(), [1, scan.height(), scan.width()]),
        };
        HeatMap::from_values(&values, shape).map(Some)
    }

    /// The attribution.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Unfinished`] before the last step; values that are not finite; a failing device.
    pub async fn finish(
        self,
        network: &FoldedEfficientNet,
    ) -> Result<Attribution, AttributionError> {
        let forward = |images| network.forward(images);
        match self.0 {
            Kind::Path(path) => path.finish(&forward).await,
            Kind::Noise(tunnel) => tunnel.finish(&forward).await,
            Kind::Cam(cam) => cam.finish().await,
            Kind::Occlusion(scan) => scan.finish().await,
        }
    }
}

/// The tensor without autodiff.
fn plain(tensor: Tensor<4>) -> Tensor<4> {
    if tensor.is_autodiff() {
        tensor.inner()
    } else {
        tensor
    }
}
