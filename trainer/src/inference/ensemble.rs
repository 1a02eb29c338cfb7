//! Several folds that answer together.

use std::path::Path;

use burn::tensor::Device;
use genoderm_model::efficientnet::{Architecture, EfficientNetConfig};
use genoderm_model::ensemble::{
    DEFAULT_THRESHOLD, EnsembleDecision, combine, softmax_at_temperature,
};
use genoderm_model::labels::{Label, LabelRegistry};
use genoderm_model::preprocess::{Photo, Preprocessing};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::files;
use crate::inference::{BundleFolder, Classifier, Views, read_weights};
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
    /// Number and network of each fold.
    pub folds: Vec<(usize, Classifier)>,
}

/// What one fold says about one picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoldAnswer {
    /// Which fold, from 0.
    pub fold: usize,
    /// The network's output; the mean over the views when there are several.
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
}

impl FoldAnswer {
    fn add(&mut self, other: &Self) {
        let pairs = self.logits.iter_mut().zip(&other.logits);
        pairs.for_each(|(sum, value)| *sum += value);
        let pairs = self.probabilities.iter_mut().zip(&other.probabilities);
        pairs.for_each(|(sum, value)| *sum += value);
    }

    fn divide(&mut self, count: f32) {
        let values = self.logits.iter_mut().chain(&mut self.probabilities);
        values.for_each(|value| *value /= count);
    }
}

/// How many pictures are turned at once.
const PICTURES_IN_VIEW: usize = 32;

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
            temperature: manifest.temperature,
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
        let mut by_photo: Vec<Vec<FoldAnswer>> = vec![Vec::new(); photos.len()];
        for (position, (fold, classifier)) in self.folds.iter().enumerate() {
            let before = position * photos.len();
            let answers = self.fold_answers(*fold, classifier, photos, views, |count| {
                done(before + count);
            })?;
            for (folds, answer) in by_photo.iter_mut().zip(answers) {
                folds.push(answer);
            }
        }
        by_photo
            .into_iter()
            .map(|folds| {
                let votes: Vec<Vec<f32>> = folds
                    .iter()
                    .map(|fold| fold.probabilities.clone())
                    .collect();
                let decision = combine(&votes, self.threshold).map_err(Error::internal)?;
                Ok(PhotoAnswer { folds, decision })
            })
            .collect()
    }

    /// One network's answers, the mean over the views.
    fn fold_answers(
        &self,
        fold: usize,
        classifier: &Classifier,
        photos: &[&Photo],
        views: Views,
        mut done: impl FnMut(usize),
    ) -> Result<Vec<FoldAnswer>> {
        let answer = |logits: Vec<f32>| FoldAnswer {
            fold,
            probabilities: softmax_at_temperature(&logits, self.temperature),
            logits,
        };
        if views == Views::One {
            let logits = classifier.logits(photos, done)?;
            return Ok(logits.into_iter().map(answer).collect());
        }
        let mut means: Vec<FoldAnswer> = Vec::with_capacity(photos.len());
        for portion in photos.chunks(PICTURES_IN_VIEW) {
            let before = means.len();
            for view in 0..views.count() {
                let turned = Views::of_photos(view, portion)?;
                let turned: Vec<&Photo> = turned.iter().collect();
                let logits = classifier.logits(&turned, |_| {})?;
                for (index, answered) in logits.into_iter().map(answer).enumerate() {
                    match means.get_mut(before + index) {
                        Some(sum) => sum.add(&answered),
                        None => means.push(answered),
                    }
                }
            }
            for sum in &mut means[before..] {
                sum.divide(views.count() as f32);
            }
            done(means.len());
        }
        Ok(means)
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
