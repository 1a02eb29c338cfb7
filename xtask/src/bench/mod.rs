//! `cargo xtask bench`: Genoderm and what a user would pick instead, in one run on one machine.
//!
//! `rows` lists the works, `peers` sets up who does them, `contestant` talks to them, `measure` takes turns between them,
//! `report` writes bench/RESULTS.md and bench/results.json. Answers are compared before anything is timed.

mod contestant;
mod machine;
mod measure;
mod peers;
mod report;
mod rows;
mod site;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::paths::Paths;
use crate::steps::{say, step};

use contestant::Contestant;
use peers::Peers;
use report::{Report, RowResult};
use rows::Row;

/// What was asked for on the command line.
#[derive(Debug, Default)]
pub struct Options {
    /// One repetition of small works, with the peers that are quick to install: whether the harness runs, not how fast.
    pub quick: bool,
    /// Rows whose names begin with one of these; all if empty.
    pub only: Vec<String>,
    /// Where the results go, if not to the usual place.
    pub out: Option<PathBuf>,
    /// Repetitions, if not each row's own.
    pub repetitions: Option<usize>,
}

/// How the comparisons of a run ended.
#[derive(Debug, Default, Clone, Copy)]
pub struct Outcome {
    /// Works that Genoderm did, with the same answer as every peer that ran.
    pub measured: usize,
    /// Works that failed, or whose answers differ.
    pub failed: usize,
}

/// Runs all rows, writes the results and prints the table.
///
/// # Errors
/// When Genoderm's own side cannot be set up, or the results cannot be written. Peers that are missing are named in the
/// table.
pub fn run(paths: &Paths, options: &Options) -> Result<Outcome> {
    let mut rows = rows::all(options.quick);
    if !options.only.is_empty() {
        let wanted = |row: &Row| {
            options
                .only
                .iter()
                .any(|name| row.name.starts_with(name.as_str()))
        };
        let names: Vec<_> = rows.iter().map(|row| row.name).collect();
        rows.retain(wanted);
        if rows.is_empty() {
            bail!("no row's name begins so; there are {}", names.join(", "));
        }
    }
    if let Some(repetitions) = options.repetitions {
        for row in &mut rows {
            row.repetitions = repetitions.max(1);
        }
    }
    let mut peers = step("contestants", || {
        Peers::prepare(paths, options.quick, &rows)
    })?;
    let mut report = Report::begin(options.quick);
    for row in &rows {
        let result = step(row.name, || Ok(run_row(row, &mut peers)))?;
        result.print();
        report.add(result);
    }
    // Only a whole run may replace the results in the repository.
    let whole = !options.quick && options.only.is_empty();
    let folder = match &options.out {
        Some(folder) => folder.clone(),
        None if whole => paths.bench_sources(),
        None => paths.bench().join("results"),
    };
    report.finish(&peers);
    report.write(&folder)?;
    say(&format!("\n{}", report.table()));
    say(&format!("Written to {}", folder.display()));
    Ok(report.outcome())
}

/// Starts the row's contestants, compares their answers and takes turns. Whatever fails is part of the result.
fn run_row(row: &Row, peers: &mut Peers) -> RowResult {
    let mut result = RowResult::of(row);
    let mut contestants = Vec::new();
    for (position, (kind, case)) in row.contestants().enumerate() {
        let started = peers.command(&kind).and_then(|command| {
            Contestant::start(command, &kind.to_string(), &peers.filled(&case, position))
        });
        match started {
            Ok(contestant) => contestants.push((position, contestant)),
            Err(reason) => result.not_run(position, reason),
        }
    }
    result.compare(row.tolerance, &mut contestants);
    measure::take_turns(row, &mut contestants, &mut result);
    result
}
