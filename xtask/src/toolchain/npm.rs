//! Node and npm: the packages of the browser tests, and single tools that npm distributes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::Missing;
use crate::paths::on_path;
use crate::process;
use crate::steps::note;

/// The oldest Node whose test runner has what the browser tests use.
const OLDEST_NODE: u32 = 20;

/// The path of `node`, version 20 or newer.
///
/// # Errors
/// [`Missing`] where there is none, or an older one.
pub fn node() -> Result<PathBuf> {
    let remedy = format!("install Node.js {OLDEST_NODE} or newer (with npm) and start again");
    let node = on_path("node").ok_or_else(|| Missing::new("Node.js", remedy.clone()))?;
    let version = process::output(Command::new(&node).arg("--version"))?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.trim().parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST_NODE) {
        let what = format!("Node.js {OLDEST_NODE} (found {})", version.trim());
        return Err(Missing::new(what, remedy).into());
    }
    Ok(node)
}

/// A command for npm that asks nothing and reports nothing.
fn npm() -> Result<Command> {
    let program = ["npm", "npm.cmd"]
        .into_iter()
        .find_map(on_path)
        .ok_or_else(|| Missing::new("npm", "install Node.js with npm and start again"))?;
    let mut command = Command::new(program);
    command.args([
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--loglevel=error",
    ]);
    Ok(command)
}

/// Installs the packages of `folder` exactly as its package-lock.json says, unless they already are.
pub fn install_locked(folder: &Path) -> Result<()> {
    let lock_path = folder.join("package-lock.json");
    let lock =
        fs::read(&lock_path).with_context(|| format!("cannot read {}", lock_path.display()))?;
    let wanted = format!("{:x}", Sha256::digest(&lock));
    let stamp = folder.join("node_modules").join(".installed-lock");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        note("npm packages are there");
        return Ok(());
    }
    process::run(npm()?.arg("ci").current_dir(folder))?;
    fs::write(&stamp, wanted)?;
    Ok(())
}

/// Installs one package into a folder of its own and returns the package's folder.
pub fn install_package(folder: &Path, package: &str, version: &str) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    process::run(
        npm()?
            .args(["install", "--no-save", "--no-package-lock", "--prefix"])
            .arg(folder)
            .arg(format!("{package}@{version}")),
    )?;
    Ok(folder.join("node_modules").join(package))
}
