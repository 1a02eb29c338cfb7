//! Everything that can go wrong, by cause, with the one plain sentence that the page shows for it.

use serde::{Deserialize, Serialize};

/// Why a request did not end in a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The cause, to act upon.
    pub kind: FailureKind,
    /// Technical details for a bug report; may be empty. Never holds any of the photograph.
    pub detail: String,
}

impl Failure {
    /// A failure of the given kind.
    pub fn new(kind: FailureKind, detail: impl ToString) -> Self {
        Self {
            kind,
            detail: detail.to_string(),
        }
    }

    /// What to show to the user: one or two plain sentences.
    #[must_use]
    pub fn message(&self) -> &'static str {
        self.kind.message()
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())?;
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// The causes of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The file holds no bytes.
    EmptyFile,
    /// The file is not an image of a format we read.
    UnsupportedFile,
    /// The file is of a known image format, but damaged or cut off.
    BrokenFile,
    /// The image has more pixels than we are ready to decode.
    TooLarge,
    /// Not enough memory, in wasm or on the GPU.
    OutOfMemory,
    /// The bundle could not be fetched.
    Download,
    /// A fetched file is not the one that the manifest describes.
    Checksum,
    /// The bundle's manifest or weights make no sense to this version.
    BadBundle,
    /// The GPU could not be started.
    NoDevice,
    /// The GPU went away, or failed while it computed.
    DeviceLost,
    /// The device computes other numbers than those that the bundle was exported with.
    GoldenMismatch,
    /// Stopped by [`Request::Cancel`](crate::Request::Cancel).
    Cancelled,
    /// Asked for a result before a bundle was loaded.
    NotLoaded,
    /// Asked to explain when no photograph was classified.
    NoPhoto,
    /// The request makes no sense: an unknown set, label or fold, steps out of range, a missing buffer.
    BadRequest,
    /// A mistake of ours.
    Internal,
}

impl FailureKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [Self; 16] = [
        Self::EmptyFile,
        Self::UnsupportedFile,
        Self::BrokenFile,
        Self::TooLarge,
        Self::OutOfMemory,
        Self::Download,
        Self::Checksum,
        Self::BadBundle,
        Self::NoDevice,
        Self::DeviceLost,
        Self::GoldenMismatch,
        Self::Cancelled,
        Self::NotLoaded,
        Self::NoPhoto,
        Self::BadRequest,
        Self::Internal,
    ];

    /// What to show to the user: what happened, and what to do.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::EmptyFile => "This file is empty. Choose another photograph.",
            Self::UnsupportedFile => {
                "This file is not an image that can be read here. Use a JPEG, PNG, WebP, BMP, TIFF or GIF file."
            }
            Self::BrokenFile => {
                "This image file is damaged or incomplete. Copy it again from where it came, or choose another."
            }
            Self::TooLarge => {
                "This image has too many pixels. Crop or shrink it to at most 64 megapixels and try again."
            }
            Self::OutOfMemory => {
                "There was not enough memory. Close other pages or programs and try again, or use a smaller image."
            }
            Self::Download => {
                "The model could not be downloaded. Check the connection and try again."
            }
            Self::Checksum => {
                "A downloaded part of the model is not what was published. It was not used. Reload the page to fetch it again."
            }
            Self::BadBundle => {
                "The model cannot be read by this version of the page. Reload the page, or tell whoever runs it."
            }
            Self::NoDevice => {
                "The graphics card could not be started. The processor can be used instead."
            }
            Self::DeviceLost => {
                "The graphics card stopped answering. The processor can be used instead."
            }
            Self::GoldenMismatch => {
                "This device computes wrong numbers, probably because of a fault in its graphics driver. Its answers were not used."
            }
            Self::Cancelled => "Cancelled.",
            Self::NotLoaded => "The model is not loaded yet.",
            Self::NoPhoto => "Choose a photograph first.",
            Self::BadRequest => "The engine cannot do what the page asked for.",
            Self::Internal => {
                "Something went wrong inside the engine. Reload the page and try again."
            }
        }
    }

    /// Whether the same request may well succeed in the CPU engine, so that the page should go on there by itself.
    #[must_use]
    pub fn calls_for_cpu(self) -> bool {
        matches!(
            self,
            Self::NoDevice | Self::DeviceLost | Self::GoldenMismatch
        )
    }

    /// Whether the cause lies in the photograph's file, so that another file is the remedy.
    #[must_use]
    pub fn is_about_the_file(self) -> bool {
        matches!(
            self,
            Self::EmptyFile | Self::UnsupportedFile | Self::BrokenFile | Self::TooLarge
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_kind_has_a_sentence_of_its_own() {
        let messages: std::collections::BTreeSet<_> =
            FailureKind::ALL.iter().map(|kind| kind.message()).collect();
        assert_eq!(messages.len(), FailureKind::ALL.len());
        assert!(messages.iter().all(|message| message.ends_with('.')));
    }

    #[test]
    fn details_follow_the_sentence() {
        let failure = Failure::new(FailureKind::Cancelled, "");
        assert_eq!(failure.to_string(), "Cancelled.");
        let failure = Failure::new(FailureKind::NotLoaded, "no manifest");
        assert_eq!(
            failure.to_string(),
            "The model is not loaded yet. (no manifest)"
        );
        let json = serde_json::to_string(&failure).unwrap();
        assert_eq!(json, r#"{"kind":"not-loaded","detail":"no manifest"}"#);
    }
}
