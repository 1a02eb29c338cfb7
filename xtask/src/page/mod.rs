//! The page: built by trunk, made small by wasm-opt, and left alone while nothing that it is made of has changed.
//! The finished page lies in `dist/` and can be copied to any static server.
//! Trunk's settings are in Trunk.toml, the links that it follows in www/index.html. `release` lists the files for the
//! service worker, `host` and `compress` add what hosts make use of.

mod compress;
mod fingerprint;
mod host;
mod release;

use std::fs;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, bail};

pub use compress::write_brotli;

use crate::files::entries;
use crate::paths::Paths;
use crate::process;
use crate::steps::note;
use crate::toolchain::WasmToolchain;

/// How hard each wasm file is optimised, by the start of its name, and what it may use beyond what all browsers have. The compiler has done the work on speed; what is
/// gained here is size, and for the engines the thorough levels take many times as long for little after compression
/// (CPU engine, brotli: 1.16 MB at `-O1`, 1.27 MB at `-O3`).
const LEVELS: [(&str, &[&str]); 4] = [
    ("engine-cpu-relaxed", &["-O1", "--enable-relaxed-simd"]),
    ("engine-cpu", &["-O1"]),
    ("engine-webgpu", &["-O1"]),
    ("genoderm-app", &["-Oz"]),
];

/// Builds the page into `dist/`, or leaves it if it is up to date.
///
/// # Errors
/// What trunk, the compiler or wasm-opt said; an earlier `dist/` is then still in place.
pub fn build(paths: &Paths, toolchain: &WasmToolchain) -> Result<()> {
    let wanted = fingerprint::of_sources(paths, toolchain)?;
    let stamp = paths.notes().join("page.fingerprint");
    let built = paths.dist().join("index.html").is_file();
    if built && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        note("nothing has changed since the last build");
        return Ok(());
    }

    let unfinished = paths.notes().join("page");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    fs::create_dir_all(&unfinished)?;
    process::run(
        toolchain
            .command(&toolchain.trunk)
            .args(["build", "--release", "--dist"])
            .arg(&unfinished)
            .current_dir(paths.repository())
            .env("TRUNK_SKIP_VERSION_CHECK", "true")
            // Trunk takes `NO_COLOR=1` for a wrong value of an option.
            .env_remove("NO_COLOR"),
    )?;
    optimise(&unfinished, toolchain)?;
    let dist = paths.dist();
    release::write(&unfinished)?;
    compress::write(&unfinished, &dist)?;
    host::write(paths, &unfinished)?;

    if stamp.exists() {
        fs::remove_file(&stamp)?;
    }
    if dist.exists() {
        fs::remove_dir_all(&dist)?;
    }
    fs::rename(&unfinished, &dist)
        .with_context(|| format!("cannot move the page to {}", dist.display()))?;
    fs::write(&stamp, wanted)?;
    Ok(())
}

/// Optimises all wasm files at once: each takes one core, the largest for minutes.
fn optimise(folder: &Path, toolchain: &WasmToolchain) -> Result<()> {
    let mut files = entries(folder)?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "wasm"));
    thread::scope(|scope| {
        let workers: Vec<_> = files
            .iter()
            .map(|file| scope.spawn(|| toolchain.wasm_opt.optimise(file, level_of(file))))
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| bail!("an optimiser's thread fell over"))
        })
    })
}

fn level_of(file: &Path) -> &'static [&'static str] {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    LEVELS
        .iter()
        .find(|(start, _)| name.starts_with(start))
        .map_or(&["-Oz"], |(_, level)| level)
}
