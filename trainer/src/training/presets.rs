//! The plans that have a name.

use std::fmt;

use clap::ValueEnum;
use genoderm_model::labels::LabelRegistry;
use genoderm_model::preprocess::Fit;
use serde::{Deserialize, Serialize};

use crate::augment::{Augmentation, Brightness, Contrast};
use crate::data::PictureSet;
use crate::training::{Precision, TrainConfig};

/// A named plan; every parameter can be changed on the command line or in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// The paper's training on focused pictures: EfficientNet-B4 at 448 px, 16 labels.
    Focused,
    /// The paper's training on whole photographs: EfficientNet-B4 at 448 px, 16 labels.
    Panoramic,
    /// The same with only the augmentation that the paper names; --set chooses the pictures.
    PaperText,
    /// A small network from random weights, for synthetic pictures on a processor.
    Demo,
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Preset::Focused => "focused",
            Preset::Panoramic => "panoramic",
            Preset::PaperText => "paper-text",
            Preset::Demo => "demo",
        })
    }
}

impl Preset {
    /// The plan's parameters.
    pub fn config(self) -> TrainConfig {
        self.config_for(None)
    }

    /// The plan's parameters where the pictures may be chosen apart from it.
    ///
    /// Of [`Preset::PaperText`] the learning rate and the labels' weights depend on the pictures;
    /// the other presets have theirs whatever is learnt from.
    pub fn config_for(self, set: Option<PictureSet>) -> TrainConfig {
        match self {
            Preset::Focused => paper(self, PictureSet::Focused),
            Preset::Panoramic => paper(self, PictureSet::Panoramic),
            Preset::PaperText => TrainConfig {
                augmentation: AugmentationChoice::PaperText.augmentation(),
                ..paper(self, set.unwrap_or(PictureSet::Focused))
            },
            Preset::Demo => demo(),
        }
    }

    /// Whether the study's training, which this preset repeats, starts from weights of ImageNet.
    pub fn starts_from_imagenet(self) -> bool {
        match self {
            Preset::Focused | Preset::Panoramic | Preset::PaperText => true,
            Preset::Demo => false,
        }
    }
}

/// A named augmentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AugmentationChoice {
    /// Every change that the paper's code makes.
    Paper,
    /// Only those that the paper's text names.
    PaperText,
    /// No changes.
    None,
}

impl AugmentationChoice {
    /// Its parameters.
    pub fn augmentation(self) -> Augmentation {
        match self {
            AugmentationChoice::Paper => Augmentation::paper(),
            AugmentationChoice::PaperText => Augmentation::paper_text(),
            AugmentationChoice::None => Augmentation::none(),
        }
    }
}

/// The paper's code: where text and code differ (450 or 448 px), the code's value.
///
/// Its pictures have 512 px when they are changed and are resized to 448 px afterwards.
fn paper(preset: Preset, set: PictureSet) -> TrainConfig {
    let (learning_rate, own_weight) = match set {
        PictureSet::Focused => (3e-5, 5.0),
        PictureSet::Panoramic => (1e-5, 10.0),
    };
    TrainConfig {
        preset,
        set,
        architecture: "tf_efficientnet_b4".into(),
        size: 448,
        fit: Fit::Stretch,
        training_size: Some(512),
        labels: LabelRegistry::paper(),
        folds: None,
        epochs: 30,
        batch: 64,
        accumulate: 1,
        balanced: false,
        precision: Precision::F32,
        learning_rate,
        warm_up_multiplier: 10.0,
        warm_up_epochs: 1,
        final_learning_rate: 0.0,
        weight_decay: 0.0,
        clip_norm: None,
        ema_decay: None,
        own_weight,
        label_smoothing: 0.0,
        patience: Some(10),
        dropout: 0.2,
        dropout_masks: 5,
        seed: 0,
        augmentation: AugmentationChoice::Paper.augmentation(),
        pretrained: None,
    }
}

/// Small enough to train on two processor cores; the rate suits random initial weights.
fn demo() -> TrainConfig {
    TrainConfig {
        architecture: "efficientnet_b0".into(),
        size: 96,
        training_size: None,
        labels: LabelRegistry::own(),
        batch: 32,
        learning_rate: 2e-4,
        own_weight: 1.0,
        label_smoothing: 0.05,
        patience: None,
        augmentation: mild(),
        ..paper(Preset::Demo, PictureSet::Focused)
    }
}

/// Symmetries, and half of the paper's brightness and contrast: a small network learns nothing more
/// from synthetic pictures when they are changed in all other ways too.
fn mild() -> Augmentation {
    let paper = Augmentation::paper();
    let limit = 0.1;
    Augmentation {
        transpose: paper.transpose,
        vertical_flip: paper.vertical_flip,
        horizontal_flip: paper.horizontal_flip,
        brightness: Brightness {
            limit,
            ..paper.brightness
        },
        contrast: Contrast {
            limit,
            ..paper.contrast
        },
        ..Augmentation::none()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_papers_numbers() {
        let focused = Preset::Focused.config();
        let panoramic = Preset::Panoramic.config();
        for (config, base, weight) in [(&focused, 3e-5, 5.0), (&panoramic, 1e-5, 10.0)] {
            config.validate().unwrap();
            assert_eq!(config.schedule().rate(1), base);
            assert!((config.schedule().rate(2) - 10.0 * base).abs() < 1e-12);
            assert_eq!((config.epochs, config.batch, config.size), (30, 64, 448));
            assert_eq!(config.training_size, Some(512));
            assert_eq!((config.patience, config.seed), (Some(10), 0));
            assert_eq!((config.dropout, config.dropout_masks), (0.2, 5));
            let weights = config.loss().weights;
            assert_eq!(weights.len(), 16);
            // The authors' order: AK first, HMI sixth, NF1 tenth, unknown last.
            assert_eq!((weights[0], weights[15]), (1.0, 1.0));
            assert_eq!((weights[5], weights[9]), (weight, weight));
            assert_eq!(config.own_labels(), [4, 5, 6, 7, 8, 9, 11]);
        }
        Preset::Demo.config().validate().unwrap();
    }

    #[test]
    fn the_papers_training_has_none_of_the_extras() {
        let config = Preset::Focused.config();
        assert_eq!((config.accumulate, config.balanced), (1, false));
        assert_eq!(config.precision, Precision::F32);
        assert_eq!((config.weight_decay, config.label_smoothing), (0.0, 0.0));
        assert_eq!((config.clip_norm, config.ema_decay), (None, None));
        assert_eq!(config.fit, Fit::Stretch);
    }

    #[test]
    fn presets_are_written_as_they_are_named() {
        for preset in Preset::value_variants() {
            let written = serde_json::to_value(preset).unwrap();
            assert_eq!(written, preset.to_string());
            assert_eq!(preset.config().preset, *preset);
        }
    }
}
