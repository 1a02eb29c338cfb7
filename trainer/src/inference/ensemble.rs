//! Several folds that answer together.

use std::path::Path;

use burn::tensor::Device;
use genoderm_model::calibration::{
    AnswerRule, FoldOutput, GuardVerdict, PredictionSet, Safeguards, answer,
};
use genoderm_model::efficientnet::{Architecture, EfficientNetConfig};
use genoderm_model::ensemble::{DEFAULT_THRESHOLD, EnsembleDecision};
use genoderm_model::labels::{Label, LabelRegistry};
use genoderm_model::preprocess::{Photo, Preprocessing};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::files;
use crate::inference::{BundleFolder, Classifier, read_weights};
use crate::training::RunFolder;
use genoderm_model::weights::StateDict;

/// The networks of one set and the rule that makes one answer of theirs.
#[derive(Clone, Debug)]
pub struct Ensemble {
    /// Where it came from, for messages and reports.
    pub name: String,
    /// `focused`, `panoramic`, or the name of a single weight file.
    pub set: String,
    /// The labels, in the order of the logits.
    pub labels: LabelRegistry,
    /// A fold votes when its largest probability is at least this.
    pub threshold: f32,
    /// Logits are divided by this before the softmax.
    pub temperature: f32,
    /// Prediction sets and guard, as far as the ensemble is calibrated.
    pub safeguards: Safeguards,
    /// Number and network of each fold.
    pub folds: Vec<(usize, Classifier)>,
}

/// What one fold says about one picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoldAnswer {
    /// Which fold, from 0.
    pub fold: usize,
    /// The network's output.
    pub logits: Vec<f32>,
    /// Softmax of the logits over the temperature.
    pub probabilities: Vec<f32>,
}

/// What all folds say about one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct PhotoAnswer {
    /// The single answers.
    pub folds: Vec<FoldAnswer>,
    /// Their common answer.
    pub decision: EnsembleDecision,
    /// The labels that cannot be ruled out, where the ensemble is calibrated for them.
    pub prediction_set: Option<PredictionSet>,
    /// Whether the picture looks like skin, where the ensemble has a guard.
    pub guard: Option<GuardVerdict>,
}

impl Ensemble {
    /// The finished folds of a run, or those of them that were asked for.
    pub fn of_run(run: &RunFolder, wanted: &[usize], device: &Device) -> Result<Self> {
        let config = run.config()?;
        let mut folds = Vec::new();
        for folder in run.chosen_folds(wanted)? {
            let weights = read_weights(&folder.weights())?;
            let classifier =
                Classifier::new(&config.network()?, weights, config.preprocessing(), device)
                    .map_err(Error::content(&folder.weights()))?;
            folds.push((folder.fold, classifier));
        }
        Ok(Self {
            name: files::short_name(run.path()),
            set: config.set.to_string(),
            labels: config.labels,
            threshold: DEFAULT_THRESHOLD,
            temperature: 1.0,
            safeguards: Safeguards::default(),
            folds,
        })
    }

    /// A set of a bundle; the first one when none is named.
    pub fn of_bundle(bundle: &BundleFolder, set: Option<&str>, device: &Device) -> Result<Self> {
        let manifest = &bundle.manifest;
        let set = bundle.set(set)?;
        let architecture: Architecture = manifest
            .architecture
            .parse()
            .map_err(Error::content(bundle.path()))?;
        let config = EfficientNetConfig::new(architecture, manifest.labels.len());
        let mut folds = Vec::new();
        for fold in &set.folds {
            let weights = bundle.weights(fold)?;
            let classifier = Classifier::new(&config, weights, manifest.preprocessing, device)
                .map_err(Error::content(bundle.path()))?;
            folds.push((fold.fold as usize, classifier));
        }
        Ok(Self {
            name: manifest.name.clone(),
            set: set.name.clone(),
            labels: manifest.labels.clone(),
            threshold: manifest.decision.threshold,
            temperature: manifest.temperature_of(set),
            safeguards: bundle.safeguards(set)?,
            folds,
        })
    }

