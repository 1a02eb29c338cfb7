//! Cross-validated training of an ensemble.
//! A run is a folder: its configuration, and for each fold the epochs' figures, the best weights,
//! the predictions on the validation pictures and a checkpoint from which training goes on.

mod batches;
mod checkpoint;
mod config;
mod fold;
mod loss;
mod presets;
mod progress;
mod run;
mod run_folder;
mod schedule;
mod space;

pub use batches::{Batch, BatchMaker};
pub use checkpoint::Checkpoint;
pub use config::{Override, PretrainedWeights, TrainConfig};
pub use fold::{FoldSummary, train_fold};
pub use loss::WeightedCrossEntropy;
pub use presets::Preset;
pub use progress::Progress;
pub use run::{RunPlan, RunSummary, train_run};
pub use run_folder::{DataRecord, EpochFigures, FoldFolder, FoldLock, RunFolder};
pub use schedule::WarmUpCosine;
