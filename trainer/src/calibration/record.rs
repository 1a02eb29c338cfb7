//! RUN/calibration.json: what was fitted, on what, and how good it is.

use std::fmt;
use std::path::PathBuf;

use genoderm_model::bundle::sha256_hex;
use genoderm_model::calibration::{Conformal, FoldCentres, Guard, GuardModel, Safeguards};
use genoderm_model::weights::{Encoding, StateDict};
use serde::{Deserialize, Serialize};

use crate::calibration::{GuardFigures, Reliability, SetFigures, TEMPERATURES};
use crate::error::{Error, Result};
use crate::files;
use crate::training::{FoldFolder, RunFolder};

const RECORD_FILE: &str = "calibration.json";
const CENTRES_FILE: &str = "calibration.safetensors";

/// Probabilities and sets of single networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SingleFigures {
    /// The probabilities.
    pub reliability: Reliability,
    /// The prediction sets.
    pub sets: SetFigures,
}

/// Figures on the pictures that the fit used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutOfFoldFigures {
    /// At temperature 1.
    pub before: Reliability,
    /// With the fit of all folds, which has seen these pictures: the coverage is the stated one by
    /// construction.
    pub after: SingleFigures,
    /// Each fold with the fit of the others; `None` with one fold or too few pictures.
    pub cross_fold: Option<SingleFigures>,
}

/// Figures of the ensemble on the test pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestFigures {
    /// At temperature 1.
    pub before: Reliability,
    /// At the fitted temperature.
    pub after: Reliability,
    /// The prediction sets.
    pub sets: SetFigures,
    /// Share of the test pictures that the guard accepts, where there is one.
    pub accepted: Option<f64>,
}

/// A network that the calibration is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalibratedFold {
    /// Number of the fold.
    pub fold: usize,
    /// How many of its own pictures were used.
    pub pictures: usize,
    /// SHA-256 of its weights.
    pub weights_sha256: String,
}

/// What `genoderm calibrate` found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationRecord {
    /// Panoramic or focused pictures.
    pub set: String,
    /// Logits of every fold are divided by this.
    pub temperature: f32,
    /// Prediction sets of the ensemble's probabilities at this temperature.
    pub conformal: Conformal,
    /// The best guard; `None` when no pictures without skin were given, or none is good enough.
    pub guard: Option<Guard>,
    /// SHA-256 of the file with the labels' centres, where the guard needs them.
    pub centres_sha256: Option<String>,
    /// The networks.
    pub folds: Vec<CalibratedFold>,
    /// Figures of single networks.
    pub out_of_fold: OutOfFoldFigures,
    /// All guards that were compared.
    pub guards: Vec<GuardFigures>,
    /// How many pictures without skin they were compared on.
    pub not_skin: usize,
    /// Figures of the ensemble on the test pictures, when they were asked for.
    pub test: Option<TestFigures>,
}

impl CalibrationRecord {
    /// Where a run keeps it.
    pub fn path(run: &RunFolder) -> PathBuf {
        run.path().join(RECORD_FILE)
    }

    /// The run's record, if it was calibrated.
    ///
    /// # Errors
    ///
    /// [`Error::Content`] when the file is not what `genoderm calibrate` writes.
    pub fn load(run: &RunFolder) -> Result<Option<Self>> {
        let path = Self::path(run);
        match path.exists() {
            true => files::read_json(&path).map(Some),
            false => Ok(None),
        }
    }

    /// Writes the record, and the centres by fold before it.
    ///
    /// A process that dies between the two leaves a record whose checksum does not fit, which an export
    /// refuses.
    pub fn save(&mut self, run: &RunFolder, centres: &[(usize, FoldCentres)]) -> Result<()> {
        let file = run.path().join(CENTRES_FILE);
        self.centres_sha256 = None;
        if self.needs_centres() {
            let mut tensors = StateDict::new();
            for (fold, centres) in centres {
                centres.store(number(*fold)?, &mut tensors);
            }
            let bytes = tensors
                .to_safetensors(Encoding::F32)
                .map_err(Error::internal)?;
            self.centres_sha256 = Some(sha256_hex(&bytes));
            files::write(&file, &bytes)?;
        }
        files::write_json(&Self::path(run), self)
    }

    /// What answers of these folds need besides their networks, which must be those that were
    /// calibrated.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when a fold was not calibrated or has been trained again since.
    pub fn safeguards(
        &self,
        run: &RunFolder,
        folds: &[FoldFolder],
        features: usize,
    ) -> Result<Safeguards> {
        let again = "run `genoderm calibrate` again, or export with --no-calibration";
        let path = Self::path(run);
        let place = path.display();
        for folder in folds {
            let fold = folder.fold;
            let Some(known) = self.folds.iter().find(|known| known.fold == fold) else {
                return Err(Error::input(format!(
                    "{place} was made without fold {fold}: {again}"
                )));
            };
            if known.weights_sha256 != sha256_hex(&files::read(&folder.weights())?) {
                return Err(Error::input(format!(
                    "{place} is of other weights of fold {fold}: {again}"
                )));
            }
        }
        let centres = match self.needs_centres() {
            true => self.centres(run, folds, features)?,
            false => Vec::new(),
        };
        Ok(Safeguards {
            conformal: Some(self.conformal),
            guard: self.guard.map(|guard| GuardModel { guard, centres }),
        })
    }

