//! Why a dataset could not be drawn.

use std::path::PathBuf;

/// A failure of [`super::generate`].
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The options make no sense; the text says which and what to do.
    #[error("{0}")]
    Options(String),
    /// The destination holds something already.
    #[error("{} is not empty: choose another folder, or remove this one first", .0.display())]
    NotEmpty(PathBuf),
    /// The destination exists and is no folder.
    #[error("{} exists and is not a folder: choose another path", .0.display())]
    NotAFolder(PathBuf),
    /// The file system refused.
    #[error("could not write {}: {source}", path.display())]
    Write {
        /// What was being written.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A picture could not be encoded.
    #[error("could not encode {}: {source}", path.display())]
    Encode {
        /// Which picture.
        path: PathBuf,
        /// The encoder's reason.
        source: image::ImageError,
    },
}

impl SynthError {
    /// Whether the user can put it right (wrong options or destination), rather than a failure of ours.
    pub fn is_bad_input(&self) -> bool {
        matches!(
            self,
            Self::Options(_) | Self::NotEmpty(_) | Self::NotAFolder(_)
        )
    }
}
