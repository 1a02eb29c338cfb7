//! Tests of the page and of both engines as wasm. The engines meet the same goldens as natively, on the compiler, the
//! SIMD code and the GPU path that the page uses.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::json;

use super::{Setup, Tally};
use crate::process;
use crate::toolchain::WASM_TARGET;

/// Seconds that one test program may take; WebGPU in software needs minutes.
const TIMEOUT: &str = "900";

/// Chromium without a window, with WebGPU computed by the processor where there is no GPU.
pub const CHROMIUM_ARGUMENTS: [&str; 6] = [
    "--headless=new",
    // Chromium refuses its sandbox to root, as which containers run it.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-unsafe-swiftshader",
];

pub fn test_page(setup: &Setup) -> Result<Tally> {
    test(setup, "interface", &["-p", "genoderm-app", "--lib"])
}

pub fn test_cpu(setup: &Setup) -> Result<Tally> {
    // The build that most browsers run; the other differs in one instruction, and the browser tests run both.
    test_engine(setup, "cpu-relaxed")
}

pub fn test_webgpu(setup: &Setup) -> Result<Tally> {
    test_engine(setup, "webgpu")
}

fn test_engine(setup: &Setup, engine: &str) -> Result<Tally> {
    // The workers' own programs hold no tests and would only be linked.
    let selection = ["-p", "genoderm-engine", "--features", engine];
    let selection = [&selection[..], &["--lib", "--test", "*"]].concat();
    test(setup, "engine", &selection)
}

/// Tests what is downloaded: in the profile that the page is built with, and so compiled once.
fn test(setup: &Setup, profile: &str, selection: &[&str]) -> Result<Tally> {
    let wasm = setup
        .wasm
        .as_ref()
        .context("the wasm tools are not set up")?;
    let chromium = setup.chromium.as_ref().context("Chromium is not set up")?;
    let captured = process::run_captured(
        wasm.command("cargo")
            .args([
                "test",
                "--profile",
                profile,
                "--no-fail-fast",
                "--target",
                WASM_TARGET,
            ])
            .args(selection)
            .current_dir(setup.paths.repository())
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                "wasm-bindgen-test-runner",
            )
            .env("CHROMEDRIVER", &chromium.driver)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", webdriver_file(setup)?)
            .env("WASM_BINDGEN_TEST_TIMEOUT", TIMEOUT)
            .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60")
            .env("WASM_BINDGEN_NO_DEBUG", "1"),
    )?;
    Ok(Tally::from_cargo(&captured))
}

/// Writes how the driver is to start Chromium, and returns the file.
fn webdriver_file(setup: &Setup) -> Result<PathBuf> {
    let chromium = setup.chromium.as_ref().context("Chromium is not set up")?;
    let folder = setup.paths.notes();
    fs::create_dir_all(&folder)?;
    let file = folder.join("webdriver.json");
    let options = json!({
        "goog:chromeOptions": { "binary": chromium.browser, "args": CHROMIUM_ARGUMENTS }
    });
    fs::write(&file, options.to_string())?;
    Ok(file)
}
