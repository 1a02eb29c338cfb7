//! The benchmarks in their quick mode: every contestant that can be had starts, and answers what ours answers.

use anyhow::Result;

use super::{Setup, Tally};
use crate::bench::{self, Options};

/// Each row counts as one test. Speed is not looked at.
pub fn test(setup: &Setup) -> Result<Tally> {
    let options = Options {
        quick: true,
        ..Options::default()
    };
    let outcome = bench::run(setup.paths, &options)?;
    Ok(Tally {
        passed: outcome.measured,
        failed: outcome.failed,
    })
}
