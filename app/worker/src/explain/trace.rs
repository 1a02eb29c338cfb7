//! `Trace`: Integrated Gradients point by point, for one network.

use std::rc::Rc;

use genoderm_model::{
    attribution::{self, HeatMap, PathTrace, Sign},
    preprocess::ContentBox,
};
use genoderm_protocol::{
    ExplainSettings, Failure, FailureKind, Phase, Trace, TracePoint, envelope,
};
use js_sys::ArrayBuffer;

use super::{
    frames::{MapFrames, PictureFrames},
    plan::{Plan, bad},
};
use crate::{
    failures,
    job::Job,
    network::Seat,
    pool::{Done, Listener, Report, Task},
    session::Session,
};

/// Bytes of one buffer of frames that are refused as a mistake; a trace of 64 points at 448 pixels has 51 million.
const MAX_BUFFER_BYTES: u64 = 1 << 29;

impl Session {
    /// Traces the path to the photograph that was classified last.
    ///
    /// # Errors
    /// As [`Session::explain`].
    pub(crate) async fn trace(
        &self,
        settings: ExplainSettings,
        points: usize,
        job: &Job,
    ) -> Result<(Trace, Vec<ArrayBuffer>), Failure> {
        let outcome = if self.pool.is_empty() {
            self.compute_trace(settings, points, job).await
        } else {
            self.trace_by_member(settings, points, job).await
        };
        self.clean_device();
        outcome
    }

    async fn compute_trace(
        &self,
        mut settings: ExplainSettings,
        points: usize,
        job: &Job,
    ) -> Result<(Trace, Vec<ArrayBuffer>), Failure> {
        let (bundle, device) = self.loaded()?;
        let photo = self.classified_photo(&settings.set)?;
        let (least, most) = (
            ExplainSettings::MIN_TRACE_POINTS,
            ExplainSettings::MAX_TRACE_POINTS,
        );
        if !(least..=most).contains(&points) {
            return Err(bad(format!(
                "{points} points; a trace has {least} to {most}"
            )));
        }
        let pixels = u64::from(photo.content.width) * u64::from(photo.content.height);
        if pixels * points as u64 * 4 > MAX_BUFFER_BYTES {
            return Err(bad(format!("{points} points of {pixels} pixels")));
        }
        settings.steps = points;
        let plan = Plan::new(self.backend, bundle, &settings)?;
        let (attribution::Method::IntegratedGradients(method), Some(network)) =
            (&plan.method, plan.networks.first())
        else {
            return Err(bad(format!(
                "{} has no path to trace; only integrated-gradients has",
                plan.method
            )));
        };
        settings.folds = Some(vec![network.fold]);
        let preprocessing = &bundle.manifest.preprocessing;
        let autodiff = device.device.clone().autodiff();
        let (input, baseline) = plan.tensors(preprocessing, &photo.square, &autodiff)?;
        let integral = method.start(input, baseline, plan.target);
        let mut path = PathTrace::new(integral.map_err(failures::attribution)?);

        let layers = network.here()?.layers();
        let forward = |images| layers.forward(images);
        let total = path.total() as u64;
        let side = photo.square.width() as usize;
        let mut frames = Frames::new(points as u32, photo.content);
        job.progress(Phase::Explaining, 0, total, None);
        while let Some(point) = path
            .advance(&forward)
            .await
            .map_err(failures::attribution)?
        {
            let rgba = preprocessing.rgba(&point.picture);
            frames
                .add(&point, &rgba, side)
                .map_err(failures::attribution)?;
            job.progress(Phase::Explaining, path.done() as u64, total, None);
            job.breathe().await?;
        }
        let attribution = path.finish(&forward).await;
        let attribution = attribution.map_err(failures::attribution)?;
        let (scale, points, buffers) = frames.finish();
        let completeness = attribution.completeness;
        let trace = Trace {
            settings,
            fold: network.fold,
            width: photo.content.width,
            height: photo.content.height,
            scale,
            points,
            logit: attribution.logit_input,
            baseline_logit: completeness.map_or(0.0, |found| found.logit_baseline),
            completeness_gap: completeness.map_or(0.0, |found| found.gap),
            total_ms: job.ms(),
        };
        Ok((trace, buffers))
    }
}

impl Session {
    /// Has a member that holds the network do it.
    async fn trace_by_member(
        &self,
        mut settings: ExplainSettings,
        points: usize,
        job: &Job,
    ) -> Result<(Trace, Vec<ArrayBuffer>), Failure> {
        let (bundle, _) = self.loaded()?;
        let photo = self.classified_photo(&settings.set)?;
        let plan = Plan::new(self.backend, bundle, &settings)?;
        let network = plan.networks.first();
        let network = network.ok_or_else(|| bad("no fold to trace".into()))?;
        let Seat::Members(members) = &network.seat else {
            return Err(Failure::new(
                FailureKind::Internal,
                "a network of no member",
            ));
        };
        settings.folds = Some(vec![network.fold]);
        let task = Task::Trace {
            settings,
            points,
            content: photo.content.into(),
        };
        let progress = job.clone();
        let listener: Listener = Rc::new(move |report, _| {
            if let Report::Progress { done, .. } = report {
                progress.progress(Phase::Explaining, *done, points as u64, None);
            }
        });
        let pixels = envelope::buffer_of(photo.square.pixels());
        let pool = &self.pool;
        let reply = pool.ask_listening(members.start, &task, &[pixels], Some(listener));
        match reply.answer().await? {
            (Done::Trace { trace }, frames) => {
                let total_ms = job.ms();
                Ok((Trace { total_ms, ..*trace }, frames))
            }
            (other, _) => Err(Failure::new(FailureKind::Internal, format!("{other:?}"))),
        }
    }
}

/// The frames so far, and what will scale them.
struct Frames {
    content: ContentBox,
    pictures: PictureFrames,
    gradients: MapFrames,
    sums: MapFrames,
    points: Vec<TracePoint>,
    /// The largest scale of a frame.
    scale: f32,
}

impl Frames {
    fn new(count: u32, content: ContentBox) -> Self {
        let pixels = content.width * content.height;
        Self {
            content,
            pictures: PictureFrames::new(count, content),
            gradients: MapFrames::new(count, pixels),
            sums: MapFrames::new(count, pixels),
            points: Vec::with_capacity(count as usize),
            scale: 0.0,
        }
    }

    fn add(
        &mut self,
        point: &attribution::TracePoint,
        rgba: &[u8],
        side: usize,
    ) -> Result<(), attribution::AttributionError> {
        let index = self.points.len() as u32;
        self.pictures.set(index, rgba, side);
        for (frames, values) in [
            (&self.gradients, &point.gradient),
            (&self.sums, &point.running_sum),
        ] {
            let map = HeatMap::from_values(values, [1, side, side])?.crop(self.content)?;
            self.scale = self.scale.max(map.scale(Sign::All));
            frames.set(index, map.values());
        }
        self.points.push(TracePoint {
            position: point.node.position,
            weight: point.node.weight,
            logit: point.logit,
        });
        Ok(())
    }

    /// The common scale, the points, and the buffers with values in its units.
    fn finish(self) -> (f32, Vec<TracePoint>, Vec<ArrayBuffer>) {
        let count = self.points.len() as u32;
        for frames in [&self.gradients, &self.sums] {
            frames.divide(count, self.scale);
        }
        let buffers = vec![
            self.pictures.buffer(),
            self.gradients.buffer(),
            self.sums.buffer(),
        ];
        (self.scale, self.points, buffers)
    }
}
