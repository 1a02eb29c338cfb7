//! The stages of `cargo xtask test`: each runs whether or not the ones before it passed, and gives two counts.
//! Stages share their build output with `serve` and with each other, so nothing is compiled twice.
//! `lint` holds formatting and clippy, `native`, `slurm`, `wasm` and `browser` the tests, `tally` the counting.

mod bench;
mod browser;
mod lint;
mod native;
mod slurm;
mod tally;
mod wasm;

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;

use crate::paths::Paths;
use crate::steps::{note, say, step};
use crate::toolchain::WasmToolchain;
use crate::toolchain::chromium::{self, Chromium};
use crate::toolchain::firefox;

pub use tally::Tally;
pub use wasm::CHROMIUM_ARGUMENTS;

/// The workspace's crates for this machine. All native stages name the same ones, so that cargo settles on the same
/// features and builds each dependency once. (`genoderm-protocol` is left out: its browser bindings would change
/// features of crates far below burn.)
pub const NATIVE_PACKAGES: [&str; 10] = [
    "-p",
    "genoderm-model",
    "-p",
    "genoderm-study",
    "-p",
    "genoderm-trainer",
    "-p",
    "genoderm-bench",
    "-p",
    "xtask",
];

/// A part of the tests that can be run by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StageName {
    /// `cargo fmt --check`.
    Format,
    /// Clippy, warnings denied, for this machine.
    Clippy,
    /// Clippy, warnings denied, for the page, the engines and the study in wasm.
    ClippyWasm,
    /// All tests that run on this machine.
    Native,
    /// The job scripts on a Slurm of this machine (installed if possible, else skipped).
    Slurm,
    /// The page's and the CPU engine's tests in wasm.
    WasmCpu,
    /// The WebGPU engine's tests in Chromium.
    WasmWebgpu,
    /// The finished page in Chromium, its main path in Firefox.
    Browser,
    /// The benchmarks in their quick mode: whether they run.
    Bench,
}

impl StageName {
    fn needs_wasm(self) -> bool {
        !matches!(
            self,
            Self::Format | Self::Clippy | Self::Native | Self::Slurm
        )
    }

    fn needs_chromium(self) -> bool {
        matches!(
            self,
            Self::WasmCpu | Self::WasmWebgpu | Self::Browser | Self::Bench
        )
    }
}

/// Which stages run.
#[derive(Debug)]
pub struct Plan {
    stages: Vec<StageName>,
    quick: bool,
}

impl Plan {
    /// All stages unless some are named; a quick plan leaves out WebGPU in software and the cluster.
    pub fn new(named: Vec<StageName>, quick: bool) -> Self {
        let mut stages = named;
        if stages.is_empty() {
            stages = StageName::value_variants().to_vec();
        }
        if quick {
            stages.retain(|stage| !matches!(stage, StageName::WasmWebgpu | StageName::Slurm));
        }
        Self { stages, quick }
    }
}

/// What the stages work with.
struct Setup<'a> {
    paths: &'a Paths,
    wasm: Option<WasmToolchain>,
    chromium: Option<Chromium>,
    firefox: Option<PathBuf>,
    quick: bool,
}

/// Sets up what the planned stages need, runs them all and sums their counts.
///
/// # Errors
/// Only when the set-up fails; a failing stage is counted.
pub fn run(paths: &Paths, plan: &Plan) -> Result<Tally> {
    let needs = |need: fn(StageName) -> bool| plan.stages.iter().any(|stage| need(*stage));
    let setup = Setup {
        paths,
        wasm: needs(StageName::needs_wasm)
            .then(|| WasmToolchain::prepare(paths))
            .transpose()?,
        chromium: needs(StageName::needs_chromium)
            .then(|| step("Chromium", chromium::prepare))
            .transpose()?,
        firefox: needs(|stage| stage == StageName::Browser)
            .then(|| step("Firefox", firefox::prepare))
            .transpose()?,
        quick: plan.quick,
    };

    let mut total = Tally::default();
    let mut failures = Vec::new();
    for stage in &plan.stages {
        for (name, work) in parts(*stage) {
            let tally = match step(name, || work(&setup)) {
                Ok(tally) => tally,
                Err(error) => {
                    eprintln!("error: {error:#}");
                    Tally::of_one(false)
                }
            };
            note(&format!("{name}: {tally}"));
            if tally.failed > 0 {
                failures.push(name);
            }
            total += tally;
        }
    }
    if !failures.is_empty() {
        say(&format!("\nfailed: {}", failures.join("; ")));
    }
    Ok(total)
}

type Part = (&'static str, fn(&Setup) -> Result<Tally>);

/// What a stage runs, in order.
fn parts(stage: StageName) -> Vec<Part> {
    match stage {
        StageName::Format => vec![("formatting", lint::format)],
        StageName::Clippy => vec![("clippy", lint::clippy)],
        StageName::ClippyWasm => vec![
            ("clippy of the study", lint::clippy_study),
            ("clippy of the page", lint::clippy_page),
            ("clippy of the CPU engine", lint::clippy_engine_cpu),
            (
                "clippy of the CPU engine with relaxed SIMD",
                lint::clippy_engine_cpu_relaxed,
            ),
            ("clippy of the WebGPU engine", lint::clippy_engine_webgpu),
        ],
        StageName::Native => vec![
            ("native tests", native::test),
            ("native tests of the protocol", native::test_protocol),
        ],
        StageName::Slurm => vec![("job scripts on Slurm", slurm::test)],
        StageName::WasmCpu => vec![
            ("wasm tests of the page", wasm::test_page),
            ("wasm tests of the CPU engine", wasm::test_cpu),
        ],
        StageName::WasmWebgpu => vec![("wasm tests of the WebGPU engine", wasm::test_webgpu)],
        StageName::Browser => vec![("browser tests", browser::test)],
        StageName::Bench => vec![("benchmarks, quick", bench::test)],
    }
}
