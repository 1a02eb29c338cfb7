//! `genoderm calibrate`: from the folds of a run to its calibration.

use std::path::PathBuf;

use burn::tensor::Device;
use clap::ValueEnum;
use genoderm_model::bundle::sha256_hex;
use genoderm_model::calibration::ConformalScore;

use crate::calibration::networks::{Compared, Networks};
use crate::calibration::{
    CalibratedFold, CalibrationRecord, OutOfFoldFigures, OutOfFoldRow, SingleFit, choose_guard,
    read_out_of_fold,
};
use crate::error::{Error, Result};
use crate::files;
use crate::output::require_file;
use crate::training::{FoldFolder, Progress, RunFolder};

/// Which prediction sets are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ScoreChoice {
    /// By the label's own probability: the smallest sets on average.
    #[default]
    Lac,
    /// By the sum of probabilities down to the label: larger sets, evener over hard pictures.
    Aps,
}

impl From<ScoreChoice> for ConformalScore {
    fn from(choice: ScoreChoice) -> Self {
        match choice {
            ScoreChoice::Lac => Self::Lac,
            ScoreChoice::Aps => Self::Aps,
        }
    }
}

/// What `genoderm calibrate` was asked to do.
#[derive(Clone, Debug)]
pub struct CalibratePlan {
    /// The run, whose finished folds are calibrated.
    pub run: PathBuf,
    /// Folder of the manifest; `None` for the one that the run learnt from.
    pub data: Option<PathBuf>,
    /// Pictures without skin, to compare guards with; `None` for no guard.
    pub not_skin: Option<PathBuf>,
    /// Folder of pictures that no network learnt from, to calibrate the ensemble on; `None` for the out-of-fold pictures,
    /// which calibrate single networks.
    pub held_out: Option<PathBuf>,
    /// Stated coverage of the prediction sets.
    pub coverage: f64,
    /// Which prediction sets.
    pub score: ScoreChoice,
    /// Share of held-out pictures of skin that the guard accepts.
    pub acceptance: f64,
    /// No guard when the best one lets a larger share of the pictures without skin pass, 0 to 1.
    pub most_passed: f64,
    /// Measure the ensemble on the test pictures.
    pub test: bool,
    /// Leave broken pictures out instead of failing.
    pub skip_broken: bool,
}

/// Calibrates a run and writes its `calibration.json`.
///
/// Only pictures of the run's own labels count: auxiliary pictures would outvote them, and nobody asks
/// about those. Temperature and sets need the predictions in the fold's folders alone; the guard and the
/// test figures run the networks.
///
/// # Errors
///
/// A run without finished folds, bad predictions, too few pictures for the coverage, another manifest
/// than that of the run, pictures that cannot be read.
pub fn calibrate(
    plan: &CalibratePlan,
    device: &Device,
    progress: &Progress,
) -> Result<CalibrationRecord> {
    require_share("--coverage", plan.coverage)?;
    require_share("--acceptance", plan.acceptance)?;
    if !(0.0..=1.0).contains(&plan.most_passed) {
        return Err(Error::input("--most-passed must be between 0 and 1"));
    }
    let run = RunFolder::open(&plan.run)?;
    require_file(&CalibrationRecord::path(&run), &[])?;
    let config = run.config()?;
    let folds = run.chosen_folds(&[])?;
    if let Some(note) = run.missing_folds()? {
        progress.note(&note);
    }
    let all = read_out_of_fold(&folds, &config.labels)?;
    let own = config.own_labels();
    let rows: Vec<&OutOfFoldRow> = all.iter().filter(|row| own.contains(&row.label)).collect();
    let score = ConformalScore::from(plan.score);
    let fit = SingleFit::of(&rows, score, plan.coverage)
        .map_err(|error| Error::input(format!("{}: {error}", plan.run.display())))?;

    let mut job = Networks::open(plan, &run, &config, device, progress)?;
    // What is wrong with the test pictures is found before hours of work, and before the run has another
    // calibration.
    let test = match &job {
        Some(job) if plan.test => Some(job.test_pictures(plan)?),
        _ => None,
    };
    let pooled = match (&job, &plan.held_out) {
        (Some(job), Some(folder)) => Some(job.fit_ensemble(plan, &run, folder)?),
        _ => None,
    };
    let (temperature, conformal) = match &pooled {
        Some(fit) => (fit.temperature, fit.conformal),
        None => (fit.temperature, fit.conformal),
    };
    let guards = match &mut job {
        Some(job) if plan.not_skin.is_some() => job.compare_guards(plan, &fit)?,
        _ => Compared::default(),
    };
    let guard = choose_guard(&guards.figures, plan.most_passed).map(|figures| figures.guard);
    let references = guards.references_of(guard);
    let mut held_out = guards.held_out.into_iter();
    let guard_held_out =
        guard.and_then(|chosen| held_out.find(|figures| figures.score() == chosen.score));
    let mut record = CalibrationRecord {
        set: config.set.to_string(),
        temperature,
        conformal,
        guard,
        reference_sha256: None,
        folds: calibrated_folds(&folds, &rows)?,
        out_of_fold: OutOfFoldFigures {
            before: SingleFit {
                temperature: 1.0,
                ..fit.clone()
            }
            .measure(&rows)
            .reliability,
            after: fit.measure(&rows),
            cross_fold: SingleFit::cross_check(&rows, score, plan.coverage),
        },
        held_out: pooled.map(|fit| fit.figures),
        guards: guards.figures,
        guard_held_out,
        not_skin: guards.pictures,
        test: None,
    };
    record.save(&run, &references)?;
    if let (Some(job), Some(test)) = (&mut job, &test) {
        let architecture = config.architecture()?;
        job.ensemble.temperature = temperature;
        job.ensemble.safeguards = record.safeguards(&run, &folds, architecture)?;
        record.test = Some(job.measure_test(plan, test)?);
        record.save(&run, &references)?;
    }
    Ok(record)
}

fn require_share(option: &str, value: f64) -> Result<()> {
    if value > 0.0 && value < 1.0 {
        return Ok(());
    }
    Err(Error::input(format!(
        "{option} {value}: must be above 0 and below 1, such as 0.9"
    )))
}

fn calibrated_folds(folds: &[FoldFolder], rows: &[&OutOfFoldRow]) -> Result<Vec<CalibratedFold>> {
    folds
        .iter()
        .map(|folder| {
            Ok(CalibratedFold {
                fold: folder.fold,
                pictures: rows.iter().filter(|row| row.fold == folder.fold).count(),
                weights_sha256: sha256_hex(&files::read(&folder.weights())?),
            })
        })
        .collect()
}
