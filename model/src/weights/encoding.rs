//! How a tensor's values are stored: as they are, in half precision, or in 8 bits with a scale a
//! channel.
//!
//! Tensors of two or more dimensions (the kernels, nearly all of the size) are made smaller as asked. Biases and the
//! statistics of batch normalisation, the most sensitive, stay in `f32`; beside 8-bit kernels, where they are a tenth of
//! the bytes, they are in half precision.

use std::collections::BTreeMap;

use half::{bf16, f16};
use safetensors::Dtype;
use serde::{Deserialize, Serialize};

use super::{WeightError, WeightTensor};

/// How weights are stored in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// 32-bit floating point, without loss.
    F32,
    /// IEEE half precision: relative error at most 2^-11 (0.05%) for magnitudes of at least 6.2e-5,
    /// absolute error at most 3e-8 below. Magnitudes over 65504 are refused.
    #[default]
    F16,
    /// Signed 8-bit integers `q` and a scale `s` for each output channel (the first dimension): the
    /// value is `q * s` with `s = max|value| / 127` over the channel, so the error is at most `s /
    /// 2`. Tensors of one dimension are in half precision, or in `f32` where a value is too large for
    /// that.
    Int8,
}

impl Encoding {
    /// Bytes that a tensor of this shape takes, without the file's header. (Twice as many for a tensor of one dimension
    /// with a value too large for half precision, beside 8-bit kernels.)
    pub fn byte_len(self, shape: &[usize]) -> usize {
        let count = shape.iter().fold(1_usize, |n, &d| n.saturating_mul(d));
        match self.for_shape(shape) {
            Self::F32 => count.saturating_mul(4),
            Self::F16 => count.saturating_mul(2),
            Self::Int8 => count.saturating_add(shape[0].saturating_mul(4)),
        }
    }

    /// The encoding that a tensor of this shape really gets.
    fn for_shape(self, shape: &[usize]) -> Self {
        match self {
            Self::Int8 if shape.len() < 2 => Self::F16,
            Self::F16 if shape.len() < 2 => Self::F32,
            _ => self,
        }
    }
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Int8 => "int8",
        })
    }
}

/// Largest 8-bit code. -128 is left out, so that the codes are symmetric.
const MAX_CODE: f32 = 127.0;

/// Name of the tensor that holds the scales of an 8-bit tensor.
fn scale_name(name: &str) -> String {
    format!("{name}.scale")
}

