//! Names of the networks and what the name alone decides: scaling, padding and the epsilon of batch normalisation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::padding::Padding;

/// Compound scaling step, B0 to B7 (Tan & Le 2019, <https://arxiv.org/abs/1905.11946>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Size {
    B0,
    B1,
    B2,
    B3,
    B4,
    B5,
    B6,
    B7,
}

impl Size {
    /// All sizes, smallest first.
    pub const ALL: [Size; 8] = [
        Size::B0,
        Size::B1,
        Size::B2,
        Size::B3,
        Size::B4,
        Size::B5,
        Size::B6,
        Size::B7,
    ];

    /// 0 for B0 up to 7 for B7.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// Which code base the weights come from: key names and shapes are the same for all, only the numbers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// PyTorch's symmetric padding, epsilon 1e-5 (timm's `efficientnet_b*`; torchvision's B0 to B4 agree with it).
    Plain,
    /// TensorFlow's SAME padding, epsilon 1e-3 (timm's and geffnet's `tf_efficientnet_b*`, Noisy Student included).
    TensorFlow,
    /// PyTorch's symmetric padding, epsilon 1e-3: torchvision's B5 to B7, and only those.
    Torchvision,
}

/// One of the supported networks, written and read as timm's name, such as `tf_efficientnet_b4`.
///
/// torchvision trained its B5, B6 and B7 with another batch-norm epsilon (1e-3) than timm's plain ones (1e-5); since the
/// weights do not show it, those three have names of their own, `tv_efficientnet_b5` to `_b7`. `tv_efficientnet_b0` to
/// `_b4` are read as the plain variant, with which they agree in every respect.
///
/// ```
/// use genoderm_model::efficientnet::Architecture;
/// let architecture: Architecture = "tf_efficientnet_b4.ns_jft_in1k".parse().unwrap();
/// assert_eq!(architecture.to_string(), "tf_efficientnet_b4");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Architecture {
    size: Size,
    variant: Variant,
}

/// The name is none of [`Architecture::all`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown architecture \"{0}\": use efficientnet_b0 to _b7, tf_efficientnet_b0 to _b7, or tv_efficientnet_b5 to _b7"
)]
pub struct UnknownArchitecture(pub String);

impl Architecture {
    /// A size in a variant. torchvision's B0 to B4 are the plain variant.
    pub fn new(size: Size, variant: Variant) -> Self {
        let variant = match variant {
            Variant::Torchvision if size < Size::B5 => Variant::Plain,
            other => other,
        };
        Self { size, variant }
    }

    /// The paper's network: B4 with TensorFlow's quirks (Noisy Student weights exist for it).
    pub fn paper() -> Self {
        Self::new(Size::B4, Variant::TensorFlow)
    }

    /// All architectures: 8 plain, 8 TensorFlow, 3 torchvision.
    pub fn all() -> Vec<Self> {
        let mut all = Vec::with_capacity(19);
        for variant in [Variant::Plain, Variant::TensorFlow, Variant::Torchvision] {
            for size in Size::ALL {
                let architecture = Self::new(size, variant);
                if !all.contains(&architecture) {
                    all.push(architecture);
                }
            }
        }
        all
    }

    /// B0 to B7.
    pub fn size(self) -> Size {
        self.size
    }

    /// Whose quirks it has.
    pub fn variant(self) -> Variant {
        self.variant
    }

    /// How convolutions pad.
    pub fn padding(self) -> Padding {
        match self.variant {
            Variant::Plain | Variant::Torchvision => Padding::Symmetric,
            Variant::TensorFlow => Padding::Same,
        }
    }

    /// Epsilon of every batch normalisation.
    pub fn batch_norm_epsilon(self) -> f64 {
        match self.variant {
            Variant::Plain => 1e-5,
            Variant::TensorFlow | Variant::Torchvision => 1e-3,
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = match self.variant {
            Variant::Plain => "",
            Variant::TensorFlow => "tf_",
            Variant::Torchvision => "tv_",
        };
        write!(f, "{prefix}efficientnet_b{}", self.size.index())
    }
}

impl FromStr for Architecture {
    type Err = UnknownArchitecture;

    /// Reads a name; what follows the size after `.` or `_` (a weight tag such as `_ns` or `.ra_in1k`) is accepted and
    /// dropped, since it tells where weights come from and not what the network is.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownArchitecture(name.to_owned());
        let trimmed = name.trim();
        let (variant, rest) = if let Some(rest) = trimmed.strip_prefix("tf_") {
            (Variant::TensorFlow, rest)
        } else if let Some(rest) = trimmed.strip_prefix("tv_") {
            (Variant::Torchvision, rest)
        } else {
            (Variant::Plain, trimmed)
        };
        let rest = rest.strip_prefix("efficientnet_b").ok_or_else(unknown)?;
        let mut characters = rest.chars();
        let size = characters
            .next()
            .and_then(|digit| digit.to_digit(10))
            .and_then(|digit| Size::ALL.get(digit as usize).copied())
            .ok_or_else(unknown)?;
        match characters.next() {
            None => Ok(Self::new(size, variant)),
            Some('.' | '_') if characters.next().is_some() => Ok(Self::new(size, variant)),
            Some(_) => Err(unknown()),
        }
    }
}

impl TryFrom<String> for Architecture {
    type Error = UnknownArchitecture;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<Architecture> for String {
    fn from(architecture: Architecture) -> Self {
        architecture.to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_name_reads_back_as_itself() {
        let all = Architecture::all();
        assert_eq!(all.len(), 19);
        for architecture in all {
            assert_eq!(
                architecture.to_string().parse::<Architecture>().unwrap(),
                architecture
            );
        }
    }

    #[test]
    fn weight_tags_are_dropped() {
        for name in [
            "tf_efficientnet_b4_ns",
            "tf_efficientnet_b4.ns_jft_in1k",
            "tf_efficientnet_b4",
        ] {
            assert_eq!(name.parse(), Ok(Architecture::paper()), "{name}");
        }
    }

    #[test]
    fn other_names_are_refused() {
        for name in [
            "",
            "resnet50",
            "efficientnet_b8",
            "efficientnet_b",
            "efficientnet_b10",
            "efficientnet_b0_",
            "tf_tf_efficientnet_b0",
            "efficientnetv2_b0",
        ] {
            assert!(name.parse::<Architecture>().is_err(), "{name}");
        }
    }

    #[test]
    fn torchvision_differs_from_plain_in_b5_to_b7_only() {
        let b4: Architecture = "tv_efficientnet_b4".parse().unwrap();
        assert_eq!(b4.to_string(), "efficientnet_b4");
        assert_eq!(b4.batch_norm_epsilon(), 1e-5);
        let b5: Architecture = "tv_efficientnet_b5".parse().unwrap();
        assert_eq!(b5.to_string(), "tv_efficientnet_b5");
        assert_eq!(b5.batch_norm_epsilon(), 1e-3);
        assert_eq!(b5.padding(), Padding::Symmetric);
    }

    #[test]
    fn serialises_as_its_name() {
        let json = serde_json::to_string(&Architecture::paper()).unwrap();
        assert_eq!(json, "\"tf_efficientnet_b4\"");
        assert_eq!(
            serde_json::from_str::<Architecture>(&json).unwrap(),
            Architecture::paper()
        );
        assert!(serde_json::from_str::<Architecture>("\"vgg\"").is_err());
    }
}
