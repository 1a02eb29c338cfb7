//! The command line: what was asked for, and the one function that does it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::paths::Paths;
use crate::server::PageServer;
use crate::stages::{Plan, StageName};
use crate::steps::{say, step};
use crate::toolchain::WasmToolchain;
use crate::{bench, cuda, page, stages};

/// Set-up, serving, tests and benchmarks of Genoderm. Each command first installs what it needs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the release page and serve it on this machine.
    Serve(ServeArgs),
    /// Build the release page into `dist/`, a folder for any static host; HOSTING.md in it says what the host must do.
    Dist,
    /// Check formatting and lints, run all tests, and end with the line `N passed, N failed`.
    Test(TestArgs),
    /// Measure Genoderm beside other programs that do the same work; writes bench/RESULTS.md and bench/results.json.
    Bench(BenchArgs),
    /// Build the trainer with NVIDIA support (needs no GPU to build).
    Cuda,
}

#[derive(Args)]
struct ServeArgs {
    /// The port to listen on.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen on; 0.0.0.0 lets other machines in.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
}

#[derive(Args)]
struct TestArgs {
    /// Leave out what needs WebGPU in software, by far the slowest part, and the cluster.
    #[arg(long)]
    quick: bool,
    /// Run this stage alone; may be given several times.
    #[arg(long = "stage", value_enum)]
    stages: Vec<StageName>,
}

#[derive(Args)]
struct BenchArgs {
    /// Small works, once each, with the peers that are quick to install: whether it runs, not how fast it is.
    #[arg(long)]
    quick: bool,
    /// Run the rows whose names begin so; may be given several times. The results then stay out of the repository.
    #[arg(long, num_args = 1..)]
    only: Vec<String>,
    /// Write the results into this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Turns of each contestant, if not each row's own number (7, or 3 where one takes minutes).
    #[arg(long)]
    repetitions: Option<usize>,
}

/// Reads the command line and does what it asks for. A failed test is exit code 1, not an error.
pub fn run() -> Result<ExitCode> {
    let cli = Cli::parse();
    let paths = Paths::find()?;
    match cli.command {
        Command::Serve(args) => serve(&paths, &args),
        Command::Test(args) => {
            let plan = Plan::new(args.stages, args.quick);
            let tally = stages::run(&paths, &plan)?;
            say(&format!("\n{tally}"));
            Ok(if tally.failed == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        Command::Bench(args) => {
            let outcome = bench::run(&paths, &args.into())?;
            Ok(if outcome.failed == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        Command::Dist => dist(&paths),
        Command::Cuda => {
            cuda::build_trainer(&paths)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl From<BenchArgs> for bench::Options {
    fn from(args: BenchArgs) -> Self {
        Self {
            quick: args.quick,
            only: args.only,
            out: args.out,
            repetitions: args.repetitions,
        }
    }
}

fn dist(paths: &Paths) -> Result<ExitCode> {
    let toolchain = WasmToolchain::prepare(paths)?;
    step("page", || page::build(paths, &toolchain))?;
    say(&format!("\nThe page lies in {}", paths.dist().display()));
    say("Copy the folder to any static host; HOSTING.md in it says what the host must do.");
    Ok(ExitCode::SUCCESS)
}

fn serve(paths: &Paths, args: &ServeArgs) -> Result<ExitCode> {
    // The port is taken before the build, so that a busy one is reported at once.
    let server = PageServer::bind(SocketAddr::new(args.host, args.port), &paths.dist())?;
    let toolchain = WasmToolchain::prepare(paths)?;
    step("page", || page::build(paths, &toolchain))?;
    say(&format!("\nGenoderm is served on {}", server.address()));
    say("Stop it with Ctrl+C.");
    server.serve();
    Ok(ExitCode::SUCCESS)
}
