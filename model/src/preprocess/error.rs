//! What can be wrong with a photograph, in sentences for the person who chose it.

/// Why a photograph cannot be used.
///
/// The messages are whole sentences, since the page shows them as they are; on the command line
/// they follow the name of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PhotoError {
    /// The file has no bytes.
    #[error("The file is empty. Choose a photograph.")]
    Empty,
    /// The file is of a kind that is not read.
    #[error(
        "{found} cannot be read here. Save the photograph as JPEG or PNG and try again \
         (WebP, BMP, TIFF and GIF also work)."
    )]
    UnsupportedFormat {
        /// What the file is, with an article, as far as its first bytes tell: `An HEIC photograph`.
        found: String,
    },
    /// The image needs more pixels, or more memory, than allowed.
    #[error(
        "The photograph has {width} x {height} pixels, which is more than this program accepts \
         ({limit}). Make it smaller and try again."
    )]
    TooLarge {
        /// Width that the file states, in pixels.
        width: u32,
        /// Height that the file states, in pixels.
        height: u32,
        /// The limit that it exceeds, in words.
        limit: String,
    },
    /// The file is larger than allowed.
    #[error(
        "The file has {} MB, which is more than this program accepts ({} MB). \
         Make the photograph smaller and try again.",
        .bytes.div_ceil(1_000_000),
        .limit / 1_000_000
    )]
    FileTooLarge {
        /// Size of the file in bytes.
        bytes: u64,
        /// Largest size accepted, in bytes.
        limit: u64,
    },
    /// The file is damaged, cut off or uses a feature that is not supported.
    #[error("The photograph is damaged or incomplete and cannot be opened ({cause}).")]
    Broken {
        /// What the decoder met.
        cause: String,
    },
    /// Pixels handed over by a program do not fit the stated size.
    #[error("{bytes} bytes are not an RGB image of {width} x {height} pixels.")]
    WrongPixelCount {
        /// Stated width.
        width: u32,
        /// Stated height.
        height: u32,
        /// Number of bytes given; width x height x 3 are expected, and both sides at least 1.
        bytes: usize,
    },
    /// A photograph in memory could not be made a file.
    #[error("The photograph could not be made a file ({cause}).")]
    NotEncoded {
        /// What the encoder met.
        cause: String,
    },
    /// The side to resize to is 0 or too large.
    #[error(
        "A photograph cannot be resized to {side} x {side} pixels (allowed are 1 to {largest})."
    )]
    BadSide {
        /// The side asked for.
        side: u32,
        /// The largest one allowed.
        largest: u32,
    },
    /// A region that cannot be cut out of the photograph.
    #[error("The region of the photograph cannot be used: {cause}.")]
    BadRegion {
        /// What is wrong with it.
        cause: &'static str,
    },
    /// A mean or a standard deviation of the normalisation cannot be used.
    #[error("The normalisation is unusable: means must be finite, standard deviations positive.")]
    BadNormalization,
}
