//! The results: a table for people and JSON for programs.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use super::Outcome;
use super::contestant::{Contestant, Reason};
use super::machine::{Machine, today};
use super::measure::{difference, median, quantile, ratios};
use super::peers::Peers;
use super::rows::Row;
use crate::steps::note;

/// One contestant of a row.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Name and version in its own words, else who it would have been.
    name: String,
    /// The largest ratio of our figure to this one that is good enough.
    target: Option<f64>,
    /// The figure of each turn, in the row's unit.
    figures: Vec<f64>,
    /// The relative difference of its answer from ours.
    difference: Option<f64>,
    /// Why it did not run, or not to the end.
    not_run: Option<Reason>,
}

/// What came of a row. The first entry is Genoderm's.
#[derive(Debug, Serialize)]
pub struct RowResult {
    name: &'static str,
    title: String,
    unit: &'static str,
    /// The largest figure of ours that is good enough.
    limit: Option<f64>,
    entries: Vec<Entry>,
    /// Whether our side failed, or an answer differs.
    failed: bool,
}

impl RowResult {
    /// The row before anything has run.
    pub fn of(row: &Row) -> Self {
        let targets = std::iter::once(None).chain(row.peers.iter().map(|peer| peer.target));
        let entries = row
            .contestants()
            .zip(targets)
            .map(|((kind, case), target)| Entry {
                name: with_layout(kind.to_string(), case.layout),
                target,
                figures: Vec::new(),
                difference: None,
                not_run: None,
            });
        Self {
            name: row.name,
            title: row.title.clone(),
            unit: row.unit,
            limit: row.limit,
            entries: entries.collect(),
            failed: false,
        }
    }

    /// Takes note of a contestant that does not take part (any more).
    pub fn not_run(&mut self, position: usize, reason: Reason) {
        let entry = &mut self.entries[position];
        note(&format!("{}: not run: {reason}", entry.name));
        entry.not_run = Some(reason);
        entry.figures.clear();
        self.failed |= position == 0;
    }

    /// Compares everyone's answer with ours; whose differs is not to be timed and fails the row.
    pub fn compare(&mut self, tolerance: Option<f64>, contestants: &mut Vec<(usize, Contestant)>) {
        for (position, contestant) in contestants.iter() {
            let entry = &mut self.entries[*position];
            let layout = entry
                .name
                .rsplit_once(", ")
                .map(|(_, layout)| layout.to_owned());
            entry.name = with_layout(contestant.name.clone(), layout.as_deref());
        }
        let ours = contestants.first().filter(|(position, _)| *position == 0);
        let (Some(tolerance), Some((_, ours))) = (tolerance, ours) else {
            return;
        };
        let ours = ours.answer.clone();
        contestants.retain(|(position, contestant)| {
            let difference = difference(&ours, &contestant.answer);
            self.entries[*position].difference = (*position > 0).then_some(difference);
            let close = difference <= tolerance;
            if !close {
                self.not_run(
                    *position,
                    format!("its answer differs from ours by {difference:.1e}"),
                );
                self.failed = true;
            }
            close
        });
    }

    /// The figure of a turn.
    pub fn add(&mut self, position: usize, figure: f64) {
        self.entries[position].figures.push(figure);
    }

    /// Shows the row on the terminal.
    pub fn print(&self) {
        for line in self.lines() {
            note(&line.join(" | "));
        }
    }

