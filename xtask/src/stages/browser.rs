//! The finished page in Chromium, and its main path in Firefox: built as for `serve`, served by the same server, driven by tests/browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::wasm::CHROMIUM_ARGUMENTS;
use super::{Setup, Tally, native};
use crate::files::entries;
use crate::page;
use crate::process;
use crate::server::PageServer;
use crate::steps::step;
use crate::toolchain::npm;

pub fn test(setup: &Setup) -> Result<Tally> {
    let wasm = setup
        .wasm
        .as_ref()
        .context("the wasm tools are not set up")?;
    let chromium = setup.chromium.as_ref().context("Chromium is not set up")?;
    let firefox = setup.firefox.as_ref().context("Firefox is not set up")?;
    let folder = setup.paths.browser_tests();

    let node = npm::node()?;
    step("npm packages", || npm::install_locked(&folder))?;
    step("page", || page::build(setup.paths, wasm))?;
    step("genoderm", || native::build_genoderm(setup))?;

    let any_port = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let server = PageServer::bind(any_port, &setup.paths.dist())?;
    let address = server.address();
    server.serve_in_background();

    let captured = process::run_captured(
        Command::new(node)
            // One file after the other: each starts a browser, and the measured ones would disturb each other.
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            // A file that hangs is ended and counted as failed, in milliseconds.
            .arg("--test-timeout=900000")
            .args(test_files(&folder)?)
            .current_dir(&folder)
            .env("GENODERM_PAGE", address)
            .env("GENODERM_DIST", setup.paths.dist())
            .env("GENODERM_BINARY", setup.paths.genoderm())
            .env("GENODERM_CHROMIUM", &chromium.browser)
            .env("GENODERM_FIREFOX", firefox)
            .env("GENODERM_CHROMIUM_ARGUMENTS", CHROMIUM_ARGUMENTS.join(" "))
            .env("GENODERM_QUICK", if setup.quick { "1" } else { "" })
            .env("NO_COLOR", "1"),
    )?;
    Ok(Tally::from_node(&captured))
}

/// The test files by name, since Node's versions differ in how they look for them.
fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = entries(folder)?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    Ok(files)
}
