//! A photograph in memory, and its resizing.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use super::PhotoError;

/// An upright RGB photograph with 8 bits a channel and at least one pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Photo {
    /// Largest side that [`resize_square`](Self::resize_square) accepts, in pixels.
    pub const MAX_RESIZED_SIDE: u32 = 4096;

    /// A photograph from its pixels: red, green, blue of each, row by row from the top left.
    ///
    /// # Errors
    ///
    /// When a side is 0 or there are not `width * height * 3` bytes.
    pub fn from_rgb8(width: u32, height: u32, pixels: Vec<u8>) -> Result<Self, PhotoError> {
        let expected = u64::from(width) * u64::from(height) * 3;
        if expected == 0 || expected != pixels.len() as u64 {
            return Err(PhotoError::WrongPixelCount {
                width,
                height,
                bytes: pixels.len(),
            });
        }
        Ok(Self {
            width,
            height,
            pixels,
        })
    }

    /// Width in pixels, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels: red, green, blue of each, row by row from the top left; `width * height * 3`
    /// bytes.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Resizes to `side` x `side` pixels; the aspect ratio is not kept, as in the study.
    ///
    /// Bilinear with antialiasing: when shrinking, the triangle filter widens to cover all source
    /// pixels. This is what Pillow's `resize(..., BILINEAR)` and torchvision's `antialias=True` do
    /// (OpenCV's and a plain texture lookup do not), and it agrees with Pillow to one grey level.
    ///
    /// # Errors
    ///
    /// When `side` is 0 or larger than [`MAX_RESIZED_SIDE`](Self::MAX_RESIZED_SIDE).
    pub fn resize_square(&self, side: u32) -> Result<Self, PhotoError> {
        self.resize(side, side)
    }

    /// Resizes to `width` x `height` pixels; bilinear with antialiasing, as
    /// [`resize_square`](Self::resize_square).
    ///
    /// # Errors
    ///
    /// When a side is 0 or larger than [`MAX_RESIZED_SIDE`](Self::MAX_RESIZED_SIDE).
    pub fn resize(&self, width: u32, height: u32) -> Result<Self, PhotoError> {
        let bad_side = || PhotoError::BadSide {
            side: if width == 0 || height == 0 {
                0
            } else {
                width.max(height)
            },
            largest: Self::MAX_RESIZED_SIDE,
        };
        if width == 0 || height == 0 || width.max(height) > Self::MAX_RESIZED_SIDE {
            return Err(bad_side());
        }
        if (self.width, self.height) == (width, height) {
            return Ok(self.clone());
        }
        // The resizer for one kind of pixels: that for any kind brings a quarter of a megabyte of tables into the page.
        let source = TypedImageRef::<U8x3>::from_buffer(self.width, self.height, &self.pixels)
            .map_err(|_| bad_side())?;
        let mut pixels = vec![0; width as usize * height as usize * 3];
        let mut target =
            TypedImage::<U8x3>::from_buffer(width, height, &mut pixels).map_err(|_| bad_side())?;
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new()
            .resize_typed(&source, &mut target, &options)
            .map_err(|_| bad_side())?;
        Self::from_rgb8(width, height, pixels)
    }
}

impl std::fmt::Debug for Photo {
    /// Without the pixels: they are a person's skin and have no place in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Photo({} x {})", self.width, self.height)
    }
}
