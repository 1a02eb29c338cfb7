//! `genoderm study`

mod make;
mod report;
mod score;
mod simulate;

use clap::{Args, Subcommand};

use crate::error::Result;

/// Compare readers with a model: surveys, answers, statistics
///
/// make deals test pictures into surveys, people answer them (in the page, or in the tables), score says which
/// answers count, report compares. simulate makes readers up, to plan a study.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Make(make::Arguments),
    Score(score::Arguments),
    Report(report::Arguments),
    Simulate(simulate::Arguments),
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        match self.command {
            Command::Make(arguments) => arguments.run(),
            Command::Score(arguments) => arguments.run(),
            Command::Report(arguments) => arguments.run(),
            Command::Simulate(arguments) => arguments.run(),
        }
    }
}

/// Parses a number above 0 and below 1.
fn inside_unit(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("must be a number above 0 and below 1".into()),
    }
}

/// Parses a number from 0 to 1.
fn unit(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("must be a number from 0 to 1".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_with_and_without_their_ends() {
        assert_eq!(
            (unit("0"), unit("1"), inside_unit("0.95")),
            (Ok(0.0), Ok(1.0), Ok(0.95))
        );
        for wrong in ["0", "1", "nan", "-1", "95", ""] {
            assert!(inside_unit(wrong).is_err(), "{wrong}");
        }
        assert!(unit("1.01").is_err() && unit("NaN").is_err());
    }
}
