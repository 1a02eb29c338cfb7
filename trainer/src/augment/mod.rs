//! Seeded changes to training pictures, in the order of the paper's code.
//! Each transform is a file of its own and can be used alone; `pipeline` draws the random numbers
//! and applies them to one square RGB picture.

mod dihedral;
mod photometric;
mod picture;
mod pipeline;

pub use dihedral::{flip_horizontal, flip_vertical, transpose};
pub use photometric::{brightness_contrast_table, map_values};
pub use picture::Picture;
pub use pipeline::Augmentation;
