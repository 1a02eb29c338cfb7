//! Where things lie: the repository, the build output that survives a fresh clone, and the installed tools.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The environment variable that moves all build output and tools to another folder.
pub const BASE_VARIABLE: &str = "GENODERM_TARGET_DIR";

/// The folders that all commands share.
#[derive(Debug, Clone)]
pub struct Paths {
    repository: PathBuf,
    base: PathBuf,
}

impl Paths {
    /// Finds the repository from cargo's environment and the base folder from `$GENODERM_TARGET_DIR`, else
    /// `<user cache>/genoderm/target`.
    pub fn find() -> Result<Self> {
        // Cargo sets the variable for `cargo run`; the value at compile time serves a program started by hand.
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let repository = manifest
            .parent()
            .context("xtask lies in no folder")?
            .to_path_buf();
        let base = match env::var_os(BASE_VARIABLE).filter(|value| !value.is_empty()) {
            Some(value) => env::current_dir()?.join(value),
            None => user_cache()
                .map_or_else(|| repository.join("target"), |cache| cache.join("genoderm"))
                .join("target"),
        };
        Ok(Self { repository, base })
    }

    /// The repository's top folder.
    pub fn repository(&self) -> &Path {
        &self.repository
    }

    /// Cargo's output for this machine's own programs: the trainer and all native tests.
    pub fn host(&self) -> PathBuf {
        self.base.join("host")
    }

    /// Cargo's output for wasm32: the page and its engines.
    pub fn wasm(&self) -> PathBuf {
        self.base.join("wasm")
    }

    /// Tools of fixed versions that are not on the PATH, and caches that belong to them.
    pub fn tools(&self) -> PathBuf {
        self.base.join("tools")
    }

    /// Cargo's output while it installs tools; removed afterwards.
    pub fn tools_build(&self) -> PathBuf {
        self.base.join("tools-build")
    }

    /// The finished page, ready to be served by any static server.
    pub fn dist(&self) -> PathBuf {
        self.repository.join("dist")
    }

    /// The command-line program, once built.
    pub fn genoderm(&self) -> PathBuf {
        self.host()
            .join("release")
            .join(format!("genoderm{}", env::consts::EXE_SUFFIX))
    }

    /// Our side of the native benchmarks, once built.
    pub fn contestant(&self) -> PathBuf {
        self.host()
            .join("release")
            .join(format!("genoderm-bench{}", env::consts::EXE_SUFFIX))
    }

    /// What the benchmarks install, build and make: peers, weights, the site that is measured.
    pub fn bench(&self) -> PathBuf {
        self.base.join("bench")
    }

    /// The benchmarks' sources and results.
    pub fn bench_sources(&self) -> PathBuf {
        self.repository.join("bench")
    }

    /// Notes of this program about this checkout.
    pub fn notes(&self) -> PathBuf {
        self.repository.join("target").join("xtask")
    }

    /// The packages and files of the browser tests.
    pub fn browser_tests(&self) -> PathBuf {
        self.repository.join("tests").join("browser")
    }
}

/// The folder for a user's caches on this system, if the environment names one.
fn user_cache() -> Option<PathBuf> {
    let variable = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library").join("Caches"))
    } else {
        variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")))
    }
}

/// The program `name` in the first folder of the PATH that has it.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}