    /// A single network with weights of one's own or of another program.
    ///
    /// The labels are the own seven or the paper's sixteen when there are so many, else numbers.
    pub fn of_weights(
        architecture: Architecture,
        weights: &Path,
        classes: Option<usize>,
        preprocessing: Preprocessing,
        device: &Device,
    ) -> Result<Self> {
        let dict = read_weights(weights)?;
        let classes = classes.or_else(|| classes_of(&dict)).ok_or_else(|| {
            Error::input(format!(
                "{}: cannot tell the number of classes; give it with --classes",
                weights.display()
            ))
        })?;
        let config = EfficientNetConfig::new(architecture, classes);
        config
            .validate()
            .map_err(|error| Error::input(error.to_string()))?;
        let classifier = Classifier::new(&config, dict, preprocessing, device)
            .map_err(Error::content(weights))?;
        Ok(Self {
            name: files::short_name(weights),
            set: architecture.to_string(),
            labels: labels_for(classes)?,
            threshold: DEFAULT_THRESHOLD,
            temperature: 1.0,
            safeguards: Safeguards::default(),
            folds: vec![(0, classifier)],
        })
    }

    /// What happens to a photograph before the networks.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] for an ensemble without folds.
    pub fn preprocessing(&self) -> Result<Preprocessing> {
        let first = self.folds.first();
        first
            .map(|(_, classifier)| *classifier.preprocessing())
            .ok_or_else(|| Error::internal("an ensemble without folds"))
    }

    /// Answers for pictures that already have the networks' size.
    ///
    /// `done` is called with the number of finished networks times pictures.
    pub fn answer(
        &self,
        photos: &[&Photo],
        mut done: impl FnMut(usize),
    ) -> Result<Vec<PhotoAnswer>> {
        let rule = AnswerRule {
            threshold: self.threshold,
            temperature: self.temperature,
            safeguards: &self.safeguards,
        };
        let mut by_photo: Vec<Vec<FoldOutput>> = vec![Vec::new(); photos.len()];
        for (position, (_, classifier)) in self.folds.iter().enumerate() {
            let before = position * photos.len();
            let outputs = classifier.outputs(photos, rule.needs_features(), |count| {
                done(before + count);
            })?;
            for (answers, output) in by_photo.iter_mut().zip(outputs) {
                answers.push(output);
            }
        }
        by_photo
            .into_iter()
            .map(|outputs| self.combine(outputs, rule))
            .collect()
    }

    fn combine(&self, outputs: Vec<FoldOutput>, rule: AnswerRule<'_>) -> Result<PhotoAnswer> {
        let found = answer(&outputs, rule).map_err(Error::internal)?;
        let folds = self.folds.iter().zip(outputs).zip(found.folds);
        Ok(PhotoAnswer {
            folds: folds
                .map(|(((fold, _), output), probabilities)| FoldAnswer {
                    fold: *fold,
                    logits: output.logits,
                    probabilities,
                })
                .collect(),
            decision: found.decision,
            prediction_set: found.prediction_set,
            guard: found.guard,
        })
    }
}

/// The last layer's bias has one value for each class, whatever the file calls it.
fn classes_of(weights: &StateDict) -> Option<usize> {
    ["classifier.bias", "classifier.1.bias", "myfc.bias"]
        .iter()
        .find_map(|name| weights.get(name))
        .and_then(|bias| bias.shape.first().copied())
}

fn labels_for(classes: usize) -> Result<LabelRegistry> {
    for known in [LabelRegistry::own(), LabelRegistry::paper()] {
        if known.len() == classes {
            return Ok(known);
        }
    }
    let numbered = (0..classes).map(|class| Label {
        key: class.to_string(),
        name: format!("class {class}"),
        mim: Vec::new(),
        genes: Vec::new(),
        description: String::new(),
        own: true,
    });
    LabelRegistry::new(numbered.collect()).map_err(|error| Error::input(error.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn known_numbers_of_classes_get_their_labels() {
        assert_eq!(labels_for(7).unwrap(), LabelRegistry::own());
        assert_eq!(labels_for(16).unwrap(), LabelRegistry::paper());
        let numbered = labels_for(1000).unwrap();
        assert_eq!(numbered.index_of("999"), Some(999));
        assert!(labels_for(0).is_err());
    }
}