/// An array as it stands in a safetensors file.
pub(super) struct EncodedTensor {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

/// Encodes one tensor: one array, or two (codes and scales) in 8 bits.
pub(super) fn encode(
    name: &str,
    tensor: &WeightTensor,
    encoding: Encoding,
) -> Result<Vec<EncodedTensor>, WeightError> {
    tensor.check(name)?;
    let array = |name: String, dtype, shape: &[usize], bytes| EncodedTensor {
        name,
        dtype,
        shape: shape.to_vec(),
        bytes,
    };
    let name = name.to_owned();
    let shape = tensor.shape.as_slice();
    Ok(match encoding.for_shape(shape) {
        Encoding::F32 => vec![array(name, Dtype::F32, shape, f32_bytes(&tensor.values))],
        Encoding::F16 => match half_bytes(&name, &tensor.values) {
            Ok(bytes) => vec![array(name, Dtype::F16, shape, bytes)],
            Err(_) if encoding == Encoding::Int8 => {
                vec![array(name, Dtype::F32, shape, f32_bytes(&tensor.values))]
            }
            Err(error) => return Err(error),
        },
        Encoding::Int8 => {
            let (codes, scales) = quantise(&tensor.values, shape[0]);
            let scale_name = scale_name(&name);
            vec![
                array(name, Dtype::I8, shape, codes),
                array(scale_name, Dtype::F32, &shape[..1], f32_bytes(&scales)),
            ]
        }
    })
}

fn f32_bytes(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

fn half_bytes(name: &str, values: &[f32]) -> Result<Vec<u8>, WeightError> {
    let mut bytes = Vec::with_capacity(values.len() * 2);
    for &value in values {
        let half = f16::from_f32(value);
        if !half.is_finite() {
            return Err(WeightError::TooLargeForHalf {
                name: name.to_owned(),
                value,
            });
        }
        bytes.extend(half.to_le_bytes());
    }
    Ok(bytes)
}

/// 8-bit codes and one scale for each of `channels` equal parts of `values`.
fn quantise(values: &[f32], channels: usize) -> (Vec<u8>, Vec<f32>) {
    let per_channel = values.len().checked_div(channels).unwrap_or(0);
    if per_channel == 0 {
        return (Vec::new(), vec![0.0; channels]);
    }
    let mut codes = Vec::with_capacity(values.len());
    let mut scales = Vec::with_capacity(channels);
    for channel in values.chunks_exact(per_channel) {
        let largest = channel.iter().fold(0.0_f32, |m, value| m.max(value.abs()));
        let scale = largest / MAX_CODE;
        // A channel of zeros, or one so small that its scale underflows, is stored as zeros.
        let inverse = if scale > 0.0 {
            1.0 / f64::from(scale)
        } else {
            0.0
        };
        codes.extend(channel.iter().map(|&value| {
            let code = (f64::from(value) * inverse).round();
            code.clamp(-f64::from(MAX_CODE), f64::from(MAX_CODE)) as i8 as u8
        }));
        scales.push(scale);
    }
    (codes, scales)
}

/// Decodes the arrays of a file, by name. Counters (`num_batches_tracked`) are left out; the scales
/// of 8-bit tensors disappear into the tensors they belong to.
pub(super) fn decode(
    mut arrays: BTreeMap<String, (Dtype, Vec<usize>, &[u8])>,
) -> Result<BTreeMap<String, WeightTensor>, WeightError> {
    let quantised: Vec<String> = arrays
        .iter()
        .filter(|(_, (dtype, ..))| *dtype == Dtype::I8)
        .map(|(name, _)| name.clone())
        .collect();
    let mut decoded = BTreeMap::new();
    for name in quantised {
        let scales = arrays.remove(&scale_name(&name));
        if let Some((_, shape, codes)) = arrays.remove(&name) {
            let values = dequantise(&name, &shape, codes, scales)?;
            decoded.insert(name, WeightTensor { shape, values });
        }
    }
    for (name, (dtype, shape, bytes)) in arrays {
        if is_counter(&name) {
            continue;
        }
        let values = floats(dtype, bytes).ok_or_else(|| WeightError::UnsupportedType {
            name: name.clone(),
            found: format!("{dtype:?}"),
        })?;
        decoded.insert(name, WeightTensor { shape, values });
    }
    for (name, tensor) in &decoded {
        tensor.check(name)?;
    }
    Ok(decoded)
}

/// PyTorch's count of training steps in batch normalisation: not a weight.
pub(super) fn is_counter(name: &str) -> bool {
    name.ends_with("num_batches_tracked")
}

fn dequantise(
    name: &str,
    shape: &[usize],
    codes: &[u8],
    scales: Option<(Dtype, Vec<usize>, &[u8])>,
) -> Result<Vec<f32>, WeightError> {
    let bad = |cause: String| WeightError::BadScale {
        name: name.to_owned(),
        cause,
    };
    let (dtype, scale_shape, bytes) =
        scales.ok_or_else(|| bad(format!("`{}` is missing", scale_name(name))))?;
    let channels = match shape {
        [channels, _, ..] => *channels,
        _ => return Err(bad("it has fewer than two dimensions".to_owned())),
    };
    if dtype != Dtype::F32 || scale_shape != [channels] {
        return Err(bad(format!(
            "`{}` should hold {channels} values of type F32, it holds {scale_shape:?} of type {dtype:?}",
            scale_name(name)
        )));
    }
    let scales = floats(dtype, bytes).unwrap_or_default();
    let per_channel = codes.len().checked_div(channels).unwrap_or(0);
    Ok(codes
        .chunks_exact(per_channel.max(1))
        .zip(scales)
        .flat_map(|(channel, scale)| {
            channel
                .iter()
                .map(move |&code| f32::from(code as i8) * scale)
        })
        .collect())
}

/// Values of little-endian floating point bytes, or `None` where the type is another.
pub(super) fn floats(dtype: Dtype, bytes: &[u8]) -> Option<Vec<f32>> {
    Some(match dtype {
        Dtype::F64 => elements(bytes, |b| f64::from_le_bytes(b) as f32),
        Dtype::F32 => elements(bytes, f32::from_le_bytes),
        Dtype::F16 => elements(bytes, |b| f16::from_le_bytes(b).to_f32()),
        Dtype::BF16 => elements(bytes, |b| bf16::from_le_bytes(b).to_f32()),
        _ => return None,
    })
}

fn elements<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    let (chunks, _) = bytes.as_chunks::<N>();
    chunks.iter().map(|&chunk| read(chunk)).collect()
}
