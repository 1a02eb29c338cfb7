//! The `wasm-bindgen` program and its test runner, of exactly the version that the page's code is linked with.

use std::path::PathBuf;

use anyhow::Result;

use super::cargo_tool::CargoTool;
use super::lockfile::locked_version;
use crate::paths::Paths;

/// The path of `wasm-bindgen-test-runner`; `wasm-bindgen` lies beside it.
pub fn prepare(paths: &Paths) -> Result<PathBuf> {
    let version = locked_version(paths.repository(), "wasm-bindgen")?;
    CargoTool {
        package: "wasm-bindgen-cli",
        // The runner comes from the same crate, so its presence in the right version shows both.
        program: "wasm-bindgen-test-runner",
        version: &version,
        arguments: &[],
        environment: &[],
    }
    .prepare(paths)
}
