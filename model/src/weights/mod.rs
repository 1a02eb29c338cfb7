//! Weights outside of a network: named arrays, the files they come from and the encodings they are
//! stored in. Names are always those of timm (`blocks.0.0.conv_dw.weight`), whatever the file
//! called them. Of these files only `load` knows the network; users call `EfficientNet::load` and
//! `EfficientNet::state_dict`.

#[cfg(feature = "pytorch")]
mod checkpoint;
mod encoding;
mod error;
pub(crate) mod load;
mod names;
mod state_dict;
#[cfg(test)]
mod tests;

pub use encoding::Encoding;
pub use error::{MisshapenTensor, WeightError, WeightMismatch};
pub use load::{ClassifierPolicy, LoadReport};
pub use names::{Naming, into_timm_names};
pub use state_dict::{StateDict, WeightTensor};
