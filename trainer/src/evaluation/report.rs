//! The report on an ensemble: every fold, all together, and by skin tone.

use std::fmt;

use genoderm_model::preprocess::Photo;
use serde::Serialize;

use crate::data::Dataset;
use crate::error::Result;
use crate::evaluation::Figures;
use crate::inference::{Ensemble, PhotoAnswer};

/// What `genoderm evaluate` prints and saves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvaluationReport {
    /// The run or bundle.
    pub model: String,
    /// Panoramic or focused pictures.
    pub set: String,
    /// Which pictures: `test`.
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
    /// The ensemble by Fitzpatrick skin type, where the manifest has it.
    pub skin_tones: Vec<GroupFigures>,
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

/// How many pictures are read at once.
const PICTURES_IN_MEMORY: usize = 256;

/// The answers on all pictures of a dataset, in its order.
///
/// `done` is called with the number of finished networks times pictures.
pub fn answer_all(
    ensemble: &Ensemble,
    dataset: &Dataset,
    mut done: impl FnMut(usize),
) -> Result<Vec<PhotoAnswer>> {
    let indices: Vec<usize> = (0..dataset.examples.len()).collect();
    let mut answers = Vec::with_capacity(indices.len());
    for portion in indices.chunks(PICTURES_IN_MEMORY) {
        let photos = dataset.photos(portion)?;
        let photos: Vec<&Photo> = photos.iter().map(AsRef::as_ref).collect();
        let before = answers.len() * ensemble.folds.len();
        answers.extend(ensemble.answer(&photos, |count| done(before + count))?);
    }
    Ok(answers)
}

/// Classifies the pictures of a dataset and counts.
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
    /// Counts answers that have been given already.
    pub fn of(ensemble: &Ensemble, dataset: &Dataset, answers: &[PhotoAnswer]) -> Self {
        let labels = &ensemble.labels;
        let targets: Vec<usize> = dataset.examples.iter().map(|e| e.label).collect();
        let together: Vec<&[f32]> = answers
            .iter()
            .map(|answer| answer.decision.probabilities.as_slice())
            .collect();
        let folds = ensemble
            .folds
            .iter()
            .enumerate()
            .map(|(position, (fold, _))| {
                let rows: Vec<&[f32]> = answers
                    .iter()
                    .map(|answer| answer.folds[position].probabilities.as_slice())
                    .collect();
                GroupFigures {
                    group: *fold,
                    figures: Figures::of(labels, &rows, &targets),
                }
            });
        let skin_tones = (1..=6).filter_map(|tone| {
            let members: Vec<usize> = (0..targets.len())
                .filter(|index| dataset.examples[*index].tone == Some(tone))
                .collect();
            let rows: Vec<&[f32]> = members.iter().map(|index| together[*index]).collect();
            let truths: Vec<usize> = members.iter().map(|index| targets[*index]).collect();
            (!members.is_empty()).then(|| GroupFigures {
                group: usize::from(tone),
                figures: Figures::of(labels, &rows, &truths),
            })
        });
        Self {
            model: ensemble.name.clone(),
            set: ensemble.set.clone(),
            split: "test".into(),
            labels: labels.keys().map(String::from).collect(),
            ensemble: Figures::of(labels, &together, &targets),
            folds: folds.collect(),
            fallbacks: answers.iter().filter(|a| a.decision.fallback).count(),
            threshold: ensemble.threshold,
            skin_tones: skin_tones.collect(),
        }
    }
}

impl fmt::Display for EvaluationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} {} pictures, {} folds",
            self.model,
            self.ensemble.pictures,
            self.set,
            self.folds.len()
        )?;
        writeln!(f)?;
        writeln!(f, "            accuracy        95%  balanced  top 3    ECE")?;
        write_line(f, "ensemble", &self.ensemble)?;
        for fold in &self.folds {
            write_line(f, &format!("fold {}", fold.group), &fold.figures)?;
        }
        for tone in &self.skin_tones {
            write_line(f, &format!("tone {}", tone.group), &tone.figures)?;
        }
        writeln!(f)?;
        self.write_labels(f)?;
        writeln!(f)?;
        self.write_confusion(f)?;
        writeln!(f)?;
        write!(
            f,
            "no fold reached {} on {} of {} pictures: the plain mean answered there",
            self.threshold, self.fallbacks, self.ensemble.pictures
        )
    }
}

impl EvaluationReport {
    fn label_width(&self) -> usize {
        self.labels
            .iter()
            .map(String::len)
            .max()
            .unwrap_or(0)
            .max(5)
    }

    fn write_labels(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.label_width();
        writeln!(f, "{:width$}  pictures  recall  precision     F1", "label")?;
        for row in &self.ensemble.labels {
            writeln!(
                f,
                "{:width$}  {:8}  {:>6}  {:>9}  {:>5}",
                row.label,
                row.pictures,
                percent(row.recall),
                percent(row.precision),
                percent(row.f1)
            )?;
        }
        Ok(())
    }

    fn write_confusion(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.label_width();
        writeln!(
            f,
            "confusion of the ensemble: rows are true labels, columns answers"
        )?;
        write!(f, "{:width$}", "")?;
        for label in &self.labels {
            write!(f, "  {:>4}", label.chars().take(4).collect::<String>())?;
        }
        writeln!(f)?;
        for (label, row) in self.labels.iter().zip(self.ensemble.confusion.counts()) {
            write!(f, "{label:width$}")?;
            for count in row {
                write!(f, "  {count:4}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, name: &str, figures: &Figures) -> fmt::Result {
    let [low, high] = figures.accuracy_interval;
    writeln!(
        f,
        "{name:<10}  {:>7.1}%  {:>4.1}-{:>5.1}  {:>7.1}%  {:>4.1}%  {:.3}",
        100.0 * figures.accuracy,
        100.0 * low,
        100.0 * high,
        100.0 * figures.balanced_accuracy,
        100.0 * figures.top_3,
        figures.calibration_error
    )
}

/// A share in percent, or a dash where there is none.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".into(), |share| format!("{:.1}%", 100.0 * share))
}
