//! Everything that decides what a training learns, saved beside what it produced.

use std::path::Path;

use genoderm_model::efficientnet::{Architecture, EfficientNetConfig};
use genoderm_model::labels::LabelRegistry;
use genoderm_model::preprocess::Preprocessing;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::augment::Augmentation;
use crate::data::PictureSet;
use crate::error::{Error, Result};
use crate::files;
use crate::training::{Preset, WarmUpCosine, WeightedCrossEntropy};

/// The plan of a run; two runs with equal plans, data and device give equal weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// The preset that it started from.
    pub preset: Preset,
    /// Which pictures are learnt from.
    pub set: PictureSet,
    /// Name of the architecture, as timm writes it.
    pub architecture: String,
    /// Width and height of the network's input, pixels.
    pub size: u32,
    /// The labels, in the order of the logits.
    pub labels: LabelRegistry,
    /// Deal the training pictures into this many folds; `None` keeps the manifest's folds.
    pub folds: Option<usize>,
    /// How often all training pictures are seen.
    pub epochs: usize,
    /// Largest number of pictures in a step.
    pub batch: usize,
    /// Learning rate of the first epoch.
    pub learning_rate: f64,
    /// Peak learning rate over that of the first epoch.
    pub warm_up_multiplier: f64,
    /// Weight of the own labels in the loss; auxiliary labels weigh 1.
    pub own_weight: f32,
    /// Share of the target spread over all labels, 0 to below 1.
    pub label_smoothing: f32,
    /// Stop when this many epochs brought no gain; `None` trains all epochs.
    pub patience: Option<usize>,
    /// Dropout before the classifier, 0 to below 1.
    pub dropout: f64,
    /// How many dropout masks the head averages in training.
    pub dropout_masks: usize,
    /// Seed of the initial weights, the order, the augmentation and the dropout.
    pub seed: u64,
    /// Changes made to training pictures.
    pub augmentation: Augmentation,
    /// Weights to start from; `None` starts from random ones.
    pub pretrained: Option<PretrainedWeights>,
}

/// A weight file that a run started from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PretrainedWeights {
    /// Where it was.
    pub file: String,
    /// SHA-256 of its content; empty when a file of the user names the weights only.
    #[serde(default)]
    pub sha256: String,
}

/// One parameter named on the command line: its place in the JSON form and its value.
pub type Override = (&'static str, Value);

impl TrainConfig {
    /// Puts a file's fields and then the command line's over a preset's.
    ///
    /// The file may be TOML or JSON, and name any part of the fields.
    ///
    /// # Errors
    ///
    /// [`Error::Content`] for an unreadable file or an unknown field, [`Error::Input`] for a value
    /// out of its range.
    pub fn resolve(preset: Option<Preset>, file: Option<&Path>, over: &[Override]) -> Result<Self> {
        let from_file = file.map(read_table).transpose()?;
        let preset = match (
            preset,
            from_file.as_ref().and_then(|table| table.get("preset")),
        ) {
            (Some(preset), _) => preset,
            (None, Some(name)) => serde_json::from_value(name.clone()).map_err(|error| {
                Error::input(format!("preset {name} in the configuration: {error}"))
            })?,
            (None, None) => {
                return Err(Error::input(
                    "say what to train with: --preset focused, panoramic or demo, or --config FILE",
                ));
            }
        };
        let mut table = serde_json::to_value(preset.config()).map_err(Error::internal)?;
        if let Some(from_file) = from_file {
            merge(&mut table, from_file);
        }
        if let Some(fields) = table.as_object_mut() {
            for (name, value) in over {
                fields.insert((*name).to_string(), value.clone());
            }
        }
        let config: Self = serde_json::from_value(table).map_err(|error| match file {
            Some(file) => Error::content(file)(error),
            None => Error::input(error.to_string()),
        })?;
        config.validate()?;
        Ok(config)
    }

    /// Checks that every number is in its range.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] naming the first parameter that is not.
    pub fn validate(&self) -> Result<()> {
        self.architecture()?;
        let share = |value: f64| (0.0..1.0).contains(&value);
        let checks = [
            (
                (16..=1024).contains(&self.size),
                "size must be between 16 and 1024 pixels",
            ),
            (self.epochs >= 1, "epochs must be at least 1"),
            (
                (2..=4096).contains(&self.batch),
                "batch must be between 2 and 4096: statistics of one picture mean nothing",
            ),
            (
                self.learning_rate > 0.0 && self.learning_rate.is_finite(),
                "learning_rate must be above 0",
            ),
            (
                self.warm_up_multiplier > 0.0 && self.warm_up_multiplier.is_finite(),
                "warm_up_multiplier must be above 0",
            ),
            (
                self.own_weight > 0.0 && self.own_weight.is_finite(),
                "own_weight must be above 0",
            ),
            (
                share(f64::from(self.label_smoothing)),
                "label_smoothing must be at least 0 and below 1",
            ),
            (
                share(self.dropout),
                "dropout must be at least 0 and below 1",
            ),
            (
                (1..=64).contains(&self.dropout_masks),
                "dropout_masks must be between 1 and 64",
            ),
            (
                self.folds.is_none_or(|folds| (2..=100).contains(&folds)),
                "folds must be between 2 and 100",
            ),
        ];
        if let Some((_, message)) = checks.iter().find(|(holds, _)| !holds) {
            return Err(Error::input(*message));
        }
        match self.augmentation.fault() {
            Some(fault) => Err(Error::input(fault)),
            None => Ok(()),
        }
    }

    /// The architecture that the name stands for.
    pub fn architecture(&self) -> Result<Architecture> {
        self.architecture
            .parse()
            .map_err(|error| Error::input(format!("architecture {}: {error}", self.architecture)))
    }

    /// The network to be built.
    pub fn network(&self) -> Result<EfficientNetConfig> {
        Ok(EfficientNetConfig {
            dropout: self.dropout,
            dropout_masks: self.dropout_masks,
            ..EfficientNetConfig::new(self.architecture()?, self.labels.len())
        })
    }

    /// Size and normalisation of the network's input.
    pub fn preprocessing(&self) -> Preprocessing {
        Preprocessing::imagenet(self.size)
    }

    /// The learning rate of each epoch.
    pub fn schedule(&self) -> WarmUpCosine {
        WarmUpCosine {
            base: self.learning_rate,
            multiplier: self.warm_up_multiplier,
            epochs: self.epochs,
        }
    }

    /// The loss with the labels' weights.
    pub fn loss(&self) -> WeightedCrossEntropy {
        let weight = |own: bool| if own { self.own_weight } else { 1.0 };
        WeightedCrossEntropy {
            weights: self.labels.iter().map(|label| weight(label.own)).collect(),
            label_smoothing: self.label_smoothing,
        }
    }

    /// Positions of the own labels, over which the best epoch is chosen.
    pub fn own_labels(&self) -> Vec<usize> {
        let labels = self.labels.iter().enumerate();
        labels
            .filter(|(_, label)| label.own)
            .map(|(index, _)| index)
            .collect()
    }

    /// Names of the fields in which two configurations differ.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let fields = |config: &Self| serde_json::to_value(config).unwrap_or_default();
        let (ours, theirs) = (fields(self), fields(other));
        let Some(ours) = ours.as_object() else {
            return Vec::new();
        };
        ours.iter()
            .filter(|(name, value)| theirs.get(name.as_str()) != Some(value))
            .map(|(name, _)| name.clone())
            .collect()
    }
}

