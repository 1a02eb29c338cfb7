//! `Classify`: from a file's bytes to ranked labels.

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
        let total: usize = asked.iter().map(|set| set.networks.len()).sum();
        let mut done = 0;
        let mut sets = Vec::with_capacity(asked.len());
        job.progress(Phase::Classifying, 0, total as u64, None);
        for set in asked {
            let rule = bundle.rule(set);
            let input = preprocessing
                .tensor(&prepared.of(&set.name).square, &device.device)
                .map_err(failures::photo)?;
            let mut outputs = Vec::with_capacity(set.networks.len());
            for network in &set.networks {
                let output = network.output(input.clone(), rule.wanted());
                outputs.push(output.await?);
                done += 1;
                job.progress(Phase::Classifying, done, total as u64, None);
                job.breathe().await?;
            }
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
