//! PyTorch checkpoints (`.pth`, `.pt`): native only, behind the feature `pytorch`.

use std::collections::HashMap;
use std::path::Path;

use pytorch_reader::{DType, PytorchReader, Tensor};

use super::encoding::is_counter;
use super::{StateDict, WeightError, WeightTensor};

/// Entries under which training programs keep the weights, in the order they are tried. Averaged
/// weights come first: where a checkpoint has both, they are the ones to use (timm does the same).
const NESTED_UNDER: [&str; 6] = [
    "state_dict_ema",
    "model_ema",
    "state_dict",
    "model_state_dict",
    "model",
    "net",
];

impl StateDict {
    /// Reads a PyTorch checkpoint: a plain state dict, one nested under `state_dict`, `model` and
    /// the like, or a whole saved module.
    ///
    /// `f64`, `f16` and `bf16` become `f32`, `num_batches_tracked` counters are skipped. Names are
    /// those of the file below that entry; loading into a network knows the usual variants. No code
    /// of the file is run.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is no checkpoint, holds no weights, weights of another element
    /// type (an integer, a Boolean) or values that are not finite.
    pub fn from_pth(path: impl AsRef<Path>) -> Result<Self, WeightError> {
        let reader = PytorchReader::new(path).map_err(|error| WeightError::NotCheckpoint {
            cause: error.to_string(),
        })?;
        let mut dict = Self::new();
        for (name, tensor) in select_weights(reader.into_tensors()) {
            if is_counter(&name) {
                continue;
            }
            let tensor = read_tensor(&name, &tensor)?;
            if dict.insert(name.clone(), tensor).is_some() {
                return Err(WeightError::Duplicate { name });
            }
        }
        if dict.is_empty() {
            return Err(WeightError::Empty);
        }
        Ok(dict)
    }
}

/// The tensors of the nested state dict if there is one, else all, with their own names.
fn select_weights(tensors: HashMap<String, Tensor>) -> Vec<(String, Tensor)> {
    let nested = NESTED_UNDER
        .iter()
        .map(|key| format!("{key}."))
        .find(|prefix| tensors.keys().any(|name| name.starts_with(prefix)));
    let Some(prefix) = nested else {
        return tensors.into_iter().collect();
    };
    tensors
        .into_iter()
        .filter_map(|(name, tensor)| {
            name.strip_prefix(&prefix)
                .map(|name| (name.to_owned(), tensor))
        })
        .collect()
}

fn read_tensor(name: &str, tensor: &Tensor) -> Result<WeightTensor, WeightError> {
    let dtype = match tensor.dtype() {
        DType::F64 => safetensors::Dtype::F64,
        DType::F32 => safetensors::Dtype::F32,
        DType::F16 => safetensors::Dtype::F16,
        DType::BF16 => safetensors::Dtype::BF16,
        other => {
            return Err(WeightError::UnsupportedType {
                name: name.to_owned(),
                found: format!("{other:?}"),
            });
        }
    };
    let bytes = tensor.read().map_err(|error| WeightError::NotCheckpoint {
        cause: error.to_string(),
    })?;
    let tensor = WeightTensor {
        shape: tensor.shape().to_vec(),
        values: super::encoding::floats(dtype, &bytes).unwrap_or_default(),
    };
    tensor.check(name)?;
    Ok(tensor)
}
