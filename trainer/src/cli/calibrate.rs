//! `genoderm calibrate`

use std::path::PathBuf;

use clap::Args;

use crate::calibration::{CalibratePlan, CalibrationRecord, ScoreChoice, calibrate};
use crate::cli::shared::{DeviceArgument, print};
use crate::error::Result;
use crate::training::{Progress, RunFolder};

/// Make a run's probabilities, prediction sets and guard say what they mean
///
/// Works on what each network said of the pictures that it did not learn from, and writes
/// RUN/calibration.json: a temperature, sets of labels that hold the true one as often as stated, and,
/// with --not-skin, the best guard against pictures that show no skin. `genoderm export` puts all of it
/// into the bundle.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of a run; its finished folds are calibrated
    #[arg(long, value_name = "RUN")]
    run: PathBuf,
    /// Folder of the manifest.csv that the run learnt from [default: where it was then]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder of pictures that show no skin, to compare guards with
    #[arg(long, value_name = "DIR")]
    not_skin: Option<PathBuf>,
    /// Folder of a manifest.csv of pictures that no network has learnt from: temperature and sets are then those of
    /// the ensemble itself, not of single networks
    #[arg(long, value_name = "DIR")]
    held_out: Option<PathBuf>,
    /// How often a prediction set shall hold the true label
    #[arg(long, default_value_t = 0.9, value_name = "SHARE")]
    coverage: f64,
    /// Which prediction sets
    #[arg(long, value_enum, default_value_t, value_name = "SCORE")]
    score: ScoreChoice,
    /// Share of held-out pictures of skin that the guard accepts
    #[arg(long, default_value_t = 0.95, value_name = "SHARE")]
    acceptance: f64,
    /// Leave the guard out when it lets a larger share of the pictures without skin pass
    #[arg(long, default_value_t = 0.5, value_name = "SHARE")]
    most_passed: f64,
    /// Measure the calibrated ensemble on the test pictures too
    #[arg(long)]
    test: bool,
    /// Leave pictures out that cannot be read, and name them
    #[arg(long)]
    skip_broken: bool,
    #[command(flatten)]
    device: DeviceArgument,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let device = self.device.open()?;
        let plan = CalibratePlan {
            run: self.run,
            data: self.data,
            not_skin: self.not_skin,
            held_out: self.held_out,
            coverage: self.coverage,
            score: self.score,
            acceptance: self.acceptance,
            most_passed: self.most_passed,
            test: self.test,
            skip_broken: self.skip_broken,
        };
        let record = calibrate(&plan, &device, &Progress::detect())?;
        print(&record.to_string())?;
        let file = CalibrationRecord::path(&RunFolder::open(&plan.run)?);
        print(&format!("wrote {}", file.display()))
    }
}
