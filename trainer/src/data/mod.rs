//! Pictures and what is known about them.
//! `manifest.csv` is read and checked row by row, dealt into folds, and the pictures are opened,
//! checked and made square by the preprocessing that the page uses too. Other people's tables and
//! plain folders become manifests in `import` and `split`.

mod check;
mod counts;
mod csv_table;
mod dataset;
mod duplicates;
mod fingerprint;
mod folds;
mod groups;
mod import;
mod manifest;
mod near;
mod paths;
mod row;
mod row_error;
mod split;
mod table;

pub use check::{DataReport, check};
pub use counts::LabelCounts;
pub(crate) use csv_table::{CsvCells, CsvTable};
pub use dataset::{Dataset, Example, Selection, decode, decode_region, load_photo, load_region};
pub use fingerprint::{
    Fingerprint, HASH_BITS, NEAR_DISTANCE, PictureHash, PictureHasher, Step, fingerprints,
};
pub use folds::{FoldPlan, deal_folds};
pub use import::{AuthorsImport, ImportReport, IsicImport, Pairing, import_authors, import_isic};
pub use manifest::Manifest;
pub use near::{NearPair, near_pairs};
pub use row::{PictureSet, Row, Split};
pub use row_error::{ManifestError, RowError};
pub use split::{LeftOut, LookAlike, SplitInput, SplitOptions, SplitReport, split};
