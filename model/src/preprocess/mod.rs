//! From the bytes of an image file to the network's input: decode, turn upright, cut out a region if one was chosen,
//! resize, normalise.
//! The one preprocessing of training and of the page: nothing else makes a network's input. Resizing
//! agrees with Pillow's to one grey level (tested against its output).

mod decode;
mod encode;
mod error;
mod fit;
mod format;
mod normalize;
mod orient;
mod photo;
mod region;
#[cfg(test)]
mod tests;

pub use decode::{DecodeLimits, decode_photo};
pub use error::PhotoError;
pub use fit::{ContentBox, Fit};
pub use normalize::Preprocessing;
pub use photo::Photo;
pub use region::{Region, sees_regions};
