//! Reader studies: people and a model answer the same surveys of photographs, and statistics compare them.
//!
//! Native and wasm, without files and without a model: the command line reads and writes files, the page
//! shows surveys, and both use this.

mod error;
#[cfg(test)]
mod golden;
mod random;
pub mod statistics;

pub use error::{Error, Result};
