//! The conditions a model can name: their keys, names, MIM numbers and genes, and the order of a
//! model's outputs. The seven conditions of the study and the nine auxiliary ones are listed once,
//! in `table.rs`; a registry read from a bundle may hold any other list.

mod registry;
mod table;

pub use registry::{Label, LabelError, LabelRegistry};
