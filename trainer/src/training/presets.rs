//! The plans that have a name.

use std::fmt;

use clap::ValueEnum;
use genoderm_model::labels::LabelRegistry;
use serde::{Deserialize, Serialize};

use crate::augment::{Augmentation, Brightness, Contrast};
use crate::data::PictureSet;
use crate::training::TrainConfig;

/// A named plan; every parameter can be changed on the command line or in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// The paper's training on focused pictures: EfficientNet-B4 at 448 px, 16 labels.
    Focused,
    /// The paper's training on whole photographs: EfficientNet-B4 at 448 px, 16 labels.
    Panoramic,
    /// A small network from random weights, for synthetic pictures on a processor.
    Demo,
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Preset::Focused => "focused",
            Preset::Panoramic => "panoramic",
            Preset::Demo => "demo",
        })
    }
}

impl Preset {
    /// The plan's parameters.
    pub fn config(self) -> TrainConfig {
        match self {
            Preset::Focused => paper(PictureSet::Focused, 3e-5, 5.0),
            Preset::Panoramic => paper(PictureSet::Panoramic, 1e-5, 10.0),
            Preset::Demo => demo(),
        }
    }
}

/// The paper's code: where text and code differ (450 or 448 px), the code's value.
fn paper(set: PictureSet, learning_rate: f64, own_weight: f32) -> TrainConfig {
    TrainConfig {
        preset: match set {
            PictureSet::Focused => Preset::Focused,
            PictureSet::Panoramic => Preset::Panoramic,
        },
        set,
        architecture: "tf_efficientnet_b4".into(),
        size: 448,
        labels: LabelRegistry::paper(),
        folds: None,
        epochs: 30,
        batch: 64,
        learning_rate,
        warm_up_multiplier: 10.0,
        own_weight,
        label_smoothing: 0.0,
        patience: Some(10),
        dropout: 0.2,
        dropout_masks: 5,
        seed: 0,
        augmentation: Augmentation::paper(),
        pretrained: None,
    }
}

/// Small enough to train on two processor cores; the rate suits random initial weights.
fn demo() -> TrainConfig {
    TrainConfig {
        preset: Preset::Demo,
        set: PictureSet::Focused,
        architecture: "efficientnet_b0".into(),
        size: 96,
        labels: LabelRegistry::own(),
        folds: None,
        epochs: 30,
        batch: 32,
        learning_rate: 2e-4,
        warm_up_multiplier: 10.0,
        own_weight: 1.0,
        label_smoothing: 0.05,
        patience: None,
        dropout: 0.2,
        dropout_masks: 5,
        seed: 0,
        augmentation: mild(),
        pretrained: None,
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
            let weights = config.loss().weights;
            assert_eq!(weights.len(), 16);
            // The authors' order: AK first, HMI sixth, NF1 tenth, unknown last.
            assert_eq!((weights[0], weights[15]), (1.0, 1.0));
            assert_eq!((weights[5], weights[9]), (weight, weight));
            assert_eq!(config.own_labels(), [4, 5, 6, 7, 8, 9, 11]);
        }
        Preset::Demo.config().validate().unwrap();
    }
}
