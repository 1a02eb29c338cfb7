//! Tests that run on this machine: units, properties, parity with other implementations, the command line.

use std::process::Command;

use anyhow::Result;

use super::{NATIVE_PACKAGES, Setup, Tally};
use crate::process;

pub fn test(setup: &Setup) -> Result<Tally> {
    test_packages(setup, &NATIVE_PACKAGES)
}

pub fn test_protocol(setup: &Setup) -> Result<Tally> {
    test_packages(setup, &["-p", "genoderm-protocol"])
}

fn test_packages(setup: &Setup, packages: &[&str]) -> Result<Tally> {
    let captured = process::run_captured(
        Command::new("cargo")
            .args(["test", "--release", "--no-fail-fast"])
            .args(packages)
            .current_dir(setup.paths.repository())
            .env("CARGO_TARGET_DIR", setup.paths.host()),
    )?;
    Ok(Tally::from_cargo(&captured))
}

/// Builds the program `genoderm` for the browser tests. The tests are named too: that way cargo settles on the
/// same features as for them and has nothing new to compile.
pub fn build_genoderm(setup: &Setup) -> Result<()> {
    process::run(
        Command::new("cargo")
            .args(["build", "--quiet", "--release", "--tests", "--bins"])
            .args(NATIVE_PACKAGES)
            .current_dir(setup.paths.repository())
            .env("CARGO_TARGET_DIR", setup.paths.host()),
    )
}
