//! What can be wrong with weights.

use std::fmt;

/// Why weights cannot be read, written or loaded. Every message names the tensor it is about.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightError {
    /// The bytes are not a safetensors file, or a damaged one.
    #[error("not a readable safetensors file: {cause}")]
    NotSafetensors {
        /// What the reader met.
        cause: String,
    },
    /// The file is not a PyTorch checkpoint that can be read.
    #[error("not a readable PyTorch checkpoint: {cause}")]
    NotCheckpoint {
        /// What the reader met.
        cause: String,
    },
    /// The file holds no weights.
    #[error("the file holds no weights")]
    Empty,
    /// A tensor has an element type that no weight has.
    #[error("the tensor `{name}` has the element type {found}, which is not one of weights")]
    UnsupportedType {
        /// Name of the tensor.
        name: String,
        /// Its element type.
        found: String,
    },
    /// The number of values is not the product of the shape.
    #[error("the tensor `{name}` has {found} values, which does not fit its shape {shape:?}")]
    WrongLength {
        /// Name of the tensor.
        name: String,
        /// Declared shape.
        shape: Vec<usize>,
        /// Number of values.
        found: usize,
    },
    /// A value is infinite or not a number.
    #[error("the tensor `{name}` holds values that are infinite or not numbers")]
    NotFinite {
        /// Name of the tensor.
        name: String,
    },
    /// A value is too large for half precision.
    #[error(
        "the tensor `{name}` holds {value}, which is too large for half precision; use the encoding f32"
    )]
    TooLargeForHalf {
        /// Name of the tensor.
        name: String,
        /// Largest magnitude in it.
        value: f32,
    },
    /// The scales that belong to an 8-bit tensor are missing or unusable.
    #[error("the 8-bit tensor `{name}` cannot be decoded: {cause}")]
    BadScale {
        /// Name of the tensor.
        name: String,
        /// What is wrong with its scales.
        cause: String,
    },
    /// Two tensors have the same name.
    #[error("the tensor `{name}` appears more than once")]
    Duplicate {
        /// The repeated name.
        name: String,
    },
    /// Weights under torchvision's or EfficientNet-PyTorch's names for a network whose padding or
    /// batch-norm epsilon is not theirs.
    #[error("these are {whose} weights, which {network} would compute wrongly; use {right}")]
    OtherVariant {
        /// Who named them, in the genitive.
        whose: &'static str,
        /// What they were loaded into.
        network: String,
        /// The architecture that they fit.
        right: String,
    },
    /// The device failed to give a tensor's values.
    #[error("the tensor `{name}` cannot be read from its device: {cause}")]
    Unreadable {
        /// Name of the tensor.
        name: String,
        /// What the device said.
        cause: String,
    },
    /// The weights are those of another network.
    #[error("{0}")]
    Mismatch(WeightMismatch),
}

/// How weights differ from what a network expects: every tensor concerned, by its timm name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeightMismatch {
    /// What the weights are loaded into, for the message: `efficientnet_b0 with 7 classes`.
    pub network: String,
    /// Expected but not in the file.
    pub missing: Vec<String>,
    /// In the file but not expected.
    pub surplus: Vec<String>,
    /// Of another shape than expected.
    pub misshapen: Vec<MisshapenTensor>,
}

/// A tensor whose shape is not the expected one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MisshapenTensor {
    /// timm name.
    pub name: String,
    /// Shape in the network.
    pub expected: Vec<usize>,
    /// Shape in the file.
    pub found: Vec<usize>,
}

impl WeightMismatch {
    /// Whether there is no difference at all.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.surplus.is_empty() && self.misshapen.is_empty()
    }
}

impl fmt::Display for WeightMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the weights do not fit {}", self.network)?;
        list(f, "missing", &self.missing)?;
        list(f, "not expected", &self.surplus)?;
        let shapes: Vec<String> = self
            .misshapen
            .iter()
            .map(|t| format!("{} (is {:?}, should be {:?})", t.name, t.found, t.expected))
            .collect();
        list(f, "of another shape", &shapes)
    }
}

/// Writes `; 3 missing: a, b, c`; of a long list only the beginning, since the counts tell more.
fn list(f: &mut fmt::Formatter<'_>, what: &str, names: &[String]) -> fmt::Result {
    const SHOWN: usize = 5;
    if names.is_empty() {
        return Ok(());
    }
    let shown = &names[..names.len().min(SHOWN)];
    write!(f, "; {} {what}: {}", names.len(), shown.join(", "))?;
    if names.len() > SHOWN {
        write!(f, ", ...")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mismatch_is_one_line_with_counts() {
        let mismatch = WeightMismatch {
            network: "efficientnet_b0".into(),
            missing: (0..7).map(|i| format!("m{i}")).collect(),
            surplus: vec![],
            misshapen: vec![MisshapenTensor {
                name: "classifier.weight".into(),
                expected: vec![7, 1280],
                found: vec![16, 1280],
            }],
        };
        assert!(!mismatch.is_empty());
        assert_eq!(
            WeightError::Mismatch(mismatch).to_string(),
            "the weights do not fit efficientnet_b0; 7 missing: m0, m1, m2, m3, m4, ...; \
             1 of another shape: classifier.weight (is [16, 1280], should be [7, 1280])"
        );
    }
}
