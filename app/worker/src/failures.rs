//! From the causes that `genoderm_model` names to those that the page knows.

use burn::tensor::ExecutionError;
use genoderm_model::{
    attribution::AttributionError,
    bundle::BundleError,
    calibration::{AnswerError, GuardError},
    ensemble::EnsembleError,
    preprocess::PhotoError,
    weights::WeightError,
};
use genoderm_protocol::{Failure, FailureKind};

use crate::crash;

/// A photograph that cannot be read. The detail is only what the page's sentence for the kind does not say.
pub fn photo(error: PhotoError) -> Failure {
    let (kind, detail) = match error {
        PhotoError::Empty => (FailureKind::EmptyFile, String::new()),
        PhotoError::UnsupportedFormat { found } => (FailureKind::UnsupportedFile, found),
        PhotoError::TooLarge { width, height, .. } => {
            (FailureKind::TooLarge, format!("{width} x {height} pixels"))
        }
        PhotoError::Broken { cause } => (FailureKind::BrokenFile, cause),
        other @ PhotoError::BadRegion { .. } => (FailureKind::BadRequest, other.to_string()),
        other @ PhotoError::FileTooLarge { .. } => (FailureKind::TooLarge, other.to_string()),
        other => (FailureKind::Internal, other.to_string()),
    };
    Failure::new(kind, detail)
}

/// A manifest or shard that cannot be used.
pub fn bundle(error: BundleError) -> Failure {
    let kind = match &error {
        BundleError::Shard { .. } => FailureKind::Checksum,
        _ => FailureKind::BadBundle,
    };
    Failure::new(kind, error)
}

/// Weights that do not fit the architecture of their manifest.
pub fn weights(error: WeightError) -> Failure {
    Failure::new(FailureKind::BadBundle, error)
}

/// A device that failed while it computed or was read.
pub fn device(error: ExecutionError) -> Failure {
    let text = error.to_string();
    Failure::new(crash::kind_of(&text), text)
}

/// Outputs that make no answer. The manifest was validated, so only numbers that are none can be the cause: the golden
/// check passed, and yet the device computes nonsense for this photograph.
pub fn answer(error: AnswerError) -> Failure {
    let kind = match &error {
        AnswerError::Ensemble(EnsembleError::NotAProbability { .. })
        | AnswerError::Guard(GuardError::NotANumber) => FailureKind::GoldenMismatch,
        _ => FailureKind::Internal,
    };
    Failure::new(kind, error)
}

/// An attribution that could not be computed.
pub fn attribution(error: AttributionError) -> Failure {
    let kind = match &error {
        AttributionError::Cancelled => FailureKind::Cancelled,
        AttributionError::Steps { .. }
        | AttributionError::Samples { .. }
        | AttributionError::Noise { .. }
        | AttributionError::Window { .. } => FailureKind::BadRequest,
        AttributionError::NotFinite => FailureKind::GoldenMismatch,
        other => crash::kind_of(&other.to_string()),
    };
    Failure::new(kind, error)
}
