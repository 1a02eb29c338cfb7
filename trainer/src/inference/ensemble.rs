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
use crate::inference::views::mean_of_views;
use crate::inference::{BundleFolder, Classifier, Views, read_weights};
use crate::training::RunFolder;

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
    /// The network's output; of several views, logits that give the mean of their probabilities.
    pub logits: Vec<f32>,
    /// Softmax of the logits over the temperature; of several views, the mean of their
    /// probabilities, as in the authors' code (not the softmax of the mean logits).
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

/// How many pictures are turned at once.
const PICTURES_IN_VIEW: usize = 32;

impl Ensemble {
    /// The finished folds of a run, or those of them that were asked for, without its calibration.
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
    /// Without `labels` the classes are called by their numbers: a file does not say what they are.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for another number of labels than classes, or classes that cannot be
    /// counted; [`Error::Content`] for weights that do not fit the network.
    pub fn of_weights(
        architecture: Architecture,
        weights: &Path,
        classes: Option<usize>,
        labels: Option<LabelRegistry>,
        preprocessing: Preprocessing,
        device: &Device,
    ) -> Result<Self> {
        let dict = read_weights(weights)?;
        let classes = classes.or_else(|| dict.classes()).ok_or_else(|| {
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
            labels: match labels {
                Some(labels) => labels_of(classes, labels)?,
                None => numbers(classes)?,
            },
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
    pub fn answer(&self, photos: &[&Photo], done: impl FnMut(usize)) -> Result<Vec<PhotoAnswer>> {
        self.answer_views(photos, Views::One, done)
    }

    /// [`answer`](Self::answer) with test-time augmentation: each fold's probabilities are averaged
    /// over the views before the folds vote.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the device cannot be read or answers with what is no probability.
    pub fn answer_views(
        &self,
        photos: &[&Photo],
        views: Views,
        mut done: impl FnMut(usize),
    ) -> Result<Vec<PhotoAnswer>> {
        let rule = self.rule();
        let mut by_photo: Vec<Vec<FoldOutput>> = vec![Vec::new(); photos.len()];
        for (position, (_, classifier)) in self.folds.iter().enumerate() {
            let before = position * photos.len();
            let outputs = self.fold_outputs(classifier, photos, views, |count| {
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

    /// Everything that decides the answer besides the networks.
    fn rule(&self) -> AnswerRule<'_> {
        AnswerRule {
            threshold: self.threshold,
            temperature: self.temperature,
            safeguards: &self.safeguards,
        }
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

    /// What one network says, the mean over the views.
    fn fold_outputs(
        &self,
        classifier: &Classifier,
        photos: &[&Photo],
        views: Views,
        mut done: impl FnMut(usize),
    ) -> Result<Vec<FoldOutput>> {
        let wanted = self.rule().wanted();
        if views == Views::One {
            return classifier.outputs(photos, wanted, done);
        }
        let mut means = Vec::with_capacity(photos.len());
        for portion in photos.chunks(PICTURES_IN_VIEW) {
            let mut views_of: Vec<Vec<FoldOutput>> = vec![Vec::new(); portion.len()];
            for view in 0..views.count() {
                let turned = Views::of_photos(view, portion)?;
                let turned: Vec<&Photo> = turned.iter().collect();
                let outputs = classifier.outputs(&turned, wanted, |_| {})?;
                for (views, output) in views_of.iter_mut().zip(outputs) {
                    views.push(output);
                }
            }
            means.extend(
                views_of
                    .iter()
                    .map(|seen| mean_of_views(seen, self.temperature)),
            );
            done(means.len());
        }
        Ok(means)
    }
}

fn labels_of(classes: usize, labels: LabelRegistry) -> Result<LabelRegistry> {
    if labels.len() != classes {
        return Err(Error::input(format!(
            "the weights have {classes} classes, --labels {}",
            labels.len()
        )));
    }
    Ok(labels)
}

fn numbers(classes: usize) -> Result<LabelRegistry> {
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
    fn classes_without_names_are_numbered() {
        for classes in [1, 7, 16, 1000] {
            let numbered = numbers(classes).unwrap();
            let last = (classes - 1).to_string();
            assert_eq!(numbered.index_of(&last), Some(classes - 1));
            assert_eq!(numbered.len(), classes);
        }
        assert!(numbers(0).is_err());
    }

    #[test]
    fn names_must_be_as_many_as_the_classes() {
        assert!(labels_of(7, LabelRegistry::own()).is_ok());
        let said = labels_of(16, LabelRegistry::own()).unwrap_err().to_string();
        assert!(said.contains("16 classes, --labels 7"), "{said}");
    }

    /// An untrained network of 7 labels on 32 pixels, twice with different weights.
    fn ensemble() -> Ensemble {
        let device = Device::flex();
        let preprocessing = Preprocessing::imagenet(32);
        let config = EfficientNetConfig::new("efficientnet_b0".parse().unwrap(), 7);
        let fold = |number: u64| {
            device.seed(number);
            let network = config.init(&device);
            let classifier = Classifier::of_network(&network, preprocessing, &device);
            (number as usize, classifier)
        };
        Ensemble {
            name: "test".into(),
            set: "focused".into(),
            labels: LabelRegistry::own(),
            threshold: DEFAULT_THRESHOLD,
            temperature: 0.05,
            safeguards: Safeguards::default(),
            folds: vec![fold(0), fold(3)],
        }
    }

    #[test]
    fn several_views_are_the_mean_of_their_probabilities() {
        let ensemble = ensemble();
        let pixels = (0..32 * 32 * 3).map(|i| (i * i % 251) as u8).collect();
        let photo = Photo::from_rgb8(32, 32, pixels).unwrap();
        let answer = |photo: &Photo, views| {
            let mut answers = ensemble.answer_views(&[photo], views, |_| {}).unwrap();
            answers.remove(0)
        };
        let mean = answer(&photo, Views::Dihedral);
        let mut expected = [0.0; 7];
        for view in 0..Views::Dihedral.count() {
            let turned = Views::of_photos(view, &[&photo]).unwrap().remove(0);
            let single = answer(&turned, Views::One);
            let pairs = expected.iter_mut().zip(&single.folds[1].probabilities);
            pairs.for_each(|(sum, value)| *sum += value / 8.0);
            // A turned picture has the same views.
            let again = answer(&turned, Views::Dihedral);
            let pairs = again.folds[1].probabilities.iter();
            for (a, b) in pairs.zip(&mean.folds[1].probabilities) {
                assert!((a - b).abs() < 1e-4, "{a} {b}");
            }
        }
        assert_eq!(mean.folds[1].fold, 3);
        for (a, b) in expected.iter().zip(&mean.folds[1].probabilities) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
        // The views differ, so that the mean is none of them.
        let single = answer(&photo, Views::One);
        assert!(single.folds[1].probabilities != mean.folds[1].probabilities);
    }
}