    /// The cells of the table, one line for each peer.
    fn lines(&self) -> Vec<[String; 6]> {
        let Some((ours, peers)) = self.entries.split_first() else {
            return Vec::new();
        };
        let own = self.figure(ours);
        let limit = self.limit.map(|limit| {
            let met = median(&ours.figures) <= limit;
            format!("at most {limit} {}: {}", self.unit, verdict(met))
        });
        let line = |(index, peer): (usize, &Entry)| {
            let ratios = ratios(&ours.figures, &peer.figures);
            let (ratio, target, spread) = match ratios.is_empty() {
                true => (
                    "-".into(),
                    peer.target.map(|t| format!("at most {t}")),
                    "-".into(),
                ),
                false => {
                    let ratio = median(&ratios);
                    let target = peer
                        .target
                        .map(|target| format!("at most {target}: {}", verdict(ratio <= target)));
                    let spread = format!(
                        "{:.2} to {:.2}",
                        quantile(&ratios, 0.25),
                        quantile(&ratios, 0.75)
                    );
                    (format!("{ratio:.2}"), target, spread)
                }
            };
            let first = |text: &str| {
                if index == 0 {
                    text.to_owned()
                } else {
                    String::new()
                }
            };
            let target = target
                .or_else(|| limit.clone())
                .unwrap_or_else(|| "-".into());
            let peer = format!("{}: {}", peer.name, self.figure(peer));
            [first(&self.title), first(&own), peer, ratio, target, spread]
        };
        peers.iter().enumerate().map(line).collect()
    }

    fn figure(&self, entry: &Entry) -> String {
        match &entry.not_run {
            Some(reason) => format!("not run: {}", reason.lines().next().unwrap_or_default()),
            None if entry.figures.is_empty() => "-".into(),
            None => format!("{} {}", number(median(&entry.figures)), self.unit),
        }
    }
}

fn with_layout(name: String, layout: Option<&str>) -> String {
    match layout {
        Some(layout) => format!("{name}, {layout}"),
        None => name,
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "reached" } else { "MISSED" }
}

/// Three digits that count.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        value if value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$}")
}

/// All that a run has found out.
#[derive(Debug, Serialize)]
pub struct Report {
    date: String,
    quick: bool,
    machine: Machine,
    /// Versions that no contestant tells by itself.
    versions: Vec<String>,
    rows: Vec<RowResult>,
}

impl Report {
    /// A report without rows.
    pub fn begin(quick: bool) -> Self {
        Self {
            date: today(),
            quick,
            machine: Machine::find(),
            versions: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn add(&mut self, row: RowResult) {
        self.rows.push(row);
    }

    /// Takes the versions of what was used.
    pub fn finish(&mut self, peers: &Peers) {
        self.versions = peers.versions();
    }

    /// How many rows were measured, and how many failed.
    pub fn outcome(&self) -> Outcome {
        let failed = self.rows.iter().filter(|row| row.failed).count();
        Outcome {
            measured: self.rows.len() - failed,
            failed,
        }
    }

    /// The table in Markdown.
    pub fn table(&self) -> String {
        let mut table = String::from(
            "| work | ours | peer | ratio | target | spread |\n|---|---|---|---|---|---|\n",
        );
        for cells in self.rows.iter().flat_map(RowResult::lines) {
            table.push_str(&format!(
                "| {} |\n",
                cells.map(|cell| cell.replace('|', "/")).join(" | ")
            ));
        }
        table
    }

    /// Writes `RESULTS.md` and `results.json`.
    pub fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        let json = serde_json::to_string_pretty(self)? + "\n";
        fs::write(folder.join("results.json"), json)
            .with_context(|| format!("cannot write to {}", folder.display()))?;
        fs::write(folder.join("RESULTS.md"), self.markdown())?;
        Ok(())
    }

    fn markdown(&self) -> String {
        let Machine {
            processor,
            vectors,
            memory_gib,
            system,
            load,
        } = &self.machine;
        let memory = memory_gib
            .map(|gib| format!(", {gib} GiB"))
            .unwrap_or_default();
        let load = load
            .as_ref()
            .map(|load| format!(" Load before the run: {load}."))
            .unwrap_or_default();
        let quick = if self.quick {
            "\n**A quick run: small networks, one turn. It shows that the harness works, and nothing about speed.**\n"
        } else {
            ""
        };
        format!(
            "# Results\n\nWritten by `cargo xtask bench`; [README.md](README.md) says what is compared and how.\n{quick}\n\
             {}. {processor} ({vectors}){memory}, {system}.{load}\n{}.\n\n\
             Ratio: our figure over the peer's, the median over turns that lie side by side; spread: its quartiles. Below 1 we are ahead.\n\n{}",
            self.date,
            self.versions.join(", "),
            self.table()
        )
    }
}
