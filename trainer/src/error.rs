//! The trainer's one error type, sorted by who can mend it: the caller or we.

use std::io;
use std::path::{Path, PathBuf};

use crate::data::ManifestError;
use crate::device::DeviceError;

/// Everything that can go wrong in a command.
///
/// [`Error::exit_code`] says whose fault it is: 2 for input that the caller can mend, 1 for a
/// failure of this program or of the machine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A command was asked for something that cannot be done; the text says what to do instead.
    #[error("{0}")]
    Input(String),
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb: `read`, `write`, `create`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// A file was read but its content is not what it should be.
    #[error("{}: {cause}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The table of pictures has bad rows.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The device that was asked for cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// Something that should not be able to fail has failed.
    #[error("{0}")]
    Internal(String),
}

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Builds an [`Error::Input`].
    pub fn input(message: impl Into<String>) -> Self {
        Error::Input(message.into())
    }

    /// Builds an [`Error::Internal`] from any error.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Error::Internal(cause.to_string())
    }

    /// Builds an [`Error::Io`]; use as `.map_err(Error::io("read", path))`.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Error::Io {
            action,
            path,
            source,
        }
    }

    /// Builds an [`Error::Content`]; use as `.map_err(Error::content(path))`.
    pub fn content<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_path_buf();
        move |cause| Error::Content {
            path,
            cause: cause.to_string(),
        }
    }

    /// Whether a disk or a quota is full.
    pub fn is_disk_full(&self) -> bool {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        matches!(self, Error::Io { source, .. } if matches!(source.kind(), QuotaExceeded | StorageFull))
    }

    /// The process's exit code: 2 for wrong use or bad input, 1 for a failure of ours.
    pub fn exit_code(&self) -> u8 {
        use io::ErrorKind::{
            AlreadyExists, IsADirectory, NotADirectory, NotFound, PermissionDenied, QuotaExceeded,
            ReadOnlyFilesystem, StorageFull,
        };
        match self {
            Error::Io { source, .. } => match source.kind() {
                AlreadyExists | IsADirectory | NotADirectory | NotFound | PermissionDenied
                | QuotaExceeded | ReadOnlyFilesystem | StorageFull => 2,
                _ => 1,
            },
            Error::Internal(_) => 1,
            Error::Input(_) | Error::Content { .. } | Error::Manifest(_) | Error::Device(_) => 2,
        }
    }
}
