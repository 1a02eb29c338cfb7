//! Sheets that count, and from them to numbers: what the statistics are computed of.
//! `score` counts right answers, `study` holds the sheets that count and gives tables of accuracies,
//! pairs and readings, `images` counts which answers each image got.

mod images;
mod score;
mod study;
#[cfg(test)]
mod tests;

pub use images::ImageAnswers;
pub use score::Score;
pub use study::{Part, Study};
