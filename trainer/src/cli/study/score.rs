//! `genoderm study score`

use std::path::PathBuf;

use clap::Args;
use genoderm_study::COMPLETE_ABOVE;

use super::unit;
use crate::cli::shared::print;
use crate::error::Result;
use crate::output::require_new_folder;
use crate::study::{ScoreOptions, ScoredStudy, score};

/// Say which answers count, and what is right
///
/// Answers are tables with the columns survey, reader, group, image, answer: the page's, or answer sheets that were
/// filled in. A sheet is complete when more than 95% of its questions are answered; the first complete one of each
/// survey and group counts, in the order of the files and rows.
///
/// Predictions are tables of `genoderm predict --csv`, of `genoderm evaluate --authors-csv` (final_prediction.csv) or
/// of the page. A model chooses among the labels of the surveys, as readers do.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the study
    #[arg(long, value_name = "STUDY")]
    study: PathBuf,
    /// Tables of people's answers
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "predictions")]
    answers: Vec<PathBuf>,
    /// A model's name and a table of its predictions; again for each set of pictures and each model
    #[arg(long, value_name = "NAME=FILE", num_args = 1.., value_parser = named_file)]
    predictions: Vec<(String, PathBuf)>,
    /// A sheet counts when more than this share of its questions is answered
    #[arg(long, default_value_t = COMPLETE_ABOVE, value_name = "SHARE", value_parser = unit)]
    complete_above: f64,
    /// Folder to create
    #[arg(long, value_name = "SCORED")]
    out: PathBuf,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        require_new_folder(&self.out)?;
        let scored = score(&ScoreOptions {
            study: self.study,
            answers: self.answers,
            predictions: self.predictions,
            complete_above: self.complete_above,
        })?;
        scored.write(&self.out)?;
        print(&told(&scored))?;
        print(&format!("wrote {}", self.out.display()))
    }
}

/// What was counted, one line a group.
fn told(scored: &ScoredStudy) -> String {
    let surveys = scored.surveys.surveys.len();
    let mut lines = Vec::new();
    for (name, group) in &scored.record.groups {
        let mut line = format!("{name}: {} of {surveys} surveys count", group.counted);
        if group.incomplete > 0 {
            line += &format!(", {} incomplete", group.incomplete);
        }
        if group.surplus > 0 {
            line += &format!(", {} more than needed", group.surplus);
        }
        if !group.missing.is_empty() && group.counted > 0 {
            line += &format!("; missing: {}", group.missing.join(", "));
        }
        lines.push(line);
    }
    for model in &scored.record.models {
        let mut line = format!("{}: a model, answers every survey", model.name);
        if model.restricted > 0 {
            line += &format!(
                "; on {} images a label that no survey offers was more probable",
                model.restricted
            );
        }
        if model.other_rows > 0 {
            line += &format!("; {} rows are about other pictures", model.other_rows);
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// `NAME=FILE`
fn named_file(text: &str) -> std::result::Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.trim().is_empty() && !file.is_empty() => {
            Ok((name.trim().to_owned(), PathBuf::from(file)))
        }
        _ => Err("say the model's name and its table: NAME=FILE".into()),
    }
}
