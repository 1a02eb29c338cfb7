//! `Classify`: from a file's bytes to ranked labels.

use burn::tensor::Device;
use genoderm_model::{
    calibration::{self, AnswerRule, FoldOutput, Safeguards},
    labels::Label,
    preprocess::{DecodeLimits, decode_photo},
};
use genoderm_protocol::{
    Classification, Failure, FailureKind, FoldAnswer, GuardVerdict, Phase, PhotoInfo,
    PredictionSet, RankedLabel, Region, SetAnswer, Timings, envelope,
};
use js_sys::ArrayBuffer;

use crate::{
    clock::Stopwatch,
    failures,
    job::Job,
    pool::{self, Pool, Task},
    prepared::PreparedPhotos,
    session::{LoadedBundle, NetworkSet, Session},
};

impl Session {
    /// Decodes buffer 0, asks the networks, keeps the photograph for explanations.
    ///
    /// # Errors
    /// Failures of the file, of the request, or of the device. The photograph before this one is gone in any case.
    pub(crate) async fn classify(
        &mut self,
        buffers: Vec<ArrayBuffer>,
        set: Option<&str>,
        region: Option<Region>,
        job: &Job,
    ) -> Result<Classification, Failure> {
        self.photo = None;
        let mut timings = Timings::default();
        self.loaded()?;
        let file = buffers.first().ok_or_else(|| {
            Failure::new(FailureKind::BadRequest, "no photograph beside the request")
        })?;

        let watch = Stopwatch::start();
        let photo = {
            let bytes = envelope::bytes_of(file);
            decode_photo(&bytes, &DecodeLimits::default()).map_err(failures::photo)?
        };
        timings.decode_ms = watch.ms();
        drop(buffers);
        job.breathe().await?;

        let watch = Stopwatch::start();
        let (bundle, device) = self.loaded()?;
        let preprocessing = &bundle.manifest.preprocessing;
        let info = PhotoInfo {
            width: photo.width(),
            height: photo.height(),
        };
        let prepared =
            PreparedPhotos::new(&photo, region, preprocessing).map_err(failures::photo)?;
        drop(photo);
        timings.prepare_ms = watch.ms();

        let watch = Stopwatch::start();
        let asked: Vec<&NetworkSet> = match set {
            Some(name) => vec![bundle.set(name)?],
            None => bundle.sets.iter().collect(),
        };
        // Of the sets that are still joining, those with a network answer.
        let asked: Vec<&NetworkSet> = asked
            .into_iter()
            .filter(|set| !set.networks.is_empty())
            .collect();
        if asked.is_empty() {
            return Err(Failure::new(
                FailureKind::NotLoaded,
                set.unwrap_or_default(),
            ));
        }
        let outputs = if self.pool.is_empty() {
            outputs_here(bundle, &asked, &prepared, &device.device, job).await?
        } else {
            outputs_by_members(bundle, &asked, &prepared, &self.pool, job).await?
        };
        let mut sets = Vec::with_capacity(asked.len());
        for (set, outputs) in asked.into_iter().zip(outputs) {
            sets.push(SetAnswer {
                region: prepared.region_of(&set.name),
                ..answer(bundle, set, outputs)?
            });
        }
        timings.networks_ms = watch.ms();
        timings.total_ms = job.ms();
        self.photo = Some(prepared);
        Ok(Classification {
            photo: info,
            sets,
            timings,
        })
    }
}

/// What the networks of each set say, one after the other.
async fn outputs_here(
    bundle: &LoadedBundle,
    asked: &[&NetworkSet],
    prepared: &PreparedPhotos,
    device: &Device,
    job: &Job,
) -> Result<Vec<Vec<FoldOutput>>, Failure> {
    let total = number_of_networks(asked);
    let mut done = 0;
    job.progress(Phase::Classifying, done, total, None);
    let mut all = Vec::with_capacity(asked.len());
    for set in asked {
        let wanted = bundle.rule(set).wanted();
        let input = bundle
            .manifest
            .preprocessing
            .tensor(&prepared.of(&set.name).square, device)
            .map_err(failures::photo)?;
        let mut outputs = Vec::with_capacity(set.networks.len());
        for network in &set.networks {
            let output = network.here()?.output(input.clone(), wanted);
            outputs.push(output.await?);
            done += 1;
            job.progress(Phase::Classifying, done, total, None);
            job.breathe().await?;
        }
        all.push(outputs);
    }
    Ok(all)
}

