//! Weights by name, as PyTorch calls it: a state dict.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::View;
use safetensors::{Dtype, SafeTensors};

use super::encoding::{self, EncodedTensor};
use super::{Encoding, WeightError};

/// One array of weights.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightTensor {
    /// Extents, outermost first: `[out, in, height, width]` for a convolution, `[out, in]` for a
    /// linear layer, `[channels]` for a bias or a statistic.
    pub shape: Vec<usize>,
    /// Values in row-major order, as many as the product of `shape`.
    pub values: Vec<f32>,
}

impl WeightTensor {
    /// Checks that the number of values is the product of the shape and that all are finite. `name`
    /// is for the error.
    pub(super) fn check(&self, name: &str) -> Result<(), WeightError> {
        let count = self
            .shape
            .iter()
            .try_fold(1_usize, |n, &extent| n.checked_mul(extent));
        if count != Some(self.values.len()) {
            return Err(WeightError::WrongLength {
                name: name.to_owned(),
                shape: self.shape.clone(),
                found: self.values.len(),
            });
        }
        if self.values.iter().any(|value| !value.is_finite()) {
            return Err(WeightError::NotFinite {
                name: name.to_owned(),
            });
        }
        Ok(())
    }
}

/// Weights by name, in the order of the names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StateDict {
    tensors: BTreeMap<String, WeightTensor>,
}

impl StateDict {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the bytes of a safetensors file.
    ///
    /// Accepted element types are `F64`, `F32`, `F16` and `BF16`, all converted to `f32`, and the
    /// 8-bit tensors that [`to_safetensors`](Self::to_safetensors) writes (`I8` codes under `name`,
    /// `F32` scales under `name.scale`). `num_batches_tracked` counters are skipped.
    ///
    /// # Errors
    ///
    /// When the bytes are damaged or truncated, hold no weights, another element type, values that
    /// are not finite, or 8-bit tensors without usable scales.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, WeightError> {
        let file =
            SafeTensors::deserialize(bytes).map_err(|error| WeightError::NotSafetensors {
                cause: error.to_string(),
            })?;
        let arrays = file
            .iter()
            .map(|(name, view)| {
                let array = (view.dtype(), view.shape().to_vec(), view.data());
                (name.to_owned(), array)
            })
            .collect();
        let tensors = encoding::decode(arrays)?;
        if tensors.is_empty() {
            return Err(WeightError::Empty);
        }
        Ok(Self { tensors })
    }

    /// Writes a safetensors file. Equal weights give equal bytes.
    ///
    /// # Errors
    ///
    /// When a tensor's values do not fit its shape, are not finite or are too large for half
    /// precision, or when in 8 bits the name of its scales is already taken.
    pub fn to_safetensors(&self, encoding: Encoding) -> Result<Vec<u8>, WeightError> {
        let mut arrays = BTreeMap::new();
        for (name, tensor) in &self.tensors {
            for array in encoding::encode(name, tensor, encoding)? {
                if let Some(double) = arrays.insert(array.name.clone(), array) {
                    return Err(WeightError::Duplicate { name: double.name });
                }
            }
        }
        // PyTorch's own readers of the format look for this entry.
        let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
        safetensors::serialize(arrays, Some(metadata)).map_err(|error| {
            WeightError::NotSafetensors {
                cause: error.to_string(),
            }
        })
    }

    /// Adds a tensor and returns the one that had this name before.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        tensor: WeightTensor,
    ) -> Option<WeightTensor> {
        self.tensors.insert(name.into(), tensor)
    }

    /// The tensor of this name.
    pub fn get(&self, name: &str) -> Option<&WeightTensor> {
        self.tensors.get(name)
    }

    /// Takes the tensor of this name out.
    pub fn remove(&mut self, name: &str) -> Option<WeightTensor> {
        self.tensors.remove(name)
    }

    /// Whether there is a tensor of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The names in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Names and tensors in order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &WeightTensor)> {
        self.tensors
            .iter()
            .map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// Number of tensors.
    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    /// Whether there is no tensor.
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }

    /// Adds the tensors of another one.
    ///
    /// # Errors
    ///
    /// When both have a tensor of the same name.
    pub fn merge(&mut self, other: Self) -> Result<(), WeightError> {
        for (name, tensor) in other.tensors {
            if self.tensors.contains_key(&name) {
                return Err(WeightError::Duplicate { name });
            }
            self.tensors.insert(name, tensor);
        }
        Ok(())
    }
}

impl IntoIterator for StateDict {
    type Item = (String, WeightTensor);
    type IntoIter = std::collections::btree_map::IntoIter<String, WeightTensor>;

    fn into_iter(self) -> Self::IntoIter {
        self.tensors.into_iter()
    }
}

impl FromIterator<(String, WeightTensor)> for StateDict {
    fn from_iter<I: IntoIterator<Item = (String, WeightTensor)>>(tensors: I) -> Self {
        Self {
            tensors: tensors.into_iter().collect(),
        }
    }
}

impl View for EncodedTensor {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}
