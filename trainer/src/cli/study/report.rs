//! `genoderm study report`

use std::path::PathBuf;

use clap::Args;
use genoderm_study::Study;
use genoderm_study::View;
use genoderm_study::analysis::{AnalysisPlan, PlannedStudy, analyse};
use genoderm_study::statistics::CrossedBootstrap;

use super::inside_unit;
use crate::cli::shared::print;
use crate::error::{Error, Result};
use crate::files;
use crate::output::{require_file, require_new_folder};
use crate::study::{ScoredFolder, html, summary, write_tables};

/// The most groups of a report: every one is compared with every other.
const MOST_GROUPS: usize = 20;

/// Compare groups: accuracy, tests, agreement, power
///
/// Prints the main figures. --html, --json and --csv write all of them: accuracy by survey, group and label, paired t
/// tests, the same for other readers and photographs, bootstrap intervals, McNemar's tests, non-inferiority,
/// intraclass correlations, Fleiss' kappa, Krippendorff's alpha, confusion matrices, power. A statistic that
/// the answers do not allow is named with the reason.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder that `genoderm study score` wrote
    #[arg(long, value_name = "SCORED")]
    scored: PathBuf,
    /// Write a page with tables and plots
    #[arg(long, value_name = "FILE.html")]
    html: Option<PathBuf>,
    /// Save every number as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write tables into a new folder
    #[arg(long, value_name = "DIR")]
    csv: Option<PathBuf>,
    /// Level of confidence of intervals
    #[arg(long, default_value_t = 0.95, value_name = "SHARE", value_parser = inside_unit)]
    confidence: f64,
    /// How much worse still counts as not worse, as a share; choose it before the study
    #[arg(long, default_value_t = 0.10, value_name = "SHARE", value_parser = inside_unit)]
    margin: f64,
    /// Drawings of the bootstrap
    #[arg(long, default_value_t = 2000, value_name = "N", value_parser = clap::value_parser!(u32).range(100..=100_000))]
    bootstrap: u32,
    /// The same seed gives the same intervals
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// The plan: the difference of accuracies to be found
    #[arg(long, default_value_t = 0.10, value_name = "SHARE", value_parser = inside_unit)]
    difference: f64,
    /// The plan: standard deviation of the differences of surveys
    #[arg(long, default_value_t = 0.15, value_name = "SHARE", value_parser = inside_unit)]
    deviation: f64,
    /// The plan: the probability of finding the difference
    #[arg(long, default_value_t = 0.95, value_name = "SHARE", value_parser = inside_unit)]
    power: f64,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        for file in [&self.html, &self.json].into_iter().flatten() {
            require_file(file, &ScoredFolder::files(&self.scored))?;
        }
        if self.html.is_some() && self.html == self.json {
            return Err(Error::input("--html and --json name one file: choose two"));
        }
        if let Some(folder) = &self.csv {
            require_new_folder(folder)?;
        }
        let scored = ScoredFolder::open(&self.scored)?;
        let study = Study::new(&scored.surveys, &scored.sheets);
        let groups = study.groups();
        if groups.len() > MOST_GROUPS {
            return Err(Error::input(format!(
                "there are {} groups, and a report compares at most {MOST_GROUPS} with each other: the column `group` says \
                 what readers are compared by, not who they are",
                groups.len()
            )));
        }
        let plan = AnalysisPlan {
            models: scored.models(),
            confidence: self.confidence,
            margin: self.margin,
            bootstrap: CrossedBootstrap {
                drawings: self.bootstrap as usize,
                seed: self.seed,
            },
            design: PlannedStudy {
                difference: self.difference,
                deviation: self.deviation,
                power: self.power,
                surveys: scored.surveys.surveys.len().max(2),
            },
        };
        let analysis = analyse(&study, &plan).map_err(|error| Error::input(error.to_string()))?;
        // Everything is made before anything is written.
        let page = match &self.html {
            Some(_) => Some(html::render(&analysis)?),
            None => None,
        };
        if let Some(folder) = &self.csv {
            let images: Vec<_> = View::BOTH
                .iter()
                .flat_map(|view| study.image_answers(&groups, *view))
                .collect();
            write_tables(&analysis, &images, folder)?;
        }
        if let Some(file) = &self.json {
            files::write_json(file, &analysis)?;
        }
        if let (Some(file), Some(page)) = (&self.html, page) {
            files::write(file, page.as_bytes())?;
        }
        print(&summary(&analysis))
    }
}
