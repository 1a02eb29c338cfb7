//! Frames of a trace, written into JavaScript's memory as they come: wasm's own never shrinks, and 64 frames of a large
//! network are 50 megabytes in each buffer.

use genoderm_model::preprocess::ContentBox;
use js_sys::{ArrayBuffer, Float32Array, Uint8Array};

/// Maps of `f32`, one after the other.
pub(super) struct MapFrames {
    array: Float32Array,
    /// Values of a frame.
    length: u32,
}

impl MapFrames {
    /// Room for `count` frames of `length` values.
    pub fn new(count: u32, length: u32) -> Self {
        Self {
            array: Float32Array::new_with_length(count * length),
            length,
        }
    }

    /// Writes a frame, or as much of it as there is room for.
    pub fn set(&self, index: u32, values: &[f32]) {
        let frame = self.frame(index);
        if frame.length() as usize == values.len() {
            frame.copy_from(values);
        }
    }

    /// Divides all frames by `scale`; a scale of 0 makes them 0.
    pub fn divide(&self, count: u32, scale: f32) {
        for index in 0..count {
            let mut values = self.frame(index).to_vec();
            for value in &mut values {
                *value = if scale > 0.0 { *value / scale } else { 0.0 };
            }
            self.set(index, &values);
        }
    }

    /// The buffer, to be posted. Every machine with wasm is little-endian here.
    pub fn buffer(&self) -> ArrayBuffer {
        self.array.buffer()
    }

    fn frame(&self, index: u32) -> Float32Array {
        let begin = index * self.length;
        self.array.subarray(begin, begin + self.length)
    }
}

/// RGBA pictures, one after the other.
pub(super) struct PictureFrames {
    array: Uint8Array,
    content: ContentBox,
}

impl PictureFrames {
    /// Room for `count` pictures of the part of the input that `content` names.
    pub fn new(count: u32, content: ContentBox) -> Self {
        Self {
            array: Uint8Array::new_with_length(count * content.width * content.height * 4),
            content,
        }
    }

    /// Cuts the content out of an RGBA picture of `side` x `side` and writes it as a frame.
    pub fn set(&self, index: u32, rgba: &[u8], side: usize) {
        let ContentBox {
            left,
            top,
            width,
            height,
        } = self.content;
        let row_bytes = 4 * width;
        let begin = 4 * left as usize;
        let rows = rgba.chunks_exact(4 * side).skip(top as usize);
        for (row, pixels) in (0..height).zip(rows) {
            let at = (index * height + row) * row_bytes;
            let Some(pixels) = pixels.get(begin..begin + row_bytes as usize) else {
                return;
            };
            self.array.subarray(at, at + row_bytes).copy_from(pixels);
        }
    }

    /// The buffer, to be posted.
    pub fn buffer(&self) -> ArrayBuffer {
        self.array.buffer()
    }
}
