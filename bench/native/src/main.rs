//! Genoderm's side of the native benchmarks.
//!
//! `genoderm-bench prepare FOLDER NETWORK:SIZE:FOLDS...` makes the weights, bundles and inputs that all contestants
//! share; `genoderm-bench contest` answers the requests of `cargo xtask bench`, one JSON object a line.

mod contest;
mod inputs;
mod prepare;
mod works;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["prepare", folder, ref networks @ ..] => prepare::write(Path::new(folder), networks),
        ["contest"] => contest::run(),
        _ => bail!("usage: genoderm-bench prepare FOLDER NETWORK:SIZE:FOLDS... | contest"),
    }
}
