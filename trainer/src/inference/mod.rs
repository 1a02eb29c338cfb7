//! Networks that answer: the folds of a run, of a bundle, or a single weight file.
//! Every command that needs logits of pictures gets them here, so all of them run the same path:
//! batch normalisation folded away, no gradients, the shared preprocessing.

mod bundle_folder;
mod classifier;
mod ensemble;
mod views;
mod weight_file;

pub use bundle_folder::BundleFolder;
pub use classifier::Classifier;
pub(crate) use classifier::{rows, stack};
pub use ensemble::{Ensemble, FoldAnswer, PhotoAnswer};
pub use views::Views;
pub use weight_file::read_weights;
