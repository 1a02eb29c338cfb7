//! The pictures of a path: at each point the picture itself, the gradient there and the running sum.

use genoderm_protocol::Trace;
use js_sys::{ArrayBuffer, Float32Array, Uint8Array};

use crate::overlay::Heat;

/// The engine's three buffers, from which single frames are read.
pub struct Frames {
    width: u32,
    height: u32,
    count: usize,
    pictures: Uint8Array,
    gradients: Float32Array,
    sums: Float32Array,
}

impl Frames {
    /// Takes over the engine's buffers; `None` when they have not the size that the trace says.
    pub fn new(trace: &Trace, buffers: &[ArrayBuffer]) -> Option<Self> {
        let [pictures, gradients, sums] = buffers else {
            return None;
        };
        let count = trace.points.len();
        let bytes = u64::from(trace.width) * u64::from(trace.height) * count as u64 * 4;
        let fits = |buffer: &ArrayBuffer| u64::from(buffer.byte_length()) == bytes;
        // Every machine with wasm is little-endian here.
        (bytes > 0 && buffers.iter().all(fits)).then(|| Self {
            width: trace.width,
            height: trace.height,
            count,
            pictures: Uint8Array::new(pictures),
            gradients: Float32Array::new(gradients),
            sums: Float32Array::new(sums),
        })
    }

    /// Pixels across and down.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The picture at a point, RGBA.
    pub fn picture(&self, step: usize) -> Option<Vec<u8>> {
        let (begin, end) = self.place(step, 4)?;
        Some(self.pictures.subarray(begin, end).to_vec())
    }

    /// The gradient at a point, in units of the trace's scale.
    pub fn gradient(&self, step: usize) -> Option<Heat> {
        self.heat(&self.gradients, step)
    }

    /// The sum up to and with a point, in units of the trace's scale.
    pub fn sum(&self, step: usize) -> Option<Heat> {
        self.heat(&self.sums, step)
    }

    fn heat(&self, array: &Float32Array, step: usize) -> Option<Heat> {
        let (begin, end) = self.place(step, 1)?;
        let values = array.subarray(begin, end).to_vec();
        Heat::new(self.width, self.height, values)
    }

    /// Where a frame with so many elements for a pixel begins and ends.
    fn place(&self, step: usize, elements: u32) -> Option<(u32, u32)> {
        let length = self.width * self.height * elements;
        let begin = u32::try_from(step).ok()? * length;
        (step < self.count).then_some((begin, begin + length))
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use genoderm_protocol::envelope;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::path::walk::tests::trace;

    fn floats(values: &[f32]) -> ArrayBuffer {
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        envelope::buffer_of(&bytes)
    }

    #[wasm_bindgen_test]
    fn each_point_has_its_own_frames() {
        let trace = trace();
        let rgba: Vec<u8> = (0..16).collect();
        let buffers = [
            envelope::buffer_of(&rgba),
            floats(&[1.0, 2.0, 3.0, 4.0]),
            floats(&[0.5, 1.0, 2.0, 3.0]),
        ];
        let frames = Frames::new(&trace, &buffers).unwrap();
        assert_eq!(frames.picture(1).unwrap(), rgba[8..]);
        assert_eq!(frames.gradient(0).unwrap().values, [1.0, 2.0]);
        assert_eq!(frames.sum(1).unwrap().values, [2.0, 3.0]);
        assert!(frames.sum(2).is_none());
    }

    #[wasm_bindgen_test]
    fn buffers_of_a_wrong_size_or_number_are_refused() {
        let trace = trace();
        let right = || floats(&[0.0; 4]);
        assert!(Frames::new(&trace, &[right(), right(), right()]).is_some());
        assert!(Frames::new(&trace, &[right(), right(), floats(&[0.0; 3])]).is_none());
        assert!(Frames::new(&trace, &[right(), right()]).is_none());
    }
}
