//! `genoderm study simulate`

use std::path::PathBuf;

use clap::Args;
use genoderm_study::{SimulatedGroup, Simulation, reader_correlation};

use super::unit;
use crate::cli::shared::print;
use crate::error::{Error, Result};
use crate::output::require_new_folder;
use crate::study::{SimulateOptions, StudyFolder, simulate_study};

/// Make readers up, to plan a study and to try the whole way
///
/// One reader of each group answers each survey. Without --group and --model the groups are the paper's: model 0.814
/// in both views, geneticist 0.596 and 0.687, paediatrician 0.441 and 0.527.
///
/// Writes answers.csv, a table of predictions for each model, and what it was made of. Correlations are those of the
/// normal numbers behind right and wrong; those of one answer may not add up to more than 1.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the study
    #[arg(long, value_name = "STUDY")]
    study: PathBuf,
    /// Folder to create
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A group of people: accuracy on focused and on panoramic pictures and, if readers differ by more than chance,
    /// the standard deviation of their accuracies on focused ones; again for each group
    #[arg(long, value_name = "NAME=F,P[,SD]", value_parser = people)]
    group: Vec<Accuracies>,
    /// A model: one reader who answers every survey; again for each model
    #[arg(long, value_name = "NAME=F,P", value_parser = model)]
    model: Vec<Accuracies>,
    /// How far some photographs are easy and others hard for everyone, 0 to 1
    #[arg(long, default_value_t = 0.2, value_name = "R", value_parser = unit)]
    photograph_correlation: f64,
    /// What both views of a photograph have in common for one reader beyond that, 0 to 1
    #[arg(long, default_value_t = 0.1, value_name = "R", value_parser = unit)]
    view_correlation: f64,
    /// Share of the questions that people leave out
    #[arg(long, default_value_t = 0.0, value_name = "SHARE", value_parser = unit)]
    left_out: f64,
    /// The same seed gives the same answers
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
}

/// What is said of a group.
#[derive(Clone, Debug, PartialEq)]
struct Accuracies {
    name: String,
    focused: f64,
    panoramic: f64,
    deviation: Option<f64>,
}

/// Duong et al. 2021: accuracies of people by their mean differences to the classifier's. Their deviations are those
/// of the differences less what 28 answers of the classifier deviate by themselves.
const PAPER: [(&str, f64, f64, Option<f64>); 3] = [
    ("model", 0.814, 0.814, None),
    ("geneticist", 0.596, 0.687, Some(0.100)),
    ("paediatrician", 0.441, 0.527, Some(0.142)),
];

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        require_new_folder(&self.out)?;
        let study = StudyFolder::open(&self.study)?;
        // A view is half of a survey.
        let questions = study
            .surveys
            .surveys
            .iter()
            .map(|survey| survey.questions.len() / 2);
        let questions = questions.max().unwrap_or(1).max(1);
        let paper: Vec<(bool, Accuracies)> = PAPER
            .iter()
            .map(|(name, focused, panoramic, deviation)| {
                let accuracies = Accuracies {
                    name: (*name).to_owned(),
                    focused: *focused,
                    panoramic: *panoramic,
                    deviation: *deviation,
                };
                (*name == "model", accuracies)
            })
            .collect();
        let models = self.model.into_iter().map(|one| (true, one));
        let mut all: Vec<(bool, Accuracies)> = models.collect();
        all.extend(self.group.into_iter().map(|one| (false, one)));
        if all.is_empty() {
            all = paper;
        }
        let groups = all
            .into_iter()
            .map(|(model, one)| one.group(model, questions))
            .collect::<Result<Vec<SimulatedGroup>>>()?;
        let options = SimulateOptions {
            study: self.study,
            out: self.out,
            simulation: Simulation {
                groups,
                photograph_correlation: self.photograph_correlation,
                view_correlation: self.view_correlation,
                left_out: self.left_out,
                seed: self.seed,
            },
        };
        let files = simulate_study(&options)?;
        print(&format!(
            "wrote {}: {}",
            options.out.display(),
            files.join(", ")
        ))
    }
}

impl Accuracies {
    fn group(self, model: bool, questions: usize) -> Result<SimulatedGroup> {
        let reader_correlation = match self.deviation {
            None => 0.0,
            Some(deviation) => reader_correlation(self.focused, deviation, questions)
                .map_err(|error| Error::input(format!("group `{}`: {error}", self.name)))?,
        };
        Ok(SimulatedGroup {
            name: self.name,
            focused: self.focused,
            panoramic: self.panoramic,
            reader_correlation,
            model,
        })
    }
}

fn people(text: &str) -> std::result::Result<Accuracies, String> {
    accuracies(text, "NAME=F,P or NAME=F,P,SD")
}

fn model(text: &str) -> std::result::Result<Accuracies, String> {
    let found = accuracies(text, "NAME=F,P")?;
    match found.deviation {
        Some(_) => Err("a model is one reader and has no deviation: NAME=F,P".into()),
        None => Ok(found),
    }
}

/// `NAME=F,P` with shares from 0 to 1, and maybe a deviation.
fn accuracies(text: &str, form: &str) -> std::result::Result<Accuracies, String> {
    let wrong = || format!("must be {form}, with numbers from 0 to 1");
    let (name, numbers) = text.split_once('=').ok_or_else(wrong)?;
    let numbers: Vec<f64> = numbers
        .split(',')
        .map(|number| unit(number.trim()))
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| wrong())?;
    let (focused, panoramic, deviation) = match numbers.as_slice() {
        [focused, panoramic] => (*focused, *panoramic, None),
        [focused, panoramic, deviation] => (*focused, *panoramic, Some(*deviation)),
        _ => return Err(wrong()),
    };
    match name.trim() {
        "" => Err(wrong()),
        name => Ok(Accuracies {
            name: name.to_owned(),
            focused,
            panoramic,
            deviation,
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn groups_are_a_name_and_two_or_three_shares() {
        let found = people("geneticist=0.6,0.7,0.1").unwrap();
        assert_eq!(
            (found.name.as_str(), found.deviation),
            ("geneticist", Some(0.1))
        );
        assert_eq!(model("net = 0.8, 0.9").unwrap().panoramic, 0.9);
        for wrong in [
            "",
            "a",
            "a=",
            "a=0.5",
            "=0.5,0.5",
            "a=0.5,nan",
            "a=0.5,2",
            "a=1,1,1,1",
        ] {
            assert!(people(wrong).is_err(), "{wrong}");
        }
        assert!(
            model("net=0.8,0.9,0.1")
                .unwrap_err()
                .contains("no deviation")
        );
    }
}
