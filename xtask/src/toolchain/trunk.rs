//! `trunk`, which builds the page: newer versions ask for a newer compiler than this workspace does.

use std::path::PathBuf;

use anyhow::Result;

use super::cargo_tool::CargoTool;
use crate::paths::Paths;

/// The path of `trunk`.
pub fn prepare(paths: &Paths) -> Result<PathBuf> {
    CargoTool {
        package: "trunk",
        program: "trunk",
        version: "0.21.14",
        arguments: &["--locked"],
        // Its own release profile (one unit, whole-program optimisation) takes minutes more and gains nothing here.
        environment: &[
            ("CARGO_PROFILE_RELEASE_LTO", "off"),
            ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
        ],
    }
    .prepare(paths)
}
