//! Programs that cargo installs: looked for on the PATH, then in the tools folder, then built.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::Result;

use crate::paths::{Paths, on_path};
use crate::process;
use crate::steps::note;

/// A program of one exact version from a crate.
pub struct CargoTool<'a> {
    /// The crate that holds it.
    pub package: &'a str,
    /// The program that is asked for its version; it prints `<name> <version> ...`.
    pub program: &'a str,
    /// The version that is needed.
    pub version: &'a str,
    /// More arguments of `cargo install`.
    pub arguments: &'a [&'a str],
    /// Environment of `cargo install`.
    pub environment: &'a [(&'a str, &'a str)],
}

impl CargoTool<'_> {
    /// The program's path, after installing it where needed.
    pub fn prepare(&self, paths: &Paths) -> Result<PathBuf> {
        let root = paths
            .tools()
            .join(format!("{}-{}", self.package, self.version));
        let installed =
            root.join("bin")
                .join(format!("{}{}", self.program, env::consts::EXE_SUFFIX));
        let candidates = on_path(self.program).into_iter().chain([installed.clone()]);
        for candidate in candidates {
            if version_of(&candidate).as_deref() == Some(self.version) {
                note(&format!(
                    "{} {} is there",
                    self.program,
                    version_of(&candidate).unwrap_or_default()
                ));
                return Ok(candidate);
            }
        }
        note(&format!(
            "building {} {} (minutes, once)",
            self.package, self.version
        ));
        process::run(
            Command::new("cargo")
                .args(["install", "--quiet", self.package])
                .args(["--version", self.version])
                .args(self.arguments)
                .arg("--root")
                .arg(&root)
                .env("CARGO_TARGET_DIR", paths.tools_build())
                .envs(self.environment.iter().copied()),
        )?;
        Ok(installed)
    }
}

/// The second word that `<program> --version` prints; `None` if it does not run.
fn version_of(program: &Path) -> Option<String> {
    if !program.is_file() {
        return None;
    }
    let text = process::output(Command::new(program).arg("--version")).ok()?;
    text.split_whitespace().nth(1).map(str::to_owned)
}

/// Frees the disk that building the tools took; what is left behind does no harm.
pub fn remove_build_output(paths: &Paths) {
    let folder = paths.tools_build();
    if folder.is_dir() && fs::remove_dir_all(&folder).is_err() {
        note(&format!("{} may be deleted", folder.display()));
    }
}
