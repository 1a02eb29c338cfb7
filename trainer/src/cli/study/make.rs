//! `genoderm study make`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use genoderm_study::{Order, SurveyPlan};

use crate::cli::shared::print;
use crate::error::Result;
use crate::output::require_new_folder;
use crate::study::{MakeOptions, make};
use crate::training::Progress;

/// Which view a survey shows first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OrderArgument {
    /// All focused pictures, then all panoramic ones, as in the paper
    FocusedFirst,
    /// Half of the surveys begin with panoramic pictures
    Balanced,
}

/// Deal test pictures into surveys
///
/// Each survey asks about the same number of photographs of each label, focused and panoramic. A set of surveys
/// covers all test photographs once; no two surveys show the same ones. With 20 test photographs of each of 7 labels
/// (the paper's): 56 questions, 5 surveys in a set, 30 in all, and every picture is seen 6 times.
///
/// Writes surveys.json (with the truth) and pictures/, which the page opens, empty answer sheets as CSV and JSON, and
/// images.csv, which tells which picture is which. Pictures are copied byte for byte under names that say nothing.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of manifest.csv; its test pictures are asked about
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder to create
    #[arg(long, value_name = "STUDY")]
    out: PathBuf,
    /// Photographs of each label in a survey, each in both views
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    per_label: u32,
    /// Surveys in a set [default: as many as cover all test photographs]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    surveys_per_set: Option<u32>,
    /// Sets: how often each group sees every picture
    #[arg(long, default_value_t = 6, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    sets: u32,
    /// Which view comes first
    #[arg(long, value_enum, default_value_t = OrderArgument::FocusedFirst, value_name = "ORDER")]
    order: OrderArgument,
    /// The same seed gives the same surveys
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Ask only about these labels; several with commas [default: all with test pictures]
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    labels: Vec<String>,
    /// Keep the names of the manifest, which may tell the label
    #[arg(long)]
    keep_names: bool,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        require_new_folder(&self.out)?;
        let options = MakeOptions {
            data: self.data,
            out: self.out,
            labels: self.labels,
            surveys_per_set: self.surveys_per_set.map(|surveys| surveys as usize),
            plan: SurveyPlan {
                per_label: self.per_label as usize,
                sets: self.sets as usize,
                order: match self.order {
                    OrderArgument::FocusedFirst => Order::FocusedFirst,
                    OrderArgument::Balanced => Order::Balanced,
                },
                seed: self.seed,
            },
            keep_names: self.keep_names,
        };
        let bar = Progress::detect().count("opening pictures", 0);
        let made = make(&options, &|done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        let made = made?;
        let surveys = &made.surveys.surveys;
        print(&format!(
            "wrote {}: {} surveys in {} sets, {} questions each, {} labels, {} pictures",
            options.out.display(),
            surveys.len(),
            options.plan.sets,
            surveys.first().map_or(0, |survey| survey.questions.len()),
            made.surveys.labels.len(),
            made.pictures
        ))
    }
}
