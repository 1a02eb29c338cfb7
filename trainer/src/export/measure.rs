//! The stored weights measured on test pictures, beside the weights as they were trained.

use std::path::Path;

use burn::tensor::Device;
use serde::Serialize;
use serde_json::{Value, to_value};

use super::ExportPlan;
use super::stored_run::StoredRun;
use crate::calibration::SetFigures;
use crate::data::{Dataset, Manifest, Selection, Split};
use crate::error::{Error, Result};
use crate::evaluation::{EvaluationReport, Unseen, answer_all, argmax, require_unseen};
use crate::inference::PhotoAnswer;

/// What the encoding changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StorageLoss {
    /// Accuracy of the weights as they were trained, in 32 bits.
    pub accuracy: f64,
    /// Their mean recall over the own labels.
    pub balanced_accuracy: f64,
    /// Their expected calibration error.
    pub calibration_error: f64,
    /// How many pictures the stored weights answer with another label.
    pub changed_answers: usize,
    /// Largest change of a probability of the ensemble.
    pub largest_change: f32,
}

/// Figures of one run's networks as they are stored.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredRun {
    /// Everything that an evaluation tells.
    pub report: EvaluationReport,
    /// What the encoding changed; `None` when weights are stored as trained.
    pub loss: Option<StorageLoss>,
    /// The prediction sets, where the run is calibrated.
    pub sets: Option<SetFigures>,
    /// Share of the test pictures that the guard accepts, where there is one.
    pub accepted: Option<f64>,
    /// How it is known that no network learnt from the test pictures.
    pub unseen: Unseen,
}

/// The test pictures of one run.
pub(super) struct TestPictures {
    dataset: Dataset,
    unseen: Unseen,
}

impl MeasuredRun {
    /// The report with the other figures beside it, for the manifest.
    pub fn to_json(&self) -> Result<Value> {
        let mut json = to_value(&self.report).map_err(Error::internal)?;
        if let Some(fields) = json.as_object_mut() {
            let mut put = |name: &str, value: serde_json::Result<Value>| match value {
                Ok(Value::Null) => Ok(()),
                Ok(value) => {
                    fields.insert(name.to_owned(), value);
                    Ok(())
                }
                Err(error) => Err(Error::internal(error)),
            };
            put("as_trained", to_value(&self.loss))?;
            put("prediction_sets", to_value(&self.sets))?;
            put("guard_acceptance", to_value(self.accepted))?;
        }
        Ok(json)
    }
}

impl StoredRun {
    /// Opens the test pictures of `data`.
    ///
    /// # Errors
    ///
    /// Pictures that cannot be read, or that a network of the run has learnt from.
    pub(super) fn test_pictures(
        &self,
        plan: &ExportPlan,
        data: &Path,
        progress: &impl Fn(&str),
    ) -> Result<TestPictures> {
        let manifest = Manifest::read(data)?;
        let selection = Selection {
            set: self.config.set,
            split: Some(Split::Test),
            labels: &self.config.labels,
            preprocessing: self.config.preprocessing(),
            training_size: None,
            memory: Selection::MEMORY,
            skip_broken: plan.skip_broken,
        };
        let dataset = Dataset::load(&manifest, &[], selection)?;
        for cause in &dataset.skipped {
            progress(&format!("skipped: {cause}"));
        }
        let instead = "name a folder of pictures that the networks have not seen with --data, such as the run's own";
        let unseen = require_unseen(&self.folder, &manifest, &dataset.examples, instead)?;
        Ok(TestPictures { dataset, unseen })
    }

    /// Measures the networks on the pictures.
    pub(super) fn measure(
        &self,
        plan: &ExportPlan,
        TestPictures { dataset, unseen }: &TestPictures,
        device: &Device,
        progress: &impl Fn(&str),
    ) -> Result<MeasuredRun> {
        progress(&format!("measuring the {} networks", self.config.set));
        let ensemble = self.ensemble(&plan.name, true, device)?;
        let answers = answer_all(&ensemble, dataset, |_| {})?;
        let report = EvaluationReport::of(&ensemble, dataset, &answers);
        let loss = match plan.encoding {
            super::EncodingChoice::F32 => None,
            _ => {
                progress("measuring them as they were trained, for comparison");
                let trained = self.ensemble(&plan.name, false, device)?;
                let before = answer_all(&trained, dataset, |_| {})?;
                let figures = EvaluationReport::of(&trained, dataset, &before).ensemble;
                Some(StorageLoss {
                    accuracy: figures.accuracy,
                    balanced_accuracy: figures.balanced_accuracy,
                    calibration_error: figures.calibration_error,
                    changed_answers: count_changed(&before, &answers),
                    largest_change: largest_change(&before, &answers),
                })
            }
        };
        // A calibration is of pictures of own labels.
        let own = self.config.own_labels();
        let (targets, answers): (Vec<usize>, Vec<PhotoAnswer>) = dataset
            .examples
            .iter()
            .map(|example| example.label)
            .zip(answers)
            .filter(|(label, _)| own.contains(label))
            .unzip();
        Ok(MeasuredRun {
            sets: set_figures(&answers, &targets),
            accepted: acceptance(&answers),
            unseen: *unseen,
            report,
            loss,
        })
    }
}

fn count_changed(before: &[PhotoAnswer], after: &[PhotoAnswer]) -> usize {
    let top = |answer: &PhotoAnswer| argmax(&answer.decision.probabilities);
    let pairs = before.iter().zip(after);
    pairs
        .filter(|(before, after)| top(before) != top(after))
        .count()
}

fn largest_change(before: &[PhotoAnswer], after: &[PhotoAnswer]) -> f32 {
    let both = |(before, after): (&PhotoAnswer, &PhotoAnswer)| {
        let (before, after) = (
            &before.decision.probabilities,
            &after.decision.probabilities,
        );
        let changes = before.iter().zip(after).map(|(a, b)| (a - b).abs());
        changes.fold(0.0, f32::max)
    };
    before.iter().zip(after).map(both).fold(0.0, f32::max)
}

fn set_figures(answers: &[PhotoAnswer], targets: &[usize]) -> Option<SetFigures> {
    let sets: Vec<_> = answers
        .iter()
        .filter_map(|answer| answer.prediction_set.as_ref())
        .collect();
    let stated = sets.first()?.coverage;
    let labels: Vec<&[usize]> = sets.iter().map(|set| set.labels.as_slice()).collect();
    Some(SetFigures::of(stated, &labels, targets))
}

fn acceptance(answers: &[PhotoAnswer]) -> Option<f64> {
    let verdicts: Vec<bool> = answers
        .iter()
        .filter_map(|answer| answer.guard.map(|verdict| verdict.accepted))
        .collect();
    let accepted = verdicts.iter().filter(|accepted| **accepted).count();
    (!verdicts.is_empty()).then(|| accepted as f64 / verdicts.len() as f64)
}
