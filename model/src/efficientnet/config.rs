//! What to build: a network's architecture, its classes and how it trains.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::architecture::Architecture;
use super::network::EfficientNet;
use super::padding::Padding;
use super::plan::Plan;

/// What to build. Serialisable, and saved beside what it produced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EfficientNetConfig {
    /// Which network.
    pub architecture: Architecture,
    /// Number of classes, 1 or more.
    pub classes: usize,
    /// Probability with which each dropout mask drops a feature, in [0, 1). The paper's is 0.2.
    #[serde(default = "paper_dropout")]
    pub dropout: f64,
    /// Dropout masks over which the classifier's output is averaged in training. The paper's is 5.
    #[serde(default = "paper_dropout_masks")]
    pub dropout_masks: usize,
    /// Probability with which the last residual block is skipped in training; earlier ones less, in proportion to their
    /// position (stochastic depth), in [0, 1). The paper's is 0.
    #[serde(default)]
    pub drop_path: f64,
}

fn paper_dropout() -> f64 {
    0.2
}

fn paper_dropout_masks() -> usize {
    5
}

/// A field of [`EfficientNetConfig`] is out of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{field} is {value}, but must be {range}")]
pub struct InvalidConfig {
    /// Name of the field.
    pub field: &'static str,
    /// Its value.
    pub value: String,
    /// What is allowed.
    pub range: &'static str,
}

impl EfficientNetConfig {
    /// The paper's head (dropout 0.2, 5 masks, no stochastic depth) on a network.
    pub fn new(architecture: Architecture, classes: usize) -> Self {
        Self {
            architecture,
            classes,
            dropout: paper_dropout(),
            dropout_masks: paper_dropout_masks(),
            drop_path: 0.0,
        }
    }

    /// Checks the ranges of the fields; call it on a configuration that a user wrote.
    ///
    /// # Errors
    /// The first field that is out of range.
    pub fn validate(&self) -> Result<(), InvalidConfig> {
        let refuse = |field, value: String, range| {
            Err(InvalidConfig {
                field,
                value,
                range,
            })
        };
        if self.classes == 0 {
            return refuse("classes", self.classes.to_string(), "1 or more");
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return refuse("dropout", self.dropout.to_string(), "in [0, 1)");
        }
        if self.dropout_masks == 0 {
            return refuse("dropout_masks", self.dropout_masks.to_string(), "1 or more");
        }
        if !(0.0..1.0).contains(&self.drop_path) {
            return refuse("drop_path", self.drop_path.to_string(), "in [0, 1)");
        }
        Ok(())
    }

    /// Builds the network with fresh parameters, on first use of each: loading weights over them costs no random
    /// numbers.
    ///
    /// Convolutions are drawn from a normal distribution with variance 2 / fan-out and batch normalisations are the
    /// identity, as in the reference implementation and timm. The classifier's weights and biases are uniform in
    /// +-1/sqrt(features), as of the layer that the paper's authors put on top. Seed with `device.seed`.
    ///
    /// Values that [`validate`](Self::validate) refuses are moved into their range, so this never fails.
    pub fn init(&self, device: &Device) -> EfficientNet {
        self.init_plan(
            &self.architecture.plan(),
            self.architecture.padding(),
            self.architecture.batch_norm_epsilon(),
            device,
        )
    }

    /// [`init`](Self::init) with layer sizes of one's own: networks small enough for finite differences.
    pub(crate) fn init_plan(
        &self,
        plan: &Plan,
        padding: Padding,
        epsilon: f64,
        device: &Device,
    ) -> EfficientNet {
        let in_range = Self {
            classes: self.classes.max(1),
            dropout: into_unit(self.dropout),
            dropout_masks: self.dropout_masks.max(1),
            drop_path: into_unit(self.drop_path),
            ..self.clone()
        };
        EfficientNet::new(in_range, plan, padding, epsilon, device)
    }
}

/// `probability` moved into [0, 0.99]; not-a-number becomes 0.
fn into_unit(probability: f64) -> f64 {
    if probability.is_nan() {
        0.0
    } else {
        probability.clamp(0.0, 0.99)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ranges_are_checked_and_init_does_not_panic_without_it() {
        let mut config = EfficientNetConfig::new(Architecture::paper(), 0);
        assert_eq!(config.validate().unwrap_err().field, "classes");
        config.classes = 2;
        for wrong in [-0.1, 1.0, f64::NAN] {
            config.dropout = wrong;
            assert_eq!(config.validate().unwrap_err().field, "dropout");
            let _ = config.init(&Device::flex());
        }
        config.dropout = 0.0;
        config.dropout_masks = 0;
        assert_eq!(config.validate().unwrap_err().field, "dropout_masks");
        config.dropout_masks = 1;
        assert_eq!(config.validate(), Ok(()));
    }

    #[test]
    fn missing_fields_are_the_papers() {
        let config: EfficientNetConfig =
            serde_json::from_str(r#"{"architecture":"tf_efficientnet_b4_ns","classes":16}"#)
                .unwrap();
        assert_eq!(config, EfficientNetConfig::new(Architecture::paper(), 16));
    }
}
