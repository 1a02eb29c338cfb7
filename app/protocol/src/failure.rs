//! Everything that can go wrong, by cause. The page has a sentence for each in the reader's language.

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
}

/// For logs and bug reports.
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.kind)?;
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
    /// A file is not kept on this device, and none may be fetched now.
    NotKept,
    /// A fetched file is not the one that the manifest describes.
    Checksum,
    /// The bundle's manifest or weights make no sense to this version.
    BadBundle,
    /// The GPU could not be started.
    NoDevice,
    /// The GPU went away, or failed while it computed.
    DeviceLost,
    /// One of several workers that share the work broke.
    WorkerLost,
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
    pub const ALL: [Self; 18] = [
        Self::EmptyFile,
        Self::UnsupportedFile,
        Self::BrokenFile,
        Self::TooLarge,
        Self::OutOfMemory,
        Self::Download,
        Self::NotKept,
        Self::Checksum,
        Self::BadBundle,
        Self::NoDevice,
        Self::DeviceLost,
        Self::WorkerLost,
        Self::GoldenMismatch,
        Self::Cancelled,
        Self::NotLoaded,
        Self::NoPhoto,
        Self::BadRequest,
        Self::Internal,
    ];

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
    fn details_follow_the_cause() {
        let failure = Failure::new(FailureKind::Cancelled, "");
        assert_eq!(failure.to_string(), "Cancelled");
        let failure = Failure::new(FailureKind::NotLoaded, "no manifest");
        assert_eq!(failure.to_string(), "NotLoaded (no manifest)");
        let json = serde_json::to_string(&failure).unwrap();
        assert_eq!(json, r#"{"kind":"not-loaded","detail":"no manifest"}"#);
    }
}