/// Reads a TOML or JSON file, by its extension, into one form.
fn read_table(path: &Path) -> Result<Value> {
    let bytes = files::read(path)?;
    let text = std::str::from_utf8(&bytes).map_err(Error::content(path))?;
    if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        serde_json::from_str(text).map_err(Error::content(path))
    } else {
        toml::from_str(text).map_err(Error::content(path))
    }
}

/// Puts the fields of `over` into `table`, tables inside tables field by field.
fn merge(table: &mut Value, over: Value) {
    match (table, over) {
        (Value::Object(table), Value::Object(over)) => {
            for (name, value) in over {
                merge(table.entry(name).or_insert(Value::Null), value);
            }
        }
        (table, over) => *table = over,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_and_then_the_command_line_go_over_the_preset() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plan.toml");
        let text = "preset = \"demo\"\nepochs = 7\nbatch = 8\n[augmentation]\ncontrast = 0.5\n";
        std::fs::write(&file, text).unwrap();
        let config = TrainConfig::resolve(None, Some(&file), &[("batch", json!(16))]).unwrap();
        assert_eq!((config.epochs, config.batch), (7, 16));
        assert_eq!(config.augmentation.contrast, 0.5);
        let preset = Preset::Demo.config();
        assert_eq!(config.augmentation.transpose, preset.augmentation.transpose);
        assert_eq!(
            config.differences(&preset),
            ["augmentation", "batch", "epochs"]
        );
    }

    #[test]
    fn wrong_fields_and_values_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plan.toml");
        std::fs::write(&file, "preset = \"demo\"\nepoch = 7\n").unwrap();
        let message = TrainConfig::resolve(None, Some(&file), &[])
            .unwrap_err()
            .to_string();
        assert!(message.contains("plan.toml") && message.contains("`epoch`"));
        for (name, value) in [
            ("batch", json!(1)),
            ("size", json!(8)),
            ("learning_rate", json!(-1.0)),
            ("architecture", json!("resnet50")),
        ] {
            let answer = TrainConfig::resolve(Some(Preset::Demo), None, &[(name, value)]);
            let message = answer.unwrap_err().to_string();
            assert!(message.contains(name), "{name}: {message}");
        }
        assert!(TrainConfig::resolve(None, None, &[]).is_err());
    }

    #[test]
    fn the_configuration_survives_its_file() {
        let config = Preset::Panoramic.config();
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<TrainConfig>(&text).unwrap(), config);
    }
}
