//! What must be installed before anything is built or tested, each tool in a file of its own:
//! found on the PATH in the right version, else installed, else one line that says what to install.
//! Nothing here is needed to read the other folders.

mod cargo_tool;
pub mod chromium;
pub mod firefox;
pub mod lockfile;
pub mod npm;
pub mod slurm;
mod trunk;
mod wasm_bindgen;
pub mod wasm_opt;
mod wasm_std_debian;
mod wasm_target;

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths::Paths;
use crate::steps::step;

pub use wasm_target::WASM_TARGET;

/// Something outside this repository stands in the way: what it is, and what to do about it.
#[derive(Debug)]
pub struct Missing(String);

impl Missing {
    /// `what` is missing; `remedy` says what to install or to run.
    pub fn new(what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self(format!("{what} is missing: {remedy}"))
    }

    /// Another obstacle, in one line of its own.
    pub fn because(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// Which compiler builds for wasm32.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WasmCompiler {
    /// The one that also builds the native programs; rustup brought its wasm32 standard library.
    Usual,
    /// A rustup toolchain of this name, made of Debian's packages.
    Linked(String),
}

/// Everything that building and testing the page needs, ready to use.
#[derive(Debug)]
pub struct WasmToolchain {
    /// The compiler that has a wasm32 standard library.
    pub compiler: WasmCompiler,
    /// The `wasm-opt` program.
    pub wasm_opt: wasm_opt::WasmOpt,
    /// The `trunk` program.
    pub trunk: PathBuf,
    path: OsString,
    target_dir: PathBuf,
}

impl WasmToolchain {
    /// Installs what is missing, each as a step of its own.
    ///
    /// # Errors
    /// [`Missing`] where something must be installed by hand; else what the failed installation said.
    pub fn prepare(paths: &Paths) -> Result<Self> {
        let compiler = step("wasm32 target", || wasm_target::prepare(paths))?;
        let bindgen = step("wasm-bindgen", || wasm_bindgen::prepare(paths))?;
        let trunk = step("trunk", || trunk::prepare(paths))?;
        let wasm_opt = step("wasm-opt", || wasm_opt::prepare(paths))?;
        cargo_tool::remove_build_output(paths);

        let mut folders: Vec<PathBuf> = bindgen.parent().map(PathBuf::from).into_iter().collect();
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        Ok(Self {
            compiler,
            wasm_opt,
            trunk,
            path: env::join_paths(folders).context("a folder of the PATH has an odd name")?,
            target_dir: paths.wasm(),
        })
    }

    /// A command for the wasm32 build: right compiler, tools and target directory.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("PATH", &self.path)
            .env("CARGO_TARGET_DIR", &self.target_dir);
        if let WasmCompiler::Linked(name) = &self.compiler {
            // `RUSTC` and the like would win over the toolchain's name.
            command
                .env("RUSTUP_TOOLCHAIN", name)
                .env_remove("RUSTC")
                .env_remove("CARGO");
        }
        command
    }
}

/// Whether this process may install the system's packages: root on a system with apt.
pub fn can_use_apt() -> bool {
    if crate::paths::on_path("apt-get").is_none() {
        return false;
    }
    crate::process::output(Command::new("id").arg("-u")).is_ok_and(|user| user.trim() == "0")
}

/// Installs Debian packages; the package lists are fetched first, since they may be old or absent.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    crate::process::output(Command::new("apt-get").args(["update", "-qq"]))?;
    crate::process::output(
        Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages),
    )?;
    Ok(())
}
