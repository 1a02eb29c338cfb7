//! What is actually posted, in both directions: a JavaScript array `[json, buffer, buffer, ...]`.
//!
//! `json` is the text of a [`Request`](crate::Request) or an [`Event`](crate::Event); the buffers are `ArrayBuffer`s and
//! are always in the transfer list, so they change hands without a copy and are empty afterwards on the sender's side.
//!
//! | message | buffers |
//! |---|---|
//! | `Request::Classify` | 0: the photograph's file, as it is |
//! | `Request::Upright` | 0: the photograph's file, as it is |
//! | `Request::Hand` | 0: the file of the bundle that was asked for; none where there is no such file |
//! | `Event::Upright` | 0: the PNG |
//! | `Event::Explained`, `Event::Refined` | 0: RGBA overlay, 1: heat as little-endian `f32` |
//! | `Event::Traced` | frames of 0: RGBA pictures, 1: gradients, 2: running sums, both as little-endian `f32` |
//! | all others | none |

use js_sys::{Array, ArrayBuffer, JsString, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::MessageError;

/// Packs a message. The second array is the transfer list: `port.post_message_with_transfer(&message, &transfer)`.
#[must_use]
pub fn pack(json: &str, buffers: &[ArrayBuffer]) -> (Array, Array) {
    let message = Array::of1(&JsValue::from_str(json));
    let transfer = Array::new();
    for buffer in buffers {
        message.push(buffer);
        transfer.push(buffer);
    }
    (message, transfer)
}

/// Unpacks the `data` of a message event.
///
/// # Errors
/// When it is not an array of a string and `ArrayBuffer`s.
pub fn unpack(data: &JsValue) -> Result<(String, Vec<ArrayBuffer>), MessageError> {
    let wrong = |what: &str| MessageError(format!("the envelope {what}"));
    let message = data
        .dyn_ref::<Array>()
        .ok_or_else(|| wrong("is not an array"))?;
    let mut parts = message.iter();
    let json = parts
        .next()
        .and_then(|part| part.dyn_into::<JsString>().ok())
        .and_then(|text| text.as_string())
        .ok_or_else(|| wrong("does not begin with a text"))?;
    let buffers = parts
        .map(|part| part.dyn_into::<ArrayBuffer>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| wrong("holds something that is not an ArrayBuffer"))?;
    Ok((json, buffers))
}

/// Copies bytes into a fresh `ArrayBuffer` that can be transferred.
#[must_use]
pub fn buffer_of(bytes: &[u8]) -> ArrayBuffer {
    Uint8Array::from(bytes).buffer()
}

/// Copies a buffer's bytes out of JavaScript.
#[must_use]
pub fn bytes_of(buffer: &ArrayBuffer) -> Vec<u8> {
    Uint8Array::new(buffer).to_vec()
}

/// Little-endian bytes as numbers; what is left of a last, incomplete number is dropped.
#[must_use]
pub fn floats_of(buffer: &ArrayBuffer) -> Vec<f32> {
    let bytes = bytes_of(buffer);
    bytes
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .collect()
}
