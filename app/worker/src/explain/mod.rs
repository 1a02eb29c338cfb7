//! `Explain` and `Trace`: which pixels mattered for one label, and how such a map comes about.
//! A request becomes a plan, checked before anything is computed; all methods run through one loop, chunk by chunk, so
//! that progress, refinements and cancelling are the same for all.

mod draw;
mod frames;
mod plan;
mod refine;
mod trace;

use genoderm_model::attribution::{Attribution, HeatMap};
use genoderm_protocol::{ExplainSettings, Explanation, Failure, FailureKind, Phase};
use js_sys::ArrayBuffer;

use crate::{failures, job::Job, prepared::PreparedPhoto, session::Session};
use plan::Plan;
use refine::Refiner;

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
        let (bundle, device) = self.loaded()?;
        let photo = self.classified_photo(&settings.set)?;
        let plan = Plan::new(self.backend, bundle, &settings)?;
        let autodiff = device.device.clone().autodiff();
        let (input, baseline) = plan.tensors(&bundle.manifest.preprocessing, photo, &autodiff)?;
        let start = |_| {
            plan.method
                .start(input.clone(), baseline.clone(), plan.target)
                .map_err(failures::attribution)
        };
        let computations = plan.networks.iter().map(start);
        let computations: Vec<_> = computations.collect::<Result<_, _>>()?;

        let total: u64 = computations.iter().map(|one| one.total() as u64).sum();
        let mut done = 0;
        let mut attributions: Vec<Attribution> = Vec::with_capacity(plan.networks.len());
        let mut refiner = settings
            .refine
            .then(|| Refiner::new(job, photo.content, settings.sign));
        job.progress(Phase::Explaining, done, total, None);
        for (network, mut computation) in plan.networks.iter().zip(computations) {
            while computation.done() < computation.total() {
                let before = computation.done();
                computation
                    .advance(network.layers(), plan.chunk)
                    .map_err(failures::attribution)?;
                computation
                    .synchronise()
                    .await
                    .map_err(failures::attribution)?;
                done += (computation.done() - before) as u64;
                job.progress(Phase::Explaining, done, total, None);
                if let Some(refiner) = &mut refiner {
                    refiner.offer(&computation, done, total).await?;
                }
                job.breathe().await?;
            }
            let attribution = computation.finish(network.layers()).await;
            let attribution = attribution.map_err(failures::attribution)?;
            if let Some(refiner) = &mut refiner {
                refiner.complete(&attribution)?;
            }
            attributions.push(attribution);
        }
        // Raw attributions are averaged before they are scaled, never as pictures.
        let heat = HeatMap::mean(&attributions)
            .and_then(|heat| heat.crop(photo.content))
            .map_err(failures::attribution)?;
        let buffers = draw::buffers(&heat, settings.sign);
        let explanation = draw::answer(settings, &plan, &attributions, &heat, job.ms());
        Ok((explanation, buffers))
    }

    /// What the networks of a set see of the photograph that was classified last.
    fn classified_photo(&self, set: &str) -> Result<&PreparedPhoto, Failure> {
        let photos = self.photo.as_ref();
        photos
            .map(|photos| photos.of(set))
            .ok_or_else(|| Failure::new(FailureKind::NoPhoto, ""))
    }
}
