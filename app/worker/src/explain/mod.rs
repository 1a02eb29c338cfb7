//! `Explain` and `Trace`: which pixels mattered for one label, and how such a map comes about.
//! A request becomes a plan, checked before anything is computed; all methods run through one loop, chunk by chunk, so
//! that progress, refinements and cancelling are the same for all. With a pool its members run that loop, each for a part
//! of the work.

mod draw;
mod frames;
mod plan;
mod refine;
mod shared;
mod trace;

use genoderm_model::attribution::{Attribution, Computation, HeatMap};
use genoderm_protocol::{ExplainSettings, Explanation, Failure, FailureKind};
use js_sys::ArrayBuffer;

use crate::{
    failures, job::Job, network::Network, prepared::PreparedPhoto, session::LoadedBundle,
    session::Session,
};
use plan::Plan;
use refine::{Growth, OnePart, Watch};

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
        let outcome = self.compute_explanation(settings, job).await;
        // Gradients take many times the memory of a classification, which may be all that follows.
        self.clean_device();
        outcome
    }

    async fn compute_explanation(
        &self,
        settings: ExplainSettings,
        job: &Job,
    ) -> Result<(Explanation, Vec<ArrayBuffer>), Failure> {
        let (bundle, _) = self.loaded()?;
        let photo = self.classified_photo(&settings.set)?;
        let plan = Plan::new(self.backend, bundle, &settings)?;
        let attributions = if self.pool.is_empty() {
            self.attribute_here(bundle, &plan, photo, &settings, job)
                .await?
        } else {
            self.attribute_by_members(bundle, &plan, photo, &settings, job)
                .await?
        };
        // Raw attributions are averaged before they are scaled, never as pictures.
        let heat = HeatMap::mean(&attributions)
            .and_then(|heat| heat.crop(photo.content))
            .map_err(failures::attribution)?;
        let buffers = draw::buffers(&heat, settings.sign);
        let explanation = draw::answer(settings, &plan, &attributions, &heat, job.ms());
        Ok((explanation, buffers))
    }

    /// The attribution of each network, one after the other.
    async fn attribute_here(
        &self,
        bundle: &LoadedBundle,
        plan: &Plan<'_>,
        photo: &PreparedPhoto,
        settings: &ExplainSettings,
        job: &Job,
    ) -> Result<Vec<Attribution>, Failure> {
        let (_, device) = self.loaded()?;
        let autodiff = device.device.clone().autodiff();
        let preprocessing = &bundle.manifest.preprocessing;
        let (input, baseline) = plan.tensors(preprocessing, &photo.square, &autodiff)?;
        let start = |_| {
            plan.method
                .start(input.clone(), baseline.clone(), plan.target)
                .map_err(failures::attribution)
        };
        let computations: Vec<_> = plan.networks.iter().map(start).collect::<Result<_, _>>()?;
        let total = computations.iter().map(|one| one.total() as u64).sum();
        let (content, sign) = (photo.content, settings.sign);
        let networks = 0..plan.networks.len();
        let growth = Growth::new(job, content, sign, settings.refine, total, networks);
        let mut attributions = Vec::with_capacity(plan.networks.len());
        for (part, (network, computation)) in plan.networks.iter().zip(computations).enumerate() {
            let watch = OnePart {
                growth: &growth,
                part,
            };
            let found = drive(network.here()?, computation, plan.chunk, &watch, job).await?;
            attributions.push(found);
        }
        Ok(attributions)
    }

    /// What the networks of a set see of the photograph that was classified last.
    fn classified_photo(&self, set: &str) -> Result<&PreparedPhoto, Failure> {
        let photos = self.photo.as_ref();
        photos
            .map(|photos| photos.of(set))
            .ok_or_else(|| Failure::new(FailureKind::NoPhoto, ""))
    }
}

/// Does a computation to its end.
async fn drive(
    network: &Network,
    mut computation: Computation,
    chunk: usize,
    watch: &dyn Watch,
    job: &Job,
) -> Result<Attribution, Failure> {
    let total = computation.total() as u64;
    while (computation.done() as u64) < total {
        computation
            .advance(network.layers(), chunk)
            .map_err(failures::attribution)?;
        computation
            .synchronise()
            .await
            .map_err(failures::attribution)?;
        let done = computation.done() as u64;
        if watch.advanced(done, total) {
            let partial = computation.partial().await;
            if let Some(map) = partial.map_err(failures::attribution)? {
                watch.partial(map)?;
            }
        }
        job.breathe().await?;
    }
    let attribution = computation.finish(network.layers()).await;
    attribution.map_err(failures::attribution)
}
