//! `genoderm evaluate`: opening what is measured, and finding what is wrong with it.

use std::io::Write;

use burn::tensor::Device;
use genoderm_model::labels::LabelRegistry;

use super::{Arguments, Part};
use crate::calibration::CalibrationRecord;
use crate::data::{Dataset, Manifest, PictureSet, Selection, Split};
use crate::error::{Error, Result};
use crate::evaluation::{AuthorTables, OutOfFold, Unseen, require_unseen};
use crate::inference::{BundleFolder, Ensemble};
use crate::training::RunFolder;

impl Arguments {
    pub(super) fn ensemble(&self, run: Option<&RunFolder>, device: &Device) -> Result<Ensemble> {
        match (run, &self.model) {
            (Some(run), _) => self.ensemble_of(run, device),
            (None, Some(model)) => {
                let set = self.set.map(|set| set.to_string());
                Ensemble::of_bundle(&BundleFolder::open(model)?, set.as_deref(), device)
            }
            (None, None) => Err(Error::input(
                "say what to measure: --run RUN or --model BUNDLE",
            )),
        }
    }

    /// The folds of a run at the temperature of its calibration, as they would be exported.
    fn ensemble_of(&self, run: &RunFolder, device: &Device) -> Result<Ensemble> {
        let folders = run.chosen_folds(&self.folds)?;
        let calibration = match self.no_calibration {
            true => None,
            false => CalibrationRecord::of_weights(run, &folders)?,
        };
        let mut ensemble = Ensemble::of_run(run, &self.folds, device)?;
        if self.folds.is_empty() {
            run.missing_folds()?.iter().for_each(|text| note(text));
        }
        if let Some(record) = calibration {
            record.warning().iter().for_each(|text| note(text));
            // Sets and guard change no answer.
            ensemble.temperature = record.temperature;
        }
        Ok(ensemble)
    }

    pub(super) fn dataset(
        &self,
        manifest: &Manifest,
        set: PictureSet,
        ensemble: &Ensemble,
    ) -> Result<Dataset> {
        let selection = Selection {
            set,
            split: match self.split {
                Part::Test => Some(Split::Test),
                Part::Train => Some(Split::Train),
                Part::All => None,
            },
            labels: &ensemble.labels,
            preprocessing: ensemble.preprocessing()?,
            training_size: None,
            memory: Selection::MEMORY,
            skip_broken: self.skip_broken,
        };
        let folds: Vec<Option<usize>> = manifest.rows.iter().map(|row| row.fold).collect();
        let dataset = if self.labels.is_empty() {
            Dataset::load(manifest, &folds, selection)?
        } else {
            require_known(&self.labels, &ensemble.labels)?;
            let mut some = manifest.clone();
            some.rows.retain(|row| self.labels.contains(&row.label));
            let folds: Vec<Option<usize>> = some.rows.iter().map(|row| row.fold).collect();
            Dataset::load(&some, &folds, selection)?
        };
        if dataset.examples.is_empty() {
            return Err(Error::input(format!(
                "{}: no picture is left to measure on: {} are broken",
                manifest.path.display(),
                dataset.skipped.len()
            )));
        }
        if !dataset.skipped.is_empty() {
            note(&format!(
                "{} broken pictures left out:\n  {}",
                dataset.skipped.len(),
                dataset.skipped.join("\n  ")
            ));
        }
        Ok(dataset)
    }
}

/// Says something beside the figures; a line that nobody reads is no reason to stop.
fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

pub(super) fn fold_numbers(ensemble: &Ensemble) -> Vec<usize> {
    ensemble.folds.iter().map(|(fold, _)| *fold).collect()
}

pub(super) fn require_known_as_unseen(
    run: &RunFolder,
    manifest: &Manifest,
    dataset: &Dataset,
) -> Result<()> {
    let instead =
        "name the run's own folder with --data, or say --split all to measure on seen pictures too";
    if let Unseen::OtherNames(_) = require_unseen(run, manifest, &dataset.examples, instead)? {
        note(
            "the pictures that the run learnt from are not at hand: test pictures could be compared with them by \
             name only",
        );
    }
    Ok(())
}

pub(super) fn author_tables(
    run: Option<&RunFolder>,
    ensemble: &Ensemble,
    dataset: &Dataset,
    manifest: &Manifest,
    set: PictureSet,
) -> Result<AuthorTables> {
    let out_of_fold = match run {
        Some(run) => OutOfFold::of_run(run, &ensemble.labels)?,
        None => Vec::new(),
    };
    AuthorTables::prepare(&ensemble.labels, dataset, &out_of_fold, manifest, set)
}

fn require_known(keys: &[String], labels: &LabelRegistry) -> Result<()> {
    match keys.iter().find(|key| labels.index_of(key).is_none()) {
        None => Ok(()),
        Some(key) => {
            let known: Vec<&str> = labels.keys().collect();
            Err(Error::input(format!(
                "--labels {key}: the model knows {}",
                known.join(", ")
            )))
        }
    }
}
