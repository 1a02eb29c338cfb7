//! Everything that decides what a training learns, saved beside what it produced.

use std::path::Path;

use genoderm_model::efficientnet::{Architecture, EfficientNetConfig};
use genoderm_model::labels::LabelRegistry;
use genoderm_model::preprocess::{Fit, Preprocessing};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::augment::Augmentation;
use crate::data::PictureSet;
use crate::error::{Error, Result};
use crate::files;
use crate::training::{Precision, Preset, WarmUpCosine, WeightedCrossEntropy};

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
    /// How a picture that is not square becomes one.
    pub fit: Fit,
    /// Width and height of the pictures that augmentation works on, before they are resized to the
    /// network's, pixels; `None` for the network's.
    pub training_size: Option<u32>,
    /// The labels, in the order of the logits.
    pub labels: LabelRegistry,
    /// Deal the training pictures into this many folds; `None` keeps the manifest's folds.
    pub folds: Option<usize>,
    /// How often all training pictures are seen.
    pub epochs: usize,
    /// Largest number of pictures in a step.
    pub batch: usize,
    /// Into how many parts a step is cut, whose gradients are added up: less memory, same gradient
    /// but for batch normalisation.
    pub accumulate: usize,
    /// Show each label equally often in an epoch, instead of each picture once.
    pub balanced: bool,
    /// What the passes compute in; weights are in f32 in any case.
    pub precision: Precision,
    /// Learning rate of the first epoch.
    pub learning_rate: f64,
    /// Peak learning rate over that of the first epoch.
    pub warm_up_multiplier: f64,
    /// How many epochs the rate rises to its peak.
    pub warm_up_epochs: usize,
    /// The rate to which the cosine falls.
    pub final_learning_rate: f64,
    /// AdamW's decay, by which rate times weights are taken from all weights but biases and those
    /// of batch normalisation; 0 is Adam.
    pub weight_decay: f32,
    /// Largest Euclidean norm of all gradients together; `None` leaves them as they are.
    pub clip_norm: Option<f64>,
    /// Decay of the exponential moving average of the weights, which is then what is validated and
    /// kept, 0 to below 1; `None` keeps the weights themselves.
    pub ema_decay: Option<f64>,
    /// Weight of the own labels in the loss; auxiliary labels weigh 1.
    pub own_weight: f32,
    /// Share of the target spread over all labels, 0 to below 1.
    pub label_smoothing: f32,
    /// Stop when more than this many epochs in a row brought no gain; `None` trains all epochs.
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
    /// Where it was; with `{fold}` in the place of a fold's number, one for each.
    pub file: String,
    /// SHA-256 of its content; empty when a file of the user names the weights only, and for one
    /// file for each fold.
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
                    "say what to train with: --preset focused, panoramic, paper-text or demo, or --config FILE",
                ));
            }
        };
        let set = over
            .iter()
            .rfind(|(name, _)| *name == "set")
            .map(|(_, value)| value)
            .or_else(|| from_file.as_ref()?.get("set"))
            .and_then(|name| PictureSet::deserialize(name).ok());
        let plan = preset.config_for(set);
        let mut table = serde_json::to_value(plan).map_err(Error::internal)?;
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
        config.settled()
    }

    /// The plan in a file, over that of its own preset or of `default`.
    ///
    /// # Errors
    ///
    /// As [`resolve`](Self::resolve).
    pub fn of_file(file: &Path, default: Preset) -> Result<Self> {
        let has_preset = read_table(file)?.get("preset").is_some();
        let preset = (!has_preset).then_some(default);
        Self::resolve(preset, Some(file), &[])
    }

    /// The same plan with numbers that a file gives back as they are.
    ///
    /// Reading JSON may be off by the last bit of a number. A plan in memory and the same plan read
    /// from a run's folder must be equal, so that one can go on with the other.
    fn settled(self) -> Result<Self> {
        let mut config = self;
        for _ in 0..8 {
            let text = serde_json::to_string(&config).map_err(Error::internal)?;
            let read: Self = serde_json::from_str(&text).map_err(Error::internal)?;
            if read == config {
                break;
            }
            config = read;
        }
        Ok(config)
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
        Preprocessing {
            fit: self.fit,
            ..Preprocessing::imagenet(self.size)
        }
    }

    /// The learning rate of each epoch.
    pub fn schedule(&self) -> WarmUpCosine {
        WarmUpCosine {
            base: self.learning_rate,
            multiplier: self.warm_up_multiplier,
            warm_up_epochs: self.warm_up_epochs,
            last: self.final_learning_rate,
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
        let text =
            "preset = \"demo\"\nepochs = 7\nbatch = 8\n[augmentation.contrast]\nlimit = 0.5\n";
        std::fs::write(&file, text).unwrap();
        let config = TrainConfig::resolve(None, Some(&file), &[("batch", json!(16))]).unwrap();
        assert_eq!((config.epochs, config.batch), (7, 16));
        assert_eq!(config.augmentation.contrast.limit, 0.5);
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
            ("training_size", json!(8)),
            ("accumulate", json!(0)),
            ("accumulate", json!(17)),
            ("final_learning_rate", json!(0.1)),
            ("weight_decay", json!(-0.1)),
            ("clip_norm", json!(0.0)),
            ("ema_decay", json!(1.0)),
            ("label_smoothing", json!(1.0)),
            ("dropout", json!(-0.5)),
            ("own_weight", json!(0.0)),
        ] {
            let answer = TrainConfig::resolve(Some(Preset::Demo), None, &[(name, value)]);
            let message = answer.unwrap_err().to_string();
            assert!(message.contains(name), "{name}: {message}");
        }
        assert!(TrainConfig::resolve(None, None, &[]).is_err());
    }

    #[test]
    fn the_papers_text_takes_the_numbers_of_the_set() {
        let of = |over: &[Override]| {
            let config = TrainConfig::resolve(Some(Preset::PaperText), None, over).unwrap();
            (config.set, config.learning_rate, config.own_weight)
        };
        assert_eq!(of(&[]), (PictureSet::Focused, 3e-5, 5.0));
        let panoramic = ("set", json!("panoramic"));
        assert_eq!(
            of(std::slice::from_ref(&panoramic)),
            (PictureSet::Panoramic, 1e-5, 10.0)
        );
        let slower = ("learning_rate", json!(1e-6));
        assert_eq!(of(&[panoramic, slower]).1, 1e-6);
    }

    #[test]
    fn padding_reaches_the_preprocessing() {
        let over = [("fit", json!("pad")), ("size", json!(64))];
        let config = TrainConfig::resolve(Some(Preset::Demo), None, &over).unwrap();
        let preprocessing = config.preprocessing();
        assert_eq!((preprocessing.fit, preprocessing.size), (Fit::Pad, 64));
        assert_eq!(Preset::Demo.config().preprocessing().fit, Fit::Stretch);
    }

    #[test]
    fn the_configuration_survives_its_file() {
        let config = Preset::Panoramic.config();
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<TrainConfig>(&text).unwrap(), config);
    }

    #[test]
    fn a_plan_is_equal_to_what_its_file_gives_back() {
        for divisor in 1..200 {
            let rate = json!(1e-4 / f64::from(divisor));
            let over = [("learning_rate", rate)];
            let config = TrainConfig::resolve(Some(Preset::Demo), None, &over).unwrap();
            let text = serde_json::to_string_pretty(&config).unwrap();
            let read: TrainConfig = serde_json::from_str(&text).unwrap();
            assert!(config.differences(&read).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_file_without_a_preset_takes_the_default_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plan.toml");
        std::fs::write(&file, "epochs = 3\n").unwrap();
        let config = TrainConfig::of_file(&file, Preset::Panoramic).unwrap();
        assert_eq!((config.preset, config.epochs), (Preset::Panoramic, 3));
        std::fs::write(&file, "preset = \"demo\"\n").unwrap();
        let config = TrainConfig::of_file(&file, Preset::Panoramic).unwrap();
        assert_eq!(config.preset, Preset::Demo);
    }
}
