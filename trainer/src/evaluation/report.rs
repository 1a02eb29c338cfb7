//! The report on an ensemble: every fold, all together, by skin tone and by source.

use genoderm_model::preprocess::Photo;
use serde::Serialize;

use crate::data::Dataset;
use crate::error::Result;
use crate::evaluation::bootstrap::{Bootstrap, Clusters};
use crate::evaluation::tally::Tally;
use crate::evaluation::{Figures, ReliabilityBin, SourceFigures, reliability};
use crate::inference::{Ensemble, PhotoAnswer, Views};

/// What `genoderm evaluate` prints, and what a bundle's manifest keeps: small, and without the
/// names of pictures or sources.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvaluationReport {
    /// The run or bundle.
    pub model: String,
    /// Panoramic or focused pictures.
    pub set: String,
    /// Which pictures: `test`, `train` or `all`.
    pub split: String,
    /// Keys of the labels, in the order of the confusion matrices.
    pub labels: Vec<String>,
    /// The folds together.
    pub ensemble: Figures,
    /// Each fold alone.
    pub folds: Vec<GroupFigures>,
    /// How many pictures had no fold that passed the threshold, so that the plain mean answered.
    pub fallbacks: usize,
    /// The threshold.
    pub threshold: f32,
    /// Logits were divided by this before the folds voted; 1 without a calibration.
    pub temperature: f32,
    /// The ensemble by Fitzpatrick skin type, where the manifest has it.
    pub skin_tones: Vec<GroupFigures>,
    /// The ensemble with every source counting the same.
    pub sources: SourceFigures,
    /// The ensemble's reliability diagram.
    pub reliability: Vec<ReliabilityBin>,
    /// How intervals were made.
    pub bootstrap: Bootstrap,
    /// In how many views each picture was seen: 1, or 8 with test-time augmentation.
    pub views: usize,
    /// How many broken pictures were left out.
    pub skipped: usize,
}

/// Figures of a part: a fold, a skin tone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupFigures {
    /// Number of the fold, or the skin tone.
    pub group: usize,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// How an ensemble is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationOptions {
    /// Which pictures the dataset holds, for the report.
    pub split: String,
    /// How intervals are made.
    pub bootstrap: Bootstrap,
    /// In how many ways a network looks at each picture.
    pub views: Views,
}

impl Default for EvaluationOptions {
    fn default() -> Self {
        Self {
            split: "test".into(),
            bootstrap: Bootstrap::default(),
            views: Views::One,
        }
    }
}

/// How many pictures are read at once.
const PICTURES_IN_MEMORY: usize = 256;

/// The answers on all pictures of a dataset, in its order.
///
/// `done` is called with the number of finished networks times pictures.
pub fn answer_all(
    ensemble: &Ensemble,
    dataset: &Dataset,
    done: impl FnMut(usize),
) -> Result<Vec<PhotoAnswer>> {
    answer_all_views(ensemble, dataset, Views::One, done)
}

/// [`answer_all`] with several views of each picture.
pub fn answer_all_views(
    ensemble: &Ensemble,
    dataset: &Dataset,
    views: Views,
    mut done: impl FnMut(usize),
) -> Result<Vec<PhotoAnswer>> {
    let indices: Vec<usize> = (0..dataset.examples.len()).collect();
    let mut answers = Vec::with_capacity(indices.len());
    for portion in indices.chunks(PICTURES_IN_MEMORY) {
        let photos = dataset.photos(portion)?;
        let photos: Vec<&Photo> = photos.iter().map(AsRef::as_ref).collect();
        let before = answers.len() * ensemble.folds.len();
        answers.extend(ensemble.answer_views(&photos, views, |count| done(before + count))?);
    }
    Ok(answers)
}

/// Classifies the pictures of a dataset and counts, with the default options.
///
/// `done` is called with the number of finished networks times pictures.
pub fn evaluate(
    ensemble: &Ensemble,
    dataset: &Dataset,
    done: impl FnMut(usize),
) -> Result<EvaluationReport> {
    let answers = answer_all(ensemble, dataset, done)?;
    Ok(EvaluationReport::of(ensemble, dataset, &answers))
}

impl EvaluationReport {
    /// Counts answers that have been given already, on test pictures and with one view each.
    pub fn of(ensemble: &Ensemble, dataset: &Dataset, answers: &[PhotoAnswer]) -> Self {
        Self::with_options(ensemble, dataset, answers, &EvaluationOptions::default())
    }

    /// [`of`](Self::of) answers that were given in another way.
    pub fn with_options(
        ensemble: &Ensemble,
        dataset: &Dataset,
        answers: &[PhotoAnswer],
        options: &EvaluationOptions,
    ) -> Self {
        let labels = &ensemble.labels;
        let targets: Vec<usize> = dataset.examples.iter().map(|e| e.label).collect();
        let together: Vec<&[f32]> = answers
            .iter()
            .map(|answer| answer.decision.probabilities.as_slice())
            .collect();
        let all = Tally::new(labels, &together, &targets);
        let sources = dataset.examples.iter().map(|e| e.source.as_str());
        let clusters = Clusters::of(sources);
        let bootstrap = options.bootstrap;
        let figures = |tally: &Tally<'_>, clusters: &Clusters, each_label: bool| {
            Figures::of_tally(labels, tally).with_intervals(tally, clusters, bootstrap, each_label)
        };
        let folds = ensemble
            .folds
            .iter()
            .enumerate()
            .map(|(position, (fold, _))| {
                let rows = probabilities_of_fold(answers, position);
                GroupFigures {
                    group: *fold,
                    figures: figures(&Tally::new(labels, &rows, &targets), &clusters, false),
                }
            });
        let skin_tones = (1..=6).filter_map(|tone| {
            let members: Vec<usize> = (0..targets.len())
                .filter(|index| dataset.examples[*index].tone == Some(tone))
                .collect();
            let rows: Vec<&[f32]> = members.iter().map(|index| together[*index]).collect();
            let truths: Vec<usize> = members.iter().map(|index| targets[*index]).collect();
            let sources = members.iter();
            let sources = sources.map(|index| dataset.examples[*index].source.as_str());
            let tally = Tally::new(labels, &rows, &truths);
            (!members.is_empty()).then(|| GroupFigures {
                group: usize::from(tone),
                figures: figures(&tally, &Clusters::of(sources), false),
            })
        });
        let right: Vec<bool> = all.sureness.iter().map(|(_, right)| *right).collect();
        Self {
            model: ensemble.name.clone(),
            set: ensemble.set.clone(),
            split: options.split.clone(),
            labels: labels.keys().map(String::from).collect(),
            ensemble: figures(&all, &clusters, true),
            folds: folds.collect(),
            fallbacks: answers.iter().filter(|a| a.decision.fallback).count(),
            threshold: ensemble.threshold,
            temperature: ensemble.temperature,
            skin_tones: skin_tones.collect(),
            sources: SourceFigures::of(&clusters, &right, bootstrap),
            reliability: reliability(&all.sureness),
            bootstrap,
            views: options.views.count(),
            skipped: dataset.skipped.len(),
        }
    }
}

/// The probabilities of the fold at `position`, one row a picture.
pub(crate) fn probabilities_of_fold(answers: &[PhotoAnswer], position: usize) -> Vec<&[f32]> {
    answers
        .iter()
        .map(|answer| answer.folds[position].probabilities.as_slice())
        .collect()
}
