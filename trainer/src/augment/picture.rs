//! The square RGB picture that transforms work on.

use genoderm_model::preprocess::{Photo, PhotoError};

/// A square picture, 8 bits a channel, rows from the top, `RGBRGB...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    side: usize,
    values: Vec<u8>,
}

impl Picture {
    /// Copies the pixels of a square photograph.
    ///
    /// Of a photograph that is not square only the largest square at the top left is taken: the
    /// dataset makes square ones only.
    pub fn from_photo(photo: &Photo) -> Self {
        let (width, height) = (photo.width() as usize, photo.height() as usize);
        let side = width.min(height);
        let mut values = Vec::with_capacity(side * side * 3);
        for row in photo.pixels().chunks_exact(width * 3).take(side) {
            values.extend_from_slice(&row[..side * 3]);
        }
        Self { side, values }
    }

    /// A picture of `side * side * 3` values made by `value(row, column, channel)`.
    pub fn from_fn(side: usize, mut value: impl FnMut(usize, usize, usize) -> u8) -> Self {
        let mut values = Vec::with_capacity(side * side * 3);
        for row in 0..side {
            for column in 0..side {
                values.extend((0..3).map(|channel| value(row, column, channel)));
            }
        }
        Self { side, values }
    }

    /// Width and height, pixels.
    pub fn side(&self) -> usize {
        self.side
    }

    /// All values, rows from the top.
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// All values, to be changed in place.
    pub fn values_mut(&mut self) -> &mut [u8] {
        &mut self.values
    }

    /// Puts in `side * side * 3` values.
    pub(super) fn set_values(&mut self, values: Vec<u8>) {
        debug_assert_eq!(values.len(), self.side * self.side * 3);
        self.values = values;
    }

    /// Replaces every value by its entry in the table.
    pub fn map_values(&mut self, table: &[u8; 256]) {
        for value in &mut self.values {
            *value = table[usize::from(*value)];
        }
    }

    /// Exchanges the values of two pixels.
    pub fn swap_pixels(&mut self, one: (usize, usize), other: (usize, usize)) {
        let start = |(row, column): (usize, usize)| (row * self.side + column) * 3;
        let (one, other) = (start(one), start(other));
        for channel in 0..3 {
            self.values.swap(one + channel, other + channel);
        }
    }

    /// The photograph that the preprocessing takes.
    ///
    /// # Errors
    ///
    /// None for a picture made by this module; the type is that of [`Photo::from_rgb8`].
    pub fn into_photo(self) -> Result<Photo, PhotoError> {
        let side = u32::try_from(self.side).unwrap_or(u32::MAX);
        Photo::from_rgb8(side, side, self.values)
    }
}
