//! Pictures and what is known about them.
//! `manifest.csv` is read and checked row by row, dealt into folds, and the pictures are opened,
//! checked and made square by the preprocessing that the page uses too.

mod check;
mod dataset;
mod folds;
mod manifest;
mod row;
mod row_error;
mod table;

pub use check::{DataReport, check};
pub use dataset::{Dataset, Example, Selection, decode, load_photo};
pub use folds::{FoldPlan, deal_folds};
pub use manifest::Manifest;
pub use row::{PictureSet, Row, Split};
pub use row_error::{ManifestError, RowError};
