//! The reader study as files: what the commands of `genoderm study` read and write.
//! `make` deals test pictures into surveys, `folder` is what that leaves and the others read, `answers`
//! reads what people answered and `predictions` what a model did, `scored` puts both together and keeps
//! what counts, `simulated` makes readers up, `tables` writes an analysis as CSV and `html` as a page.
//! All that is computed is computed by [`genoderm_study`].

mod answers;
mod csv_text;
mod folder;
pub mod html;
mod make;
mod picture_names;
mod predictions;
mod scored;
mod sheets;
mod simulated;
mod tables;
mod words;

pub use answers::read_answer_files;
pub use folder::{StudyFolder, StudyImage};
pub use make::{MadeStudy, MakeOptions, make};
pub use predictions::{ModelPredictions, read_predictions};
pub use scored::{ScoreOptions, ScoredFolder, ScoredStudy, score};
pub use simulated::{SimulateOptions, simulate_study};
pub use tables::write_tables;
pub use words::summary;
