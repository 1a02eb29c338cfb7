//! From a photograph to the network's input.

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::{Fit, Photo, PhotoError};

/// What happens to a decoded photograph before the network sees it. Stored in every bundle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// Side of the square input, in pixels.
    pub size: u32,
    /// Subtracted from each channel (red, green, blue), on the scale from 0 to 1.
    pub mean: [f32; 3],
    /// Each channel is then divided by this; positive.
    pub std: [f32; 3],
    /// How a photograph that is not square becomes one.
    #[serde(default)]
    pub fit: Fit,
}

impl Preprocessing {
    /// The means and standard deviations of ImageNet, which nearly all pretrained networks expect.
    pub fn imagenet(size: u32) -> Self {
        Self {
            size,
            mean: [0.485, 0.456, 0.406],
            std: [0.229, 0.224, 0.225],
            fit: Fit::Stretch,
        }
    }

    /// Checks that the size can be resized to and that the normalisation gives finite values.
    ///
    /// # Errors
    ///
    /// [`PhotoError::BadSide`] or [`PhotoError::BadNormalization`].
    pub fn check(&self) -> Result<(), PhotoError> {
        if self.size == 0 || self.size > Photo::MAX_RESIZED_SIDE {
            return Err(PhotoError::BadSide {
                side: self.size,
                largest: Photo::MAX_RESIZED_SIDE,
            });
        }
        let usable = self.mean.iter().all(|mean| mean.is_finite())
            && self.std.iter().all(|std| std.is_normal() && *std > 0.0);
        if usable {
            Ok(())
        } else {
            Err(PhotoError::BadNormalization)
        }
    }

    /// `(value / 255 - mean) / std` of every pixel, without resizing.
    ///
    /// The result is in CHW order: all of red, then green, then blue; `3 * height * width` values.
    pub fn normalize(&self, photo: &Photo) -> Vec<f32> {
        let pixels = photo.pixels();
        let mut values = Vec::with_capacity(pixels.len());
        for channel in 0..3 {
            let (mean, std) = (self.mean[channel], self.std[channel]);
            let table: [f32; 256] =
                std::array::from_fn(|value| (value as f32 / 255.0 - mean) / std);
            let pixels = pixels.chunks_exact(3);
            values.extend(pixels.map(|pixel| table[usize::from(pixel[channel])]));
        }
        values
    }

    /// The way back from normalised values `[3 * height * width]`, CHW, to RGBA pixels `[height * width * 4]`, row-major and
    /// opaque. Values beyond black and white are cut; what is no number is black.
    pub fn rgba(&self, values: &[f32]) -> Vec<u8> {
        let plane = values.len() / 3;
        let mut pixels = vec![255; 4 * plane];
        for channel in 0..3 {
            let (mean, std) = (self.mean[channel], self.std[channel]);
            let values = values.iter().skip(channel * plane);
            for (pixel, value) in pixels.chunks_exact_mut(4).zip(values) {
                // `as` cuts at 0 and 255 and turns NaN into 0.
                pixel[channel] = ((value * std + mean) * 255.0).round() as u8;
            }
        }
        pixels
    }

    /// The square of `size` x `size` pixels that [`normalize`](Self::normalize) takes.
    ///
    /// Padding has the colour of the mean, which is 0 after normalisation (to one grey level).
    ///
    /// # Errors
    ///
    /// [`PhotoError::BadSide`] when the size is 0 or too large.
    pub fn square(&self, photo: &Photo) -> Result<Photo, PhotoError> {
        self.square_of(photo, self.size)
    }

    /// [`square`](Self::square) with another side than the network's, for what happens before it.
    ///
    /// # Errors
    ///
    /// [`PhotoError::BadSide`] when the side is 0 or too large.
    pub fn square_of(&self, photo: &Photo, side: u32) -> Result<Photo, PhotoError> {
        let fill = self.mean.map(|mean| (mean * 255.0).round() as u8);
        self.fit.square(photo, side, fill)
    }

    /// Makes the square of `size` x `size` and normalises.
    ///
    /// The result is in CHW order, `3 * size * size` values.
    ///
    /// # Errors
    ///
    /// When this preprocessing is unusable; see [`check`](Self::check).
    pub fn prepare(&self, photo: &Photo) -> Result<Vec<f32>, PhotoError> {
        self.check()?;
        Ok(self.normalize(&self.square(photo)?))
    }

    /// [`prepare`](Self::prepare) as a batch of one on a device.
    ///
    /// # Shapes
    ///
    /// The result is `[1, 3, size, size]`.
    ///
    /// # Errors
    ///
    /// As [`prepare`](Self::prepare).
    pub fn tensor(&self, photo: &Photo, device: &Device) -> Result<Tensor<4>, PhotoError> {
        let side = self.size as usize;
        let data = TensorData::new(self.prepare(photo)?, [1, 3, side, side]);
        Ok(Tensor::from_data(data, device))
    }
}
