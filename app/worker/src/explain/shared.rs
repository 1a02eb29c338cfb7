//! An attribution by the members of the pool: parts are handed out, their maps put together while they grow, and what they
//! found added up.

use std::{ops::Range, rc::Rc};

use genoderm_model::{
    attribution::{Attribution, HeatMap},
    preprocess::Photo,
};
use genoderm_protocol::{ExplainSettings, Failure, FailureKind, Phase, envelope};
use js_sys::ArrayBuffer;

use super::{
    drive,
    plan::Plan,
    refine::{Growth, Pace, Watch},
};
use crate::{
    failures,
    job::Job,
    pool::{self, Done, Listener, Report, Task},
    prepared::PreparedPhoto,
    session::{LoadedBundle, Session},
};

impl Session {
    /// The attribution of each network of a plan.
    pub(super) async fn attribute_by_members(
        &self,
        bundle: &LoadedBundle,
        plan: &Plan<'_>,
        photo: &PreparedPhoto,
        settings: &ExplainSettings,
        job: &Job,
    ) -> Result<Vec<Attribution>, Failure> {
        let set = bundle.set(&settings.set)?;
        let side = photo.square.width() as usize;
        let pieces = plan
            .method
            .pieces(side, side)
            .map_err(failures::attribution)?;
        let alone = plan.networks.len() < set.total;
        // For each network its parts: the member, and the pieces.
        let cut = |fold: usize| {
            let place = set.networks.iter().position(|known| known.fold == fold);
            let place = place.unwrap_or_default();
            pool::parts(pieces, place, set.total, self.pool.len(), alone)
        };
        let parts: Vec<_> = plan.networks.iter().map(|one| cut(one.fold)).collect();
        let steps = pieces * plan.method.steps_of_piece() * plan.networks.len();
        let owners = parts.iter().enumerate();
        let owners = owners.flat_map(|(network, parts)| parts.iter().map(move |_| network));
        let growth = Rc::new(Growth::new(
            job,
            photo.content,
            settings.sign,
            settings.refine,
            steps as u64,
            owners,
        ));
        let mut number = 0;
        let mut replies = Vec::new();
        for (network, parts) in plan.networks.iter().zip(&parts) {
            for (member, part) in parts {
                let task = Task::Attribute {
                    settings: ExplainSettings {
                        folds: Some(vec![network.fold]),
                        ..settings.clone()
                    },
                    first: part.start,
                    end: part.end,
                };
                let pixels = envelope::buffer_of(photo.square.pixels());
                let listener = listener(Rc::clone(&growth), number, side);
                let reply = self
                    .pool
                    .ask_listening(*member, &task, &[pixels], Some(listener));
                replies.push(reply);
                number += 1;
            }
        }
        let mut answers = pool::all(replies).await?.into_iter();
        let whole = |parts: &Vec<(usize, Range<usize>)>| {
            let found = answers.by_ref().take(parts.len()).map(attribution_of);
            let found: Vec<Attribution> = found.collect::<Result<_, _>>()?;
            Attribution::of_parts(found).map_err(failures::attribution)
        };
        parts.iter().map(whole).collect()
    }

    /// Inside a member: some pieces of the work on one network. `tell` gets the map of them as it grows.
    ///
    /// # Errors
    /// A request that makes no sense; failures of the device.
    pub(crate) async fn attribute_part(
        &self,
        settings: &ExplainSettings,
        square: &Photo,
        part: Range<usize>,
        job: &Job,
        tell: &dyn Fn(&HeatMap),
    ) -> Result<Attribution, Failure> {
        let (bundle, device) = self.loaded()?;
        let plan = Plan::new(self.backend, bundle, settings)?;
        let network = plan.networks.first();
        let network = network.ok_or_else(|| Failure::new(FailureKind::BadRequest, "no network"))?;
        let autodiff = device.device.clone().autodiff();
        let (input, baseline) = plan.tensors(&bundle.manifest.preprocessing, square, &autodiff)?;
        let computation = plan
            .method
            .start_part(input, baseline, plan.target, part)
            .map_err(failures::attribution)?;
        let watch = Telling {
            job,
            refine: settings.refine,
            pace: Pace::start(),
            tell,
        };
        drive(network.here()?, computation, plan.chunk, &watch, job).await
    }
}

/// Tells the engine how a part grows.
struct Telling<'a> {
    job: &'a Job,
    refine: bool,
    pace: Pace,
    tell: &'a dyn Fn(&HeatMap),
}

impl Watch for Telling<'_> {
    fn advanced(&self, done: u64, total: u64) -> bool {
        self.job.progress(Phase::Explaining, done, total, None);
        // The end of the part is told in any case: others are at work still.
        self.refine && (self.pace.is_due() || done == total)
    }

    fn partial(&self, map: HeatMap) -> Result<(), Failure> {
        (self.tell)(&map);
        self.pace.begin_anew();
        Ok(())
    }
}

/// Puts what a part's member says into the growing whole.
fn listener(growth: Rc<Growth>, part: usize, side: usize) -> Listener {
    Rc::new(
        move |report: &Report, buffers: &[ArrayBuffer]| match report {
            Report::Progress { done, .. } => {
                growth.advanced(part, *done);
            }
            Report::Partial { .. } => {
                let values = buffers.first().map(envelope::floats_of).unwrap_or_default();
                // A map that cannot be shown while it grows is refused when it is done.
                if let Ok(map) = HeatMap::from_values(&values, [1, side, side]) {
                    let _ = growth.show(part, map);
                }
            }
            _ => {}
        },
    )
}

/// What a member found.
fn attribution_of((done, buffers): (Done, Vec<ArrayBuffer>)) -> Result<Attribution, Failure> {
    let Done::Attribution {
        shape,
        logit,
        baseline_logit,
    } = done
    else {
        return Err(Failure::new(FailureKind::Internal, format!("{done:?}")));
    };
    let values = buffers.first().map(envelope::floats_of).unwrap_or_default();
    let found = match baseline_logit {
        Some(baseline) => Attribution::new(values, shape, logit, baseline),
        None => Attribution::without_completeness(values, shape, logit),
    };
    found.map_err(failures::attribution)
}
