//! One picture of a manifest and what is known about it.

use std::fmt;
use std::str::FromStr;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Which of a photograph's two views a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum PictureSet {
    /// The whole photograph.
    Panoramic,
    /// The lesion only.
    Focused,
}

impl fmt::Display for PictureSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PictureSet::Panoramic => "panoramic",
            PictureSet::Focused => "focused",
        })
    }
}

impl FromStr for PictureSet {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "panoramic" => Ok(PictureSet::Panoramic),
            "focused" => Ok(PictureSet::Focused),
            other => Err(format!("`{other}` is neither panoramic nor focused")),
        }
    }
}

/// Whether a picture may be learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Split {
    /// Learnt from, in cross-validation.
    Train,
    /// Only measured on.
    Test,
}

/// One picture of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Line of `manifest.csv`, from 1 (the header is line 1).
    pub line: u64,
    /// The file as written in the manifest.
    pub image: String,
    /// Panoramic or focused.
    pub set: PictureSet,
    /// Key of the condition.
    pub label: String,
    /// The photograph or person it comes from.
    pub source: String,
    /// Training or test.
    pub split: Split,
    /// Fold, from 0, of a training row; `None` when the folds are still to be dealt.
    pub fold: Option<usize>,
    /// Lesion mask, as written in the manifest.
    pub mask: Option<String>,
    /// Fitzpatrick skin type, 1 to 6.
    pub tone: Option<u8>,
}
