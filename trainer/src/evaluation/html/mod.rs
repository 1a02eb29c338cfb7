//! The report as one HTML page that needs nothing else: no network, no script, no other file.
//! `page` is the frame, each section a file of its own; `plot` draws SVG whose text takes the page's
//! colour, so that it is readable on light and dark ground and on paper.

mod calibration;
mod confusion;
mod data_uri;
mod localisation;
mod mistakes;
mod page;
mod plot;
mod sources;
mod summary;
mod training;

pub use mistakes::{MistakePictures, draw_mistakes};
pub use page::render;