/// The same of networks that are with members of the pool, which work at once.
async fn outputs_by_members(
    bundle: &LoadedBundle,
    asked: &[&NetworkSet],
    prepared: &PreparedPhotos,
    pool: &Pool,
    job: &Job,
) -> Result<Vec<Vec<FoldOutput>>, Failure> {
    let total = number_of_networks(asked);
    job.progress(Phase::Classifying, 0, total, None);
    let mut load = pool::Load::new(pool.len());
    let mut replies = Vec::with_capacity(asked.len());
    for set in asked {
        let wanted = bundle.rule(set).wanted().into();
        let square = &prepared.of(&set.name).square;
        let networks = bundle.places(set).map(|place| {
            let member = load.give(bundle.holders(place, pool));
            let pixels = envelope::buffer_of(square.pixels());
            pool.ask(member, &Task::Output { place, wanted }, &[pixels])
        });
        replies.push(networks.collect::<Vec<_>>());
    }
    let mut done = 0;
    let mut failure: Option<Failure> = None;
    let mut all = Vec::with_capacity(asked.len());
    // All are waited for, so that none is at work still when the next request begins.
    for replies in replies {
        let mut outputs = Vec::with_capacity(replies.len());
        for reply in replies {
            match reply.answer().await {
                Ok((_, rows)) => outputs.push(output_of(&rows)),
                Err(new) => failure = failure.or(Some(new)),
            }
            done += 1;
            job.progress(Phase::Classifying, done, total, None);
        }
        all.push(outputs);
    }
    job.check()?;
    failure.map_or(Ok(all), Err)
}

fn number_of_networks(asked: &[&NetworkSet]) -> u64 {
    asked.iter().map(|set| set.networks.len() as u64).sum()
}

/// The rows of [`Task::Output`]'s answer.
fn output_of(rows: &[ArrayBuffer]) -> FoldOutput {
    let row = |place: usize| rows.get(place).map(envelope::floats_of).unwrap_or_default();
    FoldOutput {
        logits: row(0),
        features: row(1),
        texture: row(2),
    }
}

/// Those of a set that is not whole: they were calibrated on the whole of it.
static NO_SAFEGUARDS: Safeguards = Safeguards {
    conformal: None,
    guard: None,
};

impl LoadedBundle {
    /// What decides a set's answer besides its networks.
    fn rule<'a>(&self, set: &'a NetworkSet) -> AnswerRule<'a> {
        AnswerRule {
            threshold: self.manifest.decision.threshold,
            temperature: set.temperature,
            safeguards: set
                .safeguards
                .as_ref()
                .filter(|_| set.is_whole())
                .unwrap_or(&NO_SAFEGUARDS),
        }
    }
}

/// Makes one set's answer of what its networks said, in their order, by the rule that the trainer shares.
fn answer(
    bundle: &LoadedBundle,
    set: &NetworkSet,
    outputs: Vec<FoldOutput>,
) -> Result<SetAnswer, Failure> {
    let labels = &bundle.manifest.labels;
    let found = calibration::answer(&outputs, bundle.rule(set)).map_err(failures::answer)?;
    let decision = found.decision;
    let ranking = decision
        .ranking()
        .into_iter()
        .filter_map(|place| {
            let label = labels.get(place)?;
            Some(RankedLabel {
                key: label.key.clone(),
                name: label.name.clone(),
                probability: decision.probabilities[place],
            })
        })
        .collect();
    let folds = set
        .networks
        .iter()
        .zip(outputs)
        .zip(found.folds)
        .zip(decision.voted)
        .map(|(((network, output), probabilities), voted)| FoldAnswer {
            fold: network.fold,
            logits: output.logits,
            probabilities,
            voted,
        })
        .collect();
    let key = |label: &Label| label.key.clone();
    Ok(SetAnswer {
        set: set.name.clone(),
        region: None,
        ranking,
        folds,
        networks: set.total,
        fallback: decision.fallback,
        prediction_set: found.prediction_set.map(|told| PredictionSet {
            coverage: told.coverage,
            labels: told
                .labels
                .into_iter()
                .filter_map(|place| labels.get(place).map(key))
                .collect(),
        }),
        guard: found.guard.map(|verdict| GuardVerdict {
            accepted: verdict.accepted,
            kind: verdict.kind.to_string(),
            score: verdict.score,
            threshold: verdict.threshold,
        }),
    })
}
