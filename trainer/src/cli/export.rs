//! `genoderm export`

use std::path::PathBuf;

use clap::Args;

use crate::cli::shared::{DeviceArgument, print};
use crate::error::Result;
use crate::export::{EncodingChoice, ExportPlan, export};

/// Gather the folds of a run into a bundle that the page loads
///
/// With --data the weights as they are stored, rounding included, are measured on the test pictures,
/// beside the weights as they were trained, and the figures go into the bundle and its MODEL_CARD.md.
/// What `genoderm calibrate` found goes into the bundle too.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of a run; twice for a bundle with a panoramic and a focused set
    #[arg(long, value_name = "RUN", required = true)]
    run: Vec<PathBuf>,
    /// Folder of the bundle, to be created
    #[arg(long, value_name = "BUNDLE")]
    out: PathBuf,
    /// Take only these folds; several with commas [default: all finished]
    #[arg(long, value_name = "K", value_delimiter = ',')]
    folds: Vec<usize>,
    /// How weights are stored
    #[arg(long, value_enum, default_value_t, value_name = "ENCODING")]
    encoding: EncodingChoice,
    /// Name of the model
    #[arg(long, default_value = "Genoderm model", value_name = "TEXT")]
    name: String,
    /// What the model is, in a few sentences
    #[arg(long, default_value = "", value_name = "TEXT")]
    description: String,
    /// What everyone who sees an answer must know
    #[arg(
        long,
        default_value = "For research and education. Not a medical device.",
        value_name = "TEXT"
    )]
    notice: String,
    /// Licence of the weights
    #[arg(long, default_value = "", value_name = "TEXT")]
    licence: String,
    /// What it was trained on, in words
    #[arg(long, default_value = "", value_name = "TEXT")]
    data_description: String,
    /// A command that helped to make the bundle; once for each, in order
    #[arg(long = "made-with", value_name = "COMMAND")]
    commands: Vec<String>,
    /// Folder of manifest.csv, to measure the stored weights on its test pictures
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Leave test pictures out that cannot be read, and name them
    #[arg(long, requires = "data")]
    skip_broken: bool,
    /// Leave out what `genoderm calibrate` found
    #[arg(long)]
    no_calibration: bool,
    #[command(flatten)]
    device: DeviceArgument,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        let device = self.device.open()?;
        let plan = ExportPlan {
            runs: self.run,
            out: self.out,
            folds: self.folds,
            encoding: self.encoding,
            name: self.name,
            description: self.description,
            notice: self.notice,
            licence: self.licence,
            data_description: self.data_description,
            commands: self.commands,
            data: self.data,
            skip_broken: self.skip_broken,
            calibration: !self.no_calibration,
        };
        let exported = export(&plan, &device, |text| {
            // A line that nobody reads is no reason to stop.
            let _ = print(text);
        })?;
        for set in &exported.calibrated {
            print(&format!("{set}: with the run's calibration.json"))?;
        }
        for run in &exported.measured {
            let report = &run.report;
            print(&format!(
                "{}: accuracy {:.1}%, balanced {:.1}% on {} test pictures, as stored",
                report.set,
                100.0 * report.ensemble.accuracy,
                100.0 * report.ensemble.balanced_accuracy,
                report.ensemble.pictures
            ))?;
            if let Some(loss) = &run.loss {
                print(&format!(
                    "{}: accuracy {:.1}%, balanced {:.1}% as trained; storing changes {} answers and no probability by more than {:.4}",
                    report.set,
                    100.0 * loss.accuracy,
                    100.0 * loss.balanced_accuracy,
                    loss.changed_answers,
                    loss.largest_change
                ))?;
            }
            if let Some(sets) = &run.sets {
                print(&format!(
                    "{}: prediction sets hold the true label of {:.1}% of them, stated {:.1}%, with {:.2} labels on average",
                    report.set,
                    100.0 * sets.coverage,
                    100.0 * sets.stated,
                    sets.mean_size
                ))?;
            }
        }
        print(&format!(
            "wrote {}: {} networks, {:.2} MB",
            plan.out.display(),
            exported.folds,
            exported.bytes as f64 / 1e6
        ))
    }
}