    fn centres(
        &self,
        run: &RunFolder,
        folds: &[FoldFolder],
        features: usize,
    ) -> Result<Vec<FoldCentres>> {
        let file = run.path().join(CENTRES_FILE);
        let bytes = files::read(&file)?;
        if self.centres_sha256.as_deref() != Some(sha256_hex(&bytes).as_str()) {
            return Err(Error::input(format!(
                "{} does not belong to {RECORD_FILE}: run `genoderm calibrate` again",
                file.display()
            )));
        }
        let tensors = StateDict::from_safetensors(&bytes).map_err(Error::content(&file))?;
        folds
            .iter()
            .map(|folder| {
                FoldCentres::load(&tensors, number(folder.fold)?, features)
                    .map_err(Error::content(&file))
            })
            .collect()
    }

    fn needs_centres(&self) -> bool {
        self.guard.is_some_and(|guard| guard.score.needs_features())
    }
}

fn number(fold: usize) -> Result<u32> {
    u32::try_from(fold).map_err(Error::internal)
}

impl fmt::Display for CalibrationRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let single = &self.out_of_fold;
        writeln!(
            f,
            "{}: temperature {:.3}, from {} out-of-fold pictures of {} folds",
            self.set,
            self.temperature,
            single.before.pictures,
            self.folds.len()
        )?;
        if self.is_at_end_of_range() {
            writeln!(
                f,
                "this is the end of the range: the pictures are too few, or all right, or no better than chance"
            )?;
        }
        writeln!(f)?;
        writeln!(
            f,
            "                                   accuracy    NLL    ECE"
        )?;
        write_reliability(f, "single networks, as trained", &single.before)?;
        write_reliability(f, "  calibrated", &single.after.reliability)?;
        if let Some(crossed) = &single.cross_fold {
            write_reliability(f, "  calibrated on the other folds", &crossed.reliability)?;
        }
        if let Some(test) = &self.test {
            write_reliability(f, "ensemble on test pictures", &test.before)?;
            write_reliability(f, "  calibrated", &test.after)?;
        }
        writeln!(f)?;
        writeln!(
            f,
            "prediction sets at {:.0}% coverage   covered        95%  labels  single",
            100.0 * self.conformal.coverage
        )?;
        if let Some(crossed) = &single.cross_fold {
            write_sets(f, "single networks, other folds", &crossed.sets)?;
        }
        if let Some(test) = &self.test {
            write_sets(f, "ensemble on test pictures", &test.sets)?;
        }
        self.write_guards(f)
    }
}

impl CalibrationRecord {
    fn write_guards(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        let Some(first) = self.guards.first() else {
            return write!(f, "no guard: give pictures without skin with --not-skin");
        };
        writeln!(
            f,
            "guards at {:.0}% acceptance by single networks, on {} pictures without skin",
            100.0 * first.guard.acceptance,
            self.not_skin
        )?;
        writeln!(
            f,
            "                   AUROC  passed by one  by the ensemble"
        )?;
        for row in &self.guards {
            writeln!(
                f,
                "{:<16}  {:>6.3}  {:>12.1}%  {:>14.1}%{}",
                row.score().to_string(),
                row.auroc,
                100.0 * row.false_acceptance,
                100.0 * row.ensemble_false_acceptance,
                if self.guard.is_some_and(|chosen| row.score() == chosen.score) {
                    "  (chosen)"
                } else {
                    ""
                }
            )?;
        }
        let Some(chosen) = self.guard else {
            return write!(f, "no guard: each lets too many pass (--most-passed)");
        };
        match self.test.as_ref().and_then(|test| test.accepted) {
            Some(share) => write!(
                f,
                "the ensemble accepts {:.1}% of the test pictures",
                100.0 * share
            ),
            None => write!(f, "threshold {:.4}", chosen.threshold),
        }
    }

    /// Whether the fit of the temperature found no end: such a calibration says nothing.
    pub fn is_at_end_of_range(&self) -> bool {
        let ends = [*TEMPERATURES.start() as f32, *TEMPERATURES.end() as f32];
        ends.contains(&self.temperature)
    }

    /// The figures of the guard in use.
    pub fn guard_figures(&self) -> Option<&GuardFigures> {
        let chosen = self.guard?;
        self.guards.iter().find(|row| row.score() == chosen.score)
    }
}

fn write_reliability(f: &mut fmt::Formatter<'_>, name: &str, figures: &Reliability) -> fmt::Result {
    writeln!(
        f,
        "{name:<33}  {:>7.1}%  {:>5.3}  {:>5.3}",
        100.0 * figures.accuracy,
        figures.nll,
        figures.calibration_error
    )
}

fn write_sets(f: &mut fmt::Formatter<'_>, name: &str, figures: &SetFigures) -> fmt::Result {
    let [low, high] = figures.coverage_interval;
    writeln!(
        f,
        "{name:<33}  {:>7.1}%  {:>4.1}-{:>5.1}  {:>6.2}  {:>5.1}%",
        100.0 * figures.coverage,
        100.0 * low,
        100.0 * high,
        figures.mean_size,
        100.0 * figures.singletons
    )
}
