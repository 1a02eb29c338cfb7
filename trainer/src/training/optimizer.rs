//! The optimiser: Adam, or AdamW where weights decay.

use burn::module::ParamGroup;
use burn::optim::{AdamWConfig, ModuleOptimizer};

use crate::error::{Error, Result};

/// PyTorch's value; burn's own default is 1e-5.
const ADAM_EPSILON: f32 = 1e-8;

/// What weight decay leaves alone, by burn's names: scales and shifts of batch normalisation, and
/// biases. timm does the same (every parameter of one dimension).
const NOT_DECAYED: &str = r"(^|\.)(gamma|beta|bias)$";

/// AdamW (Loshchilov and Hutter 2019, <https://arxiv.org/abs/1711.05101>) with PyTorch's defaults
/// and `weight_decay`; with a decay of 0 this is Adam.
///
/// # Errors
///
/// None in practice: the pattern of names is fixed.
pub(crate) fn adam(weight_decay: f32) -> Result<ModuleOptimizer> {
    let plain = AdamWConfig::new()
        .with_epsilon(ADAM_EPSILON)
        .with_weight_decay(0.0);
    if weight_decay == 0.0 {
        return Ok(plain.init());
    }
    let not_decayed = ParamGroup::from_regex(NOT_DECAYED)
        .map_err(|error| Error::internal(format!("{error:?}")))?;
    let decaying = plain.clone().with_weight_decay(weight_decay).init();
    Ok(decaying.with_group(not_decayed, plain.build(), None))
}
