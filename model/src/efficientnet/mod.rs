//! EfficientNet B0 to B7, plain, TensorFlow and torchvision variants, from one table.
//!
//! `plan` holds the table, `network` the trainable module whose parameter paths are timm's names, and
//! `fold_batch_norm` the smaller network that inference and attribution run.

pub mod architecture;
pub mod block;
pub mod config;
pub mod convolution;
pub mod drop_path;
pub mod fold_batch_norm;
pub mod head;
pub mod network;
pub mod padding;
pub mod parity_weights;
pub mod plan;
pub mod squeeze_excite;

pub use architecture::{Architecture, Size, UnknownArchitecture, Variant};
pub use config::{EfficientNetConfig, InvalidConfig};
pub use fold_batch_norm::FoldedEfficientNet;
pub use network::EfficientNet;
pub use padding::Padding;
pub use plan::{BlockPlan, Plan};

#[cfg(test)]
mod tests;
