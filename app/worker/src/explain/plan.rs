//! A request checked against the bundle, in the model's words.

use burn::tensor::{Device, Tensor, TensorData};
use genoderm_model::{
    attribution::{self, IntegratedGradients, Occlusion, SmoothGrad},
    preprocess::{Photo, Preprocessing},
};
use genoderm_protocol::{
    Backend, Baseline, ExplainSettings, Failure, FailureKind, Method, Quadrature,
};

use crate::{failures, network::LoadedNetwork, session::LoadedBundle};

/// What is to be computed.
pub(super) struct Plan<'a> {
    /// The networks to average over; at least one.
    pub networks: Vec<&'a LoadedNetwork>,
    /// Place of the label in the logits.
    pub target: usize,
    pub method: attribution::Method,
    /// Pictures that go through a network together.
    pub chunk: usize,
    baseline: attribution::Baseline,
}

impl<'a> Plan<'a> {
    /// Checks a request.
    ///
    /// # Errors
    /// [`FailureKind::BadRequest`] with one sentence on what is wrong.
    pub fn new(
        backend: Backend,
        bundle: &'a LoadedBundle,
        settings: &ExplainSettings,
    ) -> Result<Self, Failure> {
        let size = bundle.manifest.preprocessing.size;
        let method = method(settings, size as usize)?;
        let set = bundle.set(&settings.set)?;
        let target = bundle
            .manifest
            .labels
            .index_of(&settings.target)
            .ok_or_else(|| bad(format!("the bundle has no label {:?}", settings.target)))?;
        let networks = match &settings.folds {
            None => set.networks.iter().collect(),
            Some(folds) => folds
                .iter()
                .map(|fold| {
                    set.networks
                        .iter()
                        .find(|network| network.fold == *fold)
                        .ok_or_else(|| bad(format!("the set has no fold {fold}")))
                })
                .collect::<Result<Vec<_>, _>>()?,
        };
        if networks.is_empty() {
            return Err(bad("no fold to explain".into()));
        }
        Ok(Self {
            networks,
            target,
            method,
            chunk: chunk(backend, size),
            baseline: baseline(settings.baseline),
        })
    }

    /// The photograph and its baseline, `[1, 3, size, size]` each.
    ///
    /// # Errors
    /// Preprocessing that cannot be used, which a checked manifest does not have.
    pub fn tensors(
        &self,
        preprocessing: &Preprocessing,
        square: &Photo,
        device: &Device,
    ) -> Result<(Tensor<4>, Tensor<4>), Failure> {
        let side = square.width() as usize;
        let input = preprocessing.normalize(square);
        let baseline = self
            .baseline
            .values(&input, side, side, preprocessing.mean, preprocessing.std)
            .map_err(failures::attribution)?;
        let tensor =
            |values| Tensor::from_data(TensorData::new(values, [1, 3, side, side]), device);
        Ok((tensor(input), tensor(baseline)))
    }
}

/// A request that makes no sense.
pub(super) fn bad(detail: String) -> Failure {
    Failure::new(FailureKind::BadRequest, detail)
}

/// The method with its settings, checked, for networks whose input has this side.
fn method(settings: &ExplainSettings, side: usize) -> Result<attribution::Method, Failure> {
    if settings.steps > ExplainSettings::MAX_STEPS {
        return Err(bad(format!(
            "{} steps; at most {} are taken",
            settings.steps,
            ExplainSettings::MAX_STEPS
        )));
    }
    if settings.samples > ExplainSettings::MAX_SAMPLES {
        return Err(bad(format!(
            "{} samples; at most {} are taken",
            settings.samples,
            ExplainSettings::MAX_SAMPLES
        )));
    }
    let quadrature = quadrature(settings.quadrature);
    let method = match settings.method {
        Method::IntegratedGradients => {
            attribution::Method::IntegratedGradients(IntegratedGradients {
                steps: settings.steps,
                quadrature,
                ..IntegratedGradients::default()
            })
        }
        Method::SmoothGrad => attribution::Method::SmoothGrad(SmoothGrad {
            samples: settings.samples,
            noise: settings.noise,
            steps: settings.steps,
            quadrature,
            ..SmoothGrad::default()
        }),
        Method::GradCam => attribution::Method::GradCam,
        Method::Occlusion => attribution::Method::Occlusion(Occlusion::of_side(side)),
    };
    method.check().map_err(failures::attribution)?;
    Ok(method)
}

fn quadrature(rule: Quadrature) -> attribution::Quadrature {
    match rule {
        Quadrature::GaussLegendre => attribution::Quadrature::GaussLegendre,
        Quadrature::RiemannLeft => attribution::Quadrature::RiemannLeft,
        Quadrature::RiemannRight => attribution::Quadrature::RiemannRight,
        Quadrature::RiemannMiddle => attribution::Quadrature::RiemannMiddle,
        Quadrature::RiemannTrapezoid => attribution::Quadrature::RiemannTrapezoid,
    }
}

fn baseline(baseline: Baseline) -> attribution::Baseline {
    match baseline {
        Baseline::Zero => attribution::Baseline::Zero,
        Baseline::Black => attribution::Baseline::Black,
        Baseline::White => attribution::Baseline::White,
        Baseline::Blurred => attribution::Baseline::Blurred,
    }
}

/// Points of a path, or hidden squares, that go through the network together.
///
/// A batch keeps a graphics card busy, but every picture in it takes memory for its activations (a quarter of a
/// gigabyte for B4 at 448 pixels). The processor gains nothing, and answers cancelling sooner without. 5 divides the
/// usual numbers of steps and of squares (225), so that no batch of another size needs other shaders.
fn chunk(backend: Backend, size: u32) -> usize {
    match backend {
        Backend::Webgpu if size <= 256 => 5,
        _ => 1,
    }
}
