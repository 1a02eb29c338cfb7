//! A whole run: the data, the folds, and one fold after another.

use std::path::PathBuf;

use burn::tensor::Device;
use genoderm_model::weights::{ClassifierPolicy, StateDict};

use crate::data::{Dataset, FoldPlan, Manifest, Selection, Split};
use crate::error::{Error, Result};
use crate::files;
use crate::output::require_folder;
use crate::training::fold::require_pictures;
use crate::training::pretrained::InitialWeights;
use crate::training::run_folder::DataRecord;
use crate::training::space::Space;
use crate::training::{
    Checkpoint, FoldLock, FoldSummary, Progress, RunFolder, TrainConfig, train_fold,
};

/// What `genoderm train` was asked to do.
#[derive(Clone, Debug)]
pub struct RunPlan {
    /// The parameters; [`RunPlan::pretrained`] goes over their `pretrained`.
    pub config: TrainConfig,
    /// Folder of the manifest.
    pub data: PathBuf,
    /// Folder of the run.
    pub out: PathBuf,
    /// Weight file to start from, or one for each fold ([`FOLD_MARK`](crate::training::FOLD_MARK)).
    pub pretrained: Option<PathBuf>,
    /// The folds to train; empty for all.
    pub folds: Vec<usize>,
    /// Skip finished folds and go on with one that was interrupted.
    pub resume: bool,
    /// Leave broken pictures out instead of failing.
    pub skip_broken: bool,
}

/// The folds that a run has finished, in order.
pub type RunSummary = Vec<FoldSummary>;

/// Trains the folds that were asked for, one after the other, on all `devices` together.
///
/// # Errors
///
/// Everything that is wrong with the data, the plan or the folder is found before training starts.
pub fn train_run(mut plan: RunPlan, devices: &[Device], progress: &Progress) -> Result<RunSummary> {
    let manifest = Manifest::read(&plan.data)?;
    manifest.refuse(manifest.leaks())?;
    let folds = FoldPlan::of(&manifest, plan.config.folds, plan.config.seed)?;
    let wanted = wanted_folds(&plan.folds, folds.count)?;
    let recorded = plan.config.pretrained.take();
    let (pretrained, source) = InitialWeights::load(plan.pretrained.as_deref(), recorded, &wanted)?;
    plan.config.pretrained = source;
    for weights in pretrained.all() {
        require_fitting(&plan.config, weights)?;
    }
    let data = DataRecord::of(&plan.data, &manifest, folds.count);
    // A run that cannot be gone on with is refused before minutes are spent on its pictures.
    let begun = RunFolder::existing(&plan.out, &plan.config, &data)?;
    let early = begun.map(|run| plan.claim(&run, &wanted, devices.len()));
    let early = early.transpose()?;
    require_folder(&plan.out)?;
    Space::needed(&plan.config, &plan.out, &wanted, manifest.rows.len())?.require()?;
    let dataset = Dataset::load(
        &manifest,
        &folds.of_row,
        Selection {
            set: plan.config.set,
            split: Some(Split::Train),
            labels: &plan.config.labels,
            preprocessing: plan.config.preprocessing(),
            training_size: plan.config.training_size,
            memory: Selection::MEMORY,
            skip_broken: plan.skip_broken,
        },
    )?;
    require_pictures_of_all(&wanted, &dataset)?;
    let run = RunFolder::create(&plan.out, &plan.config, &data)?;
    let locks = match early {
        Some(locks) => locks,
        // A refused training leaves nothing behind: a new run has no folders before this.
        None => plan.claim(&run, &wanted, devices.len())?,
    };
    describe(&plan.config, &dataset, &data, progress);
    let mut summaries = Vec::new();
    // Each lock is given back when its fold is done.
    for (fold, _lock) in wanted.into_iter().zip(locks) {
        let folder = run.fold(fold);
        if folder.is_finished() {
            progress.note(&format!("fold {fold} is finished already"));
            summaries.push(folder.summary()?);
            continue;
        }
        files::remove_unfinished(folder.path())?;
        let summary = train_fold(
            &plan.config,
            &dataset,
            &folder,
            pretrained.of_fold(fold),
            devices,
            plan.resume,
            progress,
        )
        .map_err(say_how_to_go_on)?;
        progress.note(&format!(
            "fold {fold} finished: best epoch {}, balanced accuracy {:.3}",
            summary.best_epoch, summary.balanced_accuracy
        ));
        summaries.push(summary);
    }
    Ok(summaries)
}

impl RunPlan {
    /// Locks all wanted folds, so that none is found taken after hours of training another, and
    /// refuses those that cannot be gone on with.
    fn claim(&self, run: &RunFolder, wanted: &[usize], devices: usize) -> Result<Vec<FoldLock>> {
        let locks = wanted.iter().map(|fold| run.fold(*fold).lock());
        let locks = locks.collect::<Result<Vec<_>>>()?;
        self.refuse_begun(run, wanted)?;
        for fold in wanted {
            let folder = run.fold(*fold);
            if !folder.is_finished() {
                Checkpoint::require_devices(folder.path(), devices)?;
            }
        }
        Ok(locks)
    }

