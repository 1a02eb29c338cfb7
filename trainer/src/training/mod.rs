//! Cross-validated training of an ensemble.
//! A run is a folder: its configuration, and for each fold the epochs' figures, the best weights,
//! the predictions on the validation pictures and a checkpoint from which training goes on.

mod batches;
mod checkpoint;
mod checks;
mod config;
mod fold;
mod fold_folder;
mod gradients;
mod loss;
mod moving_average;
mod optimizer;
mod precision;
mod presets;
mod pretrained;
mod progress;
mod run;
mod run_folder;
mod sampling;
mod schedule;
mod space;
mod step;
#[cfg(test)]
mod step_tests;
mod validation;

pub use batches::{Batch, BatchMaker};
pub use checkpoint::{Checkpoint, Weights};
pub use config::{Override, PretrainedWeights, TrainConfig};
pub use fold::{FoldSummary, train_fold};
pub use fold_folder::{FoldFolder, FoldLock};
pub use loss::WeightedCrossEntropy;
pub use moving_average::MovingAverage;
pub use precision::{LossScale, Precision};
pub use presets::{AugmentationChoice, Preset};
pub use pretrained::FOLD_MARK;
pub use progress::Progress;
pub use run::{RunPlan, RunSummary, train_run};
pub use run_folder::{DataRecord, EpochFigures, RunFolder};
pub use sampling::{Draw, Sampler, Step};
pub use schedule::WarmUpCosine;
