//! `Explain`: Integrated Gradients of one label, averaged over folds.

use burn::tensor::{Device, Tensor, TensorData};
use genoderm_model::{
    attribution::{self, Attribution, HeatMap, IntegratedGradients},
    preprocess::{ContentBox, Photo, Preprocessing},
};
use genoderm_protocol::{
    Backend, Baseline, ExplainSettings, Explanation, Failure, FailureKind, FoldExplanation, Phase,
    Quadrature, Sign, envelope,
};
use js_sys::ArrayBuffer;

use crate::{
    failures,
    job::Job,
    network::Network,
    session::{LoadedBundle, Session},
};

impl Session {
    /// Explains the photograph that was classified last.
    ///
    /// # Errors
    /// [`FailureKind::NoPhoto`], [`FailureKind::BadRequest`], or failures of the device.
    pub(crate) async fn explain(
        &self,
        settings: ExplainSettings,
        job: &Job,
    ) -> Result<(Explanation, Vec<ArrayBuffer>), Failure> {
        let (bundle, device) = self.loaded()?;
        let photo = self
            .photo
            .as_ref()
            .ok_or_else(|| Failure::new(FailureKind::NoPhoto, ""))?
            .of(&settings.set);
        let plan = Plan::new(self.backend, bundle, &settings)?;
        let autodiff = device.device.clone().autodiff();
        let preprocessing = &bundle.manifest.preprocessing;
        let input = preprocessing
            .tensor(&photo.square, &autodiff)
            .map_err(failures::photo)?;
        let baseline = plan.baseline_tensor(preprocessing, &photo.square, &autodiff)?;

        let total = (plan.method.steps * plan.networks.len()) as u64;
        let mut done = 0;
        let mut attributions: Vec<Attribution> = Vec::with_capacity(plan.networks.len());
        job.progress(Phase::Explaining, done, total, None);
        for network in &plan.networks {
            let forward = |images| network.forward(images);
            let mut integral = plan
                .method
                .start(input.clone(), baseline.clone(), plan.target)
                .map_err(failures::attribution)?;
            while integral.done() < integral.total() {
                let before = integral.done();
                integral
                    .advance(&forward, plan.method.chunk)
                    .map_err(failures::attribution)?;
                integral
                    .synchronise()
                    .await
                    .map_err(failures::attribution)?;
                done += (integral.done() - before) as u64;
                job.progress(Phase::Explaining, done, total, None);
                job.breathe().await?;
            }
            let attribution = integral.finish(&forward).await;
            attributions.push(attribution.map_err(failures::attribution)?);
        }
        // Gradients take many times the memory of a classification, which may be all that follows.
        self.clean_device();
        draw(settings, &plan, &attributions, photo.content, job)
    }
}

/// A request that was checked against the bundle.
struct Plan<'a> {
    networks: Vec<&'a Network>,
    target: usize,
    method: IntegratedGradients,
    baseline: attribution::Baseline,
}

impl<'a> Plan<'a> {
    fn new(
        backend: Backend,
        bundle: &'a LoadedBundle,
        settings: &ExplainSettings,
    ) -> Result<Self, Failure> {
        let bad = |detail: String| Failure::new(FailureKind::BadRequest, detail);
        if settings.steps > ExplainSettings::MAX_STEPS {
            return Err(bad(format!("{} steps", settings.steps)));
        }
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
            method: IntegratedGradients {
                steps: settings.steps,
                quadrature: quadrature(settings.quadrature),
                chunk: chunk(backend, bundle.manifest.preprocessing.size),
            },
            baseline: baseline(settings.baseline),
        })
    }

    fn baseline_tensor(
        &self,
        preprocessing: &Preprocessing,
        square: &Photo,
        device: &Device,
    ) -> Result<Tensor<4>, Failure> {
        let side = square.width() as usize;
        let input = preprocessing.normalize(square);
        let values = self
            .baseline
            .values(&input, side, side, preprocessing.mean, preprocessing.std)
            .map_err(failures::attribution)?;
        Ok(Tensor::from_data(
            TensorData::new(values, [1, 3, side, side]),
            device,
        ))
    }
}

/// From raw attributions to what the page shows. They are averaged before they are scaled, never as pictures.
fn draw(
    mut settings: ExplainSettings,
    plan: &Plan<'_>,
    attributions: &[Attribution],
    content: ContentBox,
    job: &Job,
) -> Result<(Explanation, Vec<ArrayBuffer>), Failure> {
    let heat = HeatMap::mean(attributions)
        .and_then(|heat| heat.crop(content))
        .map_err(failures::attribution)?;
    let folds: Vec<FoldExplanation> = plan
        .networks
        .iter()
        .zip(attributions)
        .map(|(network, attribution)| FoldExplanation {
            fold: network.fold,
            logit: attribution.logit_input,
            baseline_logit: attribution.logit_baseline,
            completeness_gap: attribution.completeness_gap,
        })
        .collect();
    let rgba = heat.rgba(match settings.sign {
        Sign::Both => attribution::Sign::All,
        Sign::Positive => attribution::Sign::Positive,
    });
    let values: Vec<u8> = heat
        .scaled(attribution::Sign::All)
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    settings.folds = Some(folds.iter().map(|fold| fold.fold).collect());
    let explanation = Explanation {
        settings,
        width: heat.width() as u32,
        height: heat.height() as u32,
        logit: folds.iter().map(|fold| fold.logit).sum::<f32>() / folds.len() as f32,
        completeness_gap: folds
            .iter()
            .map(|fold| fold.completeness_gap)
            .fold(0.0, f32::max),
        folds,
        total_ms: job.ms(),
    };
    Ok((
        explanation,
        vec![envelope::buffer_of(&rgba), envelope::buffer_of(&values)],
    ))
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

/// Points of the path that go through the network together.
///
/// A batch keeps a graphics card busy, but every picture in it takes memory for its activations (a quarter of a
/// gigabyte for B4 at 448 pixels). The processor gains nothing, and answers cancelling sooner without. 5 divides the
/// usual numbers of steps, so that no batch of another size needs other shaders.
fn chunk(backend: Backend, size: u32) -> usize {
    match backend {
        Backend::Webgpu if size <= 256 => 5,
        _ => 1,
    }
}
