//! The two views of a photograph that surveys show.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which of a photograph's two views an image is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// The lesion only.
    Focused,
    /// The whole photograph.
    Panoramic,
}

impl View {
    /// Both views, in the order of the paper's surveys.
    pub const BOTH: [View; 2] = [View::Focused, View::Panoramic];
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            View::Focused => "focused",
            View::Panoramic => "panoramic",
        })
    }
}

impl FromStr for View {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "focused" => Ok(View::Focused),
            "panoramic" => Ok(View::Panoramic),
            other => Err(format!("`{other}` is neither focused nor panoramic")),
        }
    }
}