    /// Results are only gone on with, or passed over, when that was asked for.
    fn refuse_begun(&self, run: &RunFolder, wanted: &[usize]) -> Result<()> {
        let begun = wanted.iter().find(|fold| run.fold(**fold).is_begun());
        match begun.filter(|_| !self.resume) {
            None => Ok(()),
            Some(fold) => Err(Error::input(format!(
                "{} already has results of fold {fold}: add --resume to go on, or choose another --out",
                run.path().display()
            ))),
        }
    }
}

/// A full disk stops a training, but nothing is lost.
fn say_how_to_go_on(error: Error) -> Error {
    if error.is_disk_full() {
        Error::input(format!(
            "{error}: make room on the disk, then go on with --resume"
        ))
    } else {
        error
    }
}

/// Weights of another architecture are found before the pictures are opened.
fn require_fitting(config: &TrainConfig, weights: &StateDict) -> Result<()> {
    let network = config.network()?.init(&Device::flex());
    let fits = network.load(weights.clone(), ClassifierPolicy::Reinitialise);
    fits.map(drop).map_err(|error| match &config.pretrained {
        Some(source) => Error::input(format!("{}: {error}", source.file)),
        None => Error::internal(error),
    })
}

/// A fold without pictures is found now, not when it is reached.
fn require_pictures_of_all(wanted: &[usize], dataset: &Dataset) -> Result<()> {
    wanted.iter().try_for_each(|fold| {
        let (training, validation) = dataset.split_fold(*fold);
        require_pictures(*fold, &training, &validation)
    })
}

fn wanted_folds(asked: &[usize], count: usize) -> Result<Vec<usize>> {
    if let Some(fold) = asked.iter().find(|fold| **fold >= count) {
        return Err(Error::input(format!(
            "--fold {fold}: there are folds 0 to {}",
            count - 1
        )));
    }
    if asked.is_empty() {
        return Ok((0..count).collect());
    }
    let mut folds = asked.to_vec();
    folds.sort_unstable();
    folds.dedup();
    Ok(folds)
}

fn describe(config: &TrainConfig, dataset: &Dataset, data: &DataRecord, progress: &Progress) {
    for cause in &dataset.skipped {
        progress.note(&format!("skipped: {cause}"));
    }
    if !dataset.skipped.is_empty() {
        progress.note(&format!(
            "broken pictures skipped: {}",
            dataset.skipped.len()
        ));
    }
    progress.note(&format!(
        "{} {} pictures in {} folds, {} labels, {} at {} px",
        dataset.examples.len(),
        config.set,
        data.folds,
        config.labels.len(),
        config.architecture,
        config.size
    ));
    for line in origin(config) {
        progress.note(&line);
    }
    let seen = |label: usize| {
        dataset
            .examples
            .iter()
            .any(|example| example.label == label)
    };
    let unseen: Vec<&str> = (0..config.labels.len())
        .filter(|label| !seen(*label))
        .filter_map(|label| config.labels.get(label))
        .map(|label| label.key.as_str())
        .collect();
    if !unseen.is_empty() {
        progress.note(&format!("no pictures for: {}", unseen.join(", ")));
    }
}

/// Where the weights come from, and a warning where that is not what the preset needs.
fn origin(config: &TrainConfig) -> Vec<String> {
    let Some(weights) = &config.pretrained else {
        let mut lines = vec!["weights: random".to_owned()];
        if config.preset.starts_from_imagenet() {
            lines.push(format!(
                "warning: the preset {} repeats a training that starts from weights of ImageNet: from random ones \
                 its figures are out of reach (--pretrained FILE)",
                config.preset
            ));
        }
        return lines;
    };
    vec![match weights.sha256.get(..16) {
        Some(checksum) => format!("weights: from {}, SHA-256 {checksum}...", weights.file),
        None => format!("weights: from {}, one file for each fold", weights.file),
    }]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn folds_are_sorted_and_checked() {
        assert_eq!(wanted_folds(&[], 3).unwrap(), [0, 1, 2]);
        assert_eq!(wanted_folds(&[2, 0, 2], 3).unwrap(), [0, 2]);
        let message = wanted_folds(&[3], 3).unwrap_err().to_string();
        assert!(message.contains("folds 0 to 2"), "{message}");
    }
    #[test]
    fn random_weights_are_told_and_warned_of_where_the_study_had_others() {
        use crate::training::{Preset, PretrainedWeights};
        let mut config = Preset::Demo.config();
        assert_eq!(origin(&config), ["weights: random"]);
        for preset in [Preset::Focused, Preset::Panoramic, Preset::PaperText] {
            let lines = origin(&preset.config());
            assert_eq!(lines.len(), 2);
            assert!(lines[1].starts_with("warning: the preset"), "{lines:?}");
            assert!(lines[1].contains("--pretrained"), "{lines:?}");
        }
        config.pretrained = Some(PretrainedWeights {
            file: "ns.pth".into(),
            sha256: "0123456789abcdef0123".into(),
        });
        let lines = origin(&config);
        assert_eq!(lines, ["weights: from ns.pth, SHA-256 0123456789abcdef..."]);
    }
}
