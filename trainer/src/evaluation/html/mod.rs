//! The report as one HTML page that needs nothing else: no network, no script, no other file.
//! `page` puts the sections together, each a file of its own; the frame and the plots are those of
//! [`crate::html`].

mod calibration;
mod confusion;
mod data_uri;
mod localisation;
mod mistakes;
mod page;
mod sources;
mod summary;
mod training;

pub use mistakes::{MistakePictures, draw_mistakes};
pub use page::render;
