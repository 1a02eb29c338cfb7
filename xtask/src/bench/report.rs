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
    /// What was asked of it beyond the usual.
    layout: Option<&'static str>,
    /// The largest ratio of our figure to this one that is good enough.
    target: Option<f64>,
    /// The figure of each turn, in the row's unit.
    figures: Vec<f64>,
    /// The relative difference of its answer from ours.
    difference: Option<f64>,
    /// Why it did not run, or not to the end.
    not_run: Option<Reason>,
}

impl Entry {
    fn title(&self) -> String {
        match self.layout {
            Some(layout) => format!("{}, {layout}", self.name),
            None => self.name.clone(),
        }
    }
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
                name: kind.to_string(),
                layout: case.layout,
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
        let line = reason.lines().next().unwrap_or_default();
        note(&format!("{}: not run: {line}", entry.title()));
        entry.not_run = Some(reason);
        entry.figures.clear();
        self.failed |= position == 0;
    }

    /// Compares everyone's answer with ours; whose differs is not to be timed and fails the row.
    pub fn compare(&mut self, tolerance: Option<f64>, contestants: &mut Vec<(usize, Contestant)>) {
        for (position, contestant) in contestants.iter() {
            self.entries[*position].name = contestant.name.clone();
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
            let peer = format!("{}: {}", peer.title(), self.figure(peer));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, target: Option<f64>, figures: &[f64]) -> Entry {
        Entry {
            name: name.into(),
            layout: None,
            target,
            figures: figures.into(),
            difference: None,
            not_run: None,
        }
    }

    fn row(entries: Vec<Entry>, limit: Option<f64>) -> RowResult {
        RowResult {
            name: "work",
            title: "a work".into(),
            unit: "ms",
            limit,
            entries,
            failed: false,
        }
    }

    #[test]
    fn each_peer_has_a_line_with_ratio_target_and_spread() {
        let ours = entry("Genoderm", None, &[10.0, 20.0, 30.0]);
        let slower = entry("slow", Some(1.0), &[20.0, 40.0, 40.0]);
        let faster = entry("fast", Some(1.0), &[5.0, 5.0, 5.0]);
        let lines = row(vec![ours, slower, faster], None).lines();
        assert_eq!(
            lines[0],
            [
                "a work",
                "20.0 ms",
                "slow: 40.0 ms",
                "0.50",
                "at most 1: reached",
                "0.50 to 0.62"
            ]
        );
        assert_eq!(
            lines[1][2..5],
            ["fast: 5.00 ms", "4.00", "at most 1: MISSED"]
        );
        assert_eq!(lines[1][0], "", "the work is named once");
    }

    #[test]
    fn a_peer_that_did_not_run_is_named_with_the_reason() {
        let mut result = row(
            vec![
                entry("Genoderm", None, &[1.0]),
                entry("torch", Some(1.0), &[2.0]),
            ],
            None,
        );
        result.not_run(1, "no such package\nand much more".into());
        assert!(!result.failed);
        assert_eq!(
            result.lines()[0][2..],
            ["torch: not run: no such package", "-", "at most 1", "-"]
        );
        result.not_run(0, "broken".into());
        assert!(result.failed, "without our side the row has failed");
    }

    #[test]
    fn a_limit_of_our_own_figure_is_judged_too() {
        let entries = vec![
            entry("Genoderm", None, &[0.9]),
            entry("other", None, &[2.0]),
        ];
        assert_eq!(
            row(entries, Some(0.8)).lines()[0][4],
            "at most 0.8 ms: MISSED"
        );
    }

    #[test]
    fn figures_have_three_digits_that_count() {
        assert_eq!([1234.4, 12.34, 1.234].map(number), ["1234", "12.3", "1.23"]);
    }
}
