//! Formatting and clippy, natively and for wasm32.

use std::process::Command;

use anyhow::{Context, Result};

use super::{NATIVE_PACKAGES, Setup, Tally};
use crate::process;
use crate::steps::note;
use crate::toolchain::{WASM_TARGET, WasmCompiler};

pub fn format(setup: &Setup) -> Result<Tally> {
    let captured = process::run_captured(
        Command::new("cargo")
            .args(["fmt", "--all", "--check"])
            .current_dir(setup.paths.repository()),
    )?;
    Ok(Tally::of_one(captured.success))
}

pub fn clippy(setup: &Setup) -> Result<Tally> {
    // The release profile, so that build scripts and procedural macros are the ones that the tests use.
    let captured = process::run_captured(
        Command::new("cargo")
            .args(["clippy", "--quiet", "--release", "--all-targets"])
            .args(NATIVE_PACKAGES)
            .args(["--", "-D", "warnings"])
            .current_dir(setup.paths.repository())
            .env("CARGO_TARGET_DIR", setup.paths.host()),
    )?;
    Ok(Tally::of_one(captured.success))
}

pub fn clippy_study(setup: &Setup) -> Result<Tally> {
    clippy_wasm(setup, &["-p", "genoderm-study"])
}

pub fn clippy_page(setup: &Setup) -> Result<Tally> {
    clippy_wasm(setup, &["-p", "genoderm-app"])
}

pub fn clippy_engine_cpu(setup: &Setup) -> Result<Tally> {
    clippy_wasm(setup, &["-p", "genoderm-engine", "--features", "cpu"])
}

pub fn clippy_engine_cpu_relaxed(setup: &Setup) -> Result<Tally> {
    clippy_wasm(
        setup,
        &["-p", "genoderm-engine", "--features", "cpu-relaxed"],
    )
}

pub fn clippy_engine_webgpu(setup: &Setup) -> Result<Tally> {
    clippy_wasm(setup, &["-p", "genoderm-engine", "--features", "webgpu"])
}

fn clippy_wasm(setup: &Setup, selection: &[&str]) -> Result<Tally> {
    let wasm = setup
        .wasm
        .as_ref()
        .context("the wasm tools are not set up")?;
    let mut command = wasm.command("cargo");
    command
        .args(["clippy", "--quiet", "--release", "--target", WASM_TARGET])
        .args(selection)
        .current_dir(setup.paths.repository());
    if wasm.compiler == WasmCompiler::Usual {
        command.args(["--", "-D", "warnings"]);
    } else {
        // Another clippy than the usual one may know other lints; its warnings are shown, its errors count.
        note("with Debian's clippy: warnings are shown only");
    }
    let captured = process::run_captured(&mut command)?;
    Ok(Tally::of_one(captured.success))
}
