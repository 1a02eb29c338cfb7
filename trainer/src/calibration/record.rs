//! RUN/calibration.json: what was fitted, on what, and how good it is.

use std::path::PathBuf;

use genoderm_model::bundle::sha256_hex;
use genoderm_model::calibration::{Conformal, FoldReference, Guard, GuardModel, Safeguards};
use genoderm_model::efficientnet::Architecture;
use genoderm_model::weights::{Encoding, StateDict};
use serde::{Deserialize, Serialize};

use crate::calibration::guards::half_of;
use crate::calibration::{GuardFigures, HeldOutFigures, Reliability, SetFigures, TEMPERATURES};
use crate::error::{Error, Result};
use crate::files;
use crate::training::{FoldFolder, RunFolder};

const RECORD_FILE: &str = "calibration.json";
const REFERENCE_FILE: &str = "calibration.safetensors";

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
    /// SHA-256 of the file with what the guard compares pictures with, where it needs that.
    pub reference_sha256: Option<String>,
    /// The networks.
    pub folds: Vec<CalibratedFold>,
    /// Figures of single networks, at a temperature and with sets of their own.
    pub out_of_fold: OutOfFoldFigures,
    /// The pictures that temperature and sets come from, when they are those of the ensemble.
    #[serde(default)]
    pub held_out: Option<HeldOutFigures>,
    /// All guards that were compared, on the pictures without skin that the best was chosen by.
    pub guards: Vec<GuardFigures>,
    /// The best one on the other half of those pictures; `None` when they were too few to share out.
    #[serde(default)]
    pub guard_held_out: Option<GuardFigures>,
    /// How many pictures without skin there were in all.
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

    /// Writes the record, and the guard's references by fold before it.
    ///
    /// A process that dies between the two leaves a record whose checksum does not fit, which an export
    /// refuses.
    pub fn save(&mut self, run: &RunFolder, references: &[(usize, FoldReference)]) -> Result<()> {
        let file = run.path().join(REFERENCE_FILE);
        self.reference_sha256 = None;
        if self.needs_reference() {
            let mut tensors = StateDict::new();
            for (fold, reference) in references {
                reference.store(number(*fold)?, &mut tensors);
            }
            let bytes = tensors
                .to_safetensors(Encoding::F32)
                .map_err(Error::internal)?;
            self.reference_sha256 = Some(sha256_hex(&bytes));
            files::write(&file, &bytes)?;
        }
        files::write_json(&Self::path(run), self)
    }

    /// The run's record, if it was calibrated, which must be of the weights of these folds.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), and [`Error::Input`] when a fold was not calibrated or has been trained
    /// again since.
    pub fn of_weights(run: &RunFolder, folds: &[FoldFolder]) -> Result<Option<Self>> {
        let record = Self::load(run)?;
        if let Some(record) = &record {
            record.require_weights(run, folds)?;
        }
        Ok(record)
    }

    fn require_weights(&self, run: &RunFolder, folds: &[FoldFolder]) -> Result<()> {
        let again = "run `genoderm calibrate` again, or leave it out with --no-calibration";
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
        Ok(())
    }

    /// What answers of these folds need besides their networks, which must be those that were
    /// calibrated.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when the guard's references do not belong to this record.
    pub fn safeguards(
        &self,
        run: &RunFolder,
        folds: &[FoldFolder],
        architecture: Architecture,
    ) -> Result<Safeguards> {
        let guard = match self.guard {
            Some(guard) => Some(GuardModel {
                guard,
                references: self.references(run, folds, guard, architecture)?,
            }),
            None => None,
        };
        Ok(Safeguards {
            conformal: Some(self.conformal),
            guard,
        })
    }

    fn references(
        &self,
        run: &RunFolder,
        folds: &[FoldFolder],
        guard: Guard,
        architecture: Architecture,
    ) -> Result<Vec<FoldReference>> {
        if !self.needs_reference() {
            return Ok(Vec::new());
        }
        let file = run.path().join(REFERENCE_FILE);
        let bytes = files::read(&file)?;
        if self.reference_sha256.as_deref() != Some(sha256_hex(&bytes).as_str()) {
            return Err(Error::input(format!(
                "{} does not belong to {RECORD_FILE}: run `genoderm calibrate` again",
                file.display()
            )));
        }
        let tensors = StateDict::from_safetensors(&bytes).map_err(Error::content(&file))?;
        let numbers = folds
            .iter()
            .map(|folder| number(folder.fold))
            .collect::<Result<Vec<_>>>()?;
        FoldReference::load_all(&tensors, numbers, guard.score, architecture)
            .map_err(Error::content(&file))
    }

    fn needs_reference(&self) -> bool {
        self.guard
            .is_some_and(|guard| guard.score.needs_reference())
    }
}

fn number(fold: usize) -> Result<u32> {
    u32::try_from(fold).map_err(Error::internal)
}

impl CalibrationRecord {
    /// Whether the fit of the temperature found no end: such a calibration says nothing.
    pub fn is_at_end_of_range(&self) -> bool {
        let ends = [*TEMPERATURES.start() as f32, *TEMPERATURES.end() as f32];
        ends.contains(&self.temperature)
    }

    /// What whoever uses the calibration must know of it.
    pub fn warning(&self) -> Option<String> {
        self.is_at_end_of_range().then(|| {
            format!(
                "warning: the temperature of the {} networks is {}, the end of its range: the calibration says nothing \
                 (--no-calibration leaves it out)",
                self.set, self.temperature
            )
        })
    }

    /// How many pictures without skin the guard was chosen by.
    pub fn chosen_by(&self) -> usize {
        let all = 0..self.not_skin;
        all.filter(|place| half_of(*place, self.not_skin) == 0)
            .count()
    }

    /// The figures of the guard in use: on pictures that it was not chosen by, where there are such.
    pub fn guard_figures(&self) -> Option<&GuardFigures> {
        let chosen = self.guard?;
        let compared = || self.guards.iter().find(|row| row.score() == chosen.score);
        self.guard_held_out.as_ref().or_else(compared)
    }
}
