//! How much room a training needs on its disk, and whether there is as much.

use std::path::{Path, PathBuf};

use burn::tensor::Device;

use crate::error::{Error, Result};
use crate::output::nearest;
use crate::training::TrainConfig;

/// Copies of the weights in a checkpoint: themselves, Adam's two moments, a moving average.
const COPIES_IN_CHECKPOINT: u64 = 4;

/// A new checkpoint is written before the old one is removed.
const CHECKPOINTS: u64 = 2;

/// Bytes of a figure in a CSV file with its comma.
const FIGURE: u64 = 16;

/// Bytes of a row's other cells: the name of the picture and its label.
const ROW: u64 = 128;

/// Bytes for the tables of the epochs, the plan and a file system's own needs.
const SMALL_FILES: u64 = 1 << 20;

/// What a training needs and what there is, bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Space {
    /// Folder of the run.
    out: PathBuf,
    /// How many folds are wanted.
    folds: usize,
    /// The most that is on the disk at one time, less what is there already.
    needed: u64,
    /// What the disk has for this user; `None` when the system does not say.
    free: Option<u64>,
}

impl Space {
    /// Estimates for the wanted folds of a table with so many rows: the best weights and the
    /// predictions of each fold, the checkpoints of one, and a tenth more.
    ///
    /// Other processes that train other folds on the same disk are not counted.
    pub(crate) fn needed(
        config: &TrainConfig,
        out: &Path,
        wanted: &[usize],
        rows: usize,
    ) -> Result<Self> {
        // Nothing is drawn or put on the device: only the shapes are asked for.
        let shapes = config.network()?.init(&Device::flex()).parameter_shapes();
        let values: usize = shapes
            .values()
            .map(|shape| shape.iter().product::<usize>())
            .sum();
        let folds = wanted.len() as u64;
        let weights = 4 * values as u64;
        let table = rows as u64 * (ROW + FIGURE * config.labels.len() as u64);
        // The weights and table of one fold are written beside the older ones.
        let needed = (folds + 1) * (weights + table + SMALL_FILES)
            + CHECKPOINTS * COPIES_IN_CHECKPOINT * weights;
        let there: u64 = wanted
            .iter()
            .map(|fold| size_of(&out.join(format!("fold-{fold}"))))
            .sum();
        Ok(Self {
            out: out.into(),
            folds: wanted.len(),
            needed: (needed + needed / 10).saturating_sub(there),
            free: fs4::available_space(nearest(out)).ok(),
        })
    }

    /// Refuses a training that would fill the disk.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] with both numbers.
    pub(crate) fn require(&self) -> Result<()> {
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        match self.free.filter(|free| *free < self.needed) {
            None => Ok(()),
            Some(free) => Err(Error::input(format!(
                "{}: {} folds need about {:.0} MB for weights and checkpoints, the disk has {:.1} MB free: \
                 make room or choose another --out",
                self.out.display(),
                self.folds,
                megabytes(self.needed),
                megabytes(free)
            ))),
        }
    }
}

/// Bytes of all files below a folder, 0 when there is none.
fn size_of(folder: &Path) -> u64 {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten();
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .filter_map(|entry| entry.metadata().ok())
        .map(|file| file.len())
        .sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::files;
    use crate::training::Preset;

    fn needed(out: &Path, wanted: &[usize]) -> Space {
        let config = Preset::Demo.config();
        Space::needed(&config, out, wanted, 100).unwrap()
    }

    #[test]
    fn a_disk_with_less_than_the_estimate_is_refused_with_both_numbers() {
        let out = tempfile::tempdir().unwrap();
        let space = needed(out.path(), &[0, 1]);
        // EfficientNet-B0 with seven classes has 4 058 531 values with its running statistics.
        assert!(space.needed > 11 * 4 * 4_058_531, "{space:?}");
        assert!(space.needed < 14 * 4 * 4_058_531, "{space:?}");
        assert!(space.free.is_some());
        let short = Space {
            free: Some(2_500_000),
            ..space.clone()
        };
        let said = short.require().unwrap_err().to_string();
        assert!(
            said.contains("2 folds") && said.contains("2.5 MB free"),
            "{said}"
        );
        let enough = Space {
            free: Some(space.needed),
            ..space.clone()
        };
        assert!(enough.require().is_ok());
        assert!(
            Space {
                free: None,
                ..space
            }
            .require()
            .is_ok()
        );
    }

    #[test]
    fn what_is_there_already_needs_no_more_room() {
        let out = tempfile::tempdir().unwrap();
        let before = needed(&out.path().join("new"), &[0]).needed;
        let fold = out.path().join("fold-0/checkpoint-0001");
        files::create_folder(&fold).unwrap();
        files::write(&fold.join("network.bpk"), &[0; 5000]).unwrap();
        assert_eq!(needed(out.path(), &[0]).needed, before - 5000);
        assert_eq!(needed(out.path(), &[1]).needed, before);
    }
}
