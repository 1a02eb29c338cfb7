//! From the bytes of a file to an upright RGB photograph.
//!
//! JPEG (also grey, CMYK and progressive), PNG, WebP, BMP, TIFF and GIF. Conventions:
//!
//! - EXIF orientation (TIFF's own tag there) is applied.
//! - Transparency is blended over white, as a viewer shows it; the colours that an editor left
//!   under transparent pixels are not part of the picture.
//! - Of an animation the first frame counts.
//! - 16-bit channels are rounded to 8 bits, grey is copied to the three channels.
//! - Colour profiles (ICC) are ignored: values are taken as sRGB, as the usual training code does.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage, RgbaImage,
};

use super::format::{is_cut_off_jpeg, name, recognise};
use super::orient::upright;
use super::{Photo, PhotoError};

/// How large a photograph may be. All are checked before memory for the pixels is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Longest side in pixels.
    pub max_side: u32,
    /// Most pixels, width x height.
    pub max_pixels: u64,
    /// Most bytes that the pixels may take while they are decoded, in the file's own depth (3 bytes
    /// a pixel for an ordinary photograph, 8 for one of 16 bits with transparency).
    pub max_decoded_bytes: u64,
    /// Largest file in bytes.
    pub max_file_bytes: u64,
}

impl Default for DecodeLimits {
    /// 64 Mi pixels (the largest phone cameras stay below), 30,000 a side, 512 MiB decoded, files
    /// of 256 MB.
    fn default() -> Self {
        Self {
            max_side: 30_000,
            max_pixels: 64 << 20,
            max_decoded_bytes: 512 << 20,
            max_file_bytes: 256_000_000,
        }
    }
}

/// Memory that a decoder may use for what is not pixels (tables, metadata, palettes), in bytes.
const DECODER_OVERHEAD: u64 = 64 << 20;

impl DecodeLimits {
    /// Checks the size that a file's header states.
    fn check(&self, width: u32, height: u32, decoded_bytes: u64) -> Result<(), PhotoError> {
        let too_large = |limit: String| PhotoError::TooLarge {
            width,
            height,
            limit,
        };
        if width == 0 || height == 0 {
            return Err(PhotoError::Broken {
                cause: "it has no pixels".to_owned(),
            });
        }
        if width.max(height) > self.max_side {
            return Err(too_large(format!("{} pixels a side", self.max_side)));
        }
        if u64::from(width) * u64::from(height) > self.max_pixels {
            let millions = self.max_pixels / 1_000_000;
            return Err(too_large(format!("{millions} million pixels in all")));
        }
        if decoded_bytes > self.max_decoded_bytes {
            let mebibytes = self.max_decoded_bytes >> 20;
            return Err(too_large(format!("{mebibytes} MiB of pixels")));
        }
        Ok(())
    }

    /// What the decoders may allocate: some need a second buffer as large as the result. The sides
    /// are left to [`check`](Self::check), whose error names them.
    fn for_decoder(&self) -> Limits {
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(
            self.max_decoded_bytes
                .saturating_mul(2)
                .saturating_add(DECODER_OVERHEAD),
        );
        limits
    }
}

/// Decodes the bytes of an image file into an upright RGB photograph.
///
/// The format is told from the bytes. See the module's text for what happens to orientation,
/// transparency, bit depth and colour profiles.
///
/// # Errors
///
/// [`PhotoError::Empty`], [`PhotoError::UnsupportedFormat`], [`PhotoError::TooLarge`] or
/// [`PhotoError::FileTooLarge`] (both before memory is taken) or [`PhotoError::Broken`]. Whatever
/// the bytes are, this does not panic.
pub fn decode_photo(bytes: &[u8], limits: &DecodeLimits) -> Result<Photo, PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    if bytes.len() as u64 > limits.max_file_bytes {
        return Err(PhotoError::FileTooLarge {
            bytes: bytes.len() as u64,
            limit: limits.max_file_bytes,
        });
    }
    let format = recognise(bytes)?;
    let failed = |error| explain(format, error);

    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.for_decoder());
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    limits.check(width, height, decoder.total_bytes())?;
    if format == ImageFormat::Jpeg && is_cut_off_jpeg(bytes) {
        return Err(PhotoError::Broken {
            cause: "the file ends too early".to_owned(),
        });
    }
    let orientation = orientation(&mut decoder);
    let image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    upright(width, height, into_rgb8(image).into_raw(), orientation)
}

/// What a decoder's error means to the person who chose the file.
fn explain(format: ImageFormat, error: ImageError) -> PhotoError {
    match error {
        // A palette in TIFF, 12 bits in JPEG: the file is sound, only unusual.
        ImageError::Unsupported(_) => PhotoError::UnsupportedFormat {
            found: format!("This variety of {}", name(format)),
        },
        other => PhotoError::Broken {
            cause: other.to_string(),
        },
    }
}

/// How the picture has to be turned; unreadable metadata count as none.
fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    /// In a JPEG these bytes precede the EXIF block; some programs put them into PNG and WebP as
    /// well.
    const JPEG_PREFIX: &[u8] = b"Exif\0\0";
    if let Ok(orientation) = decoder.orientation()
        && orientation != Orientation::NoTransforms
    {
        return orientation;
    }
    decoder
        .exif_metadata()
        .ok()
        .flatten()
        .and_then(|exif| Orientation::from_exif_chunk(exif.strip_prefix(JPEG_PREFIX)?))
        .unwrap_or(Orientation::NoTransforms)
}

fn into_rgb8(image: DynamicImage) -> RgbImage {
    if image.color().has_alpha() {
        over_white(&image.into_rgba8())
    } else {
        image.into_rgb8()
    }
}

/// Blends over a white ground: `round((colour * alpha + 255 * (255 - alpha)) / 255)`.
fn over_white(image: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        let blend = |colour: u8| {
            let alpha = u32::from(alpha);
            ((u32::from(colour) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        image::Rgb([blend(red), blend(green), blend(blue)])
    })
}
