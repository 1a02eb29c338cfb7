//! `wasm-opt` from the npm package `binaryen`, and the optimised files it made before.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::npm;
use crate::paths::Paths;
use crate::process;
use crate::steps::note;

/// The version of the npm package. Another version gives other files, so the cache's keys hold it.
const VERSION: &str = "132.0.0";

/// What compilers of 2025 and later may emit and all current browsers accept. `--all-features` would let the optimiser
/// use proposals that browsers reject.
const FEATURES: [&str; 9] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
    "--enable-simd",
];

/// How many optimised files are kept; the oldest go first.
const KEPT: usize = 24;

/// The optimiser and its cache.
#[derive(Debug)]
pub struct WasmOpt {
    node: PathBuf,
    script: PathBuf,
    cache: PathBuf,
}

/// Installs the optimiser where needed.
pub fn prepare(paths: &Paths) -> Result<WasmOpt> {
    let node = npm::node()?;
    let folder = paths.tools().join(format!("binaryen-{VERSION}"));
    let script = folder.join("node_modules/binaryen/bin/wasm-opt");
    if script.is_file() {
        note(&format!("binaryen {VERSION} is there"));
    } else {
        npm::install_package(&folder, "binaryen", VERSION)?;
        if !script.is_file() {
            bail!("the npm package binaryen {VERSION} has no wasm-opt");
        }
    }
    Ok(WasmOpt {
        node,
        script,
        cache: paths.tools().join("wasm-opt-cache"),
    })
}

impl WasmOpt {
    /// The version, for fingerprints.
    pub fn version(&self) -> &'static str {
        VERSION
    }

    /// Optimises a wasm file in place with `level` (such as `-Oz`, and options besides); names and other debug sections go.
    /// The result is remembered by the content of the input, so an unchanged file costs no time.
    ///
    /// # Errors
    /// When a file cannot be read or written, or the optimiser refuses the input.
    pub fn optimise(&self, file: &Path, level: &[&str]) -> Result<()> {
        let input = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let cached = self.cache.join(format!("{}.wasm", key(&input, level)));
        if !cached.is_file() {
            fs::create_dir_all(&self.cache)?;
            let unfinished = cached.with_extension(format!("{}.part", std::process::id()));
            let result = process::run(
                Command::new(&self.node)
                    .arg(&self.script)
                    .arg(file)
                    .args(level)
                    .args(["--strip-debug", "--strip-producers"])
                    .args(FEATURES)
                    .arg("-o")
                    .arg(&unfinished),
            );
            if let Err(error) = result {
                let _ = fs::remove_file(&unfinished);
                return Err(error);
            }
            fs::rename(&unfinished, &cached)?;
        }
        // Copied beside the file and renamed, so that a broken-off copy is never taken for the page's file.
        let beside = file.with_extension("wasm.part");
        fs::copy(&cached, &beside)?;
        fs::rename(&beside, file)?;
        note(&format!(
            "{}: {:.1} MB, was {:.1} MB",
            file.file_name().unwrap_or_default().to_string_lossy(),
            megabytes(fs::metadata(file)?.len()),
            megabytes(input.len() as u64)
        ));
        self.forget_oldest();
        Ok(())
    }

    /// Keeps the cache small. Failures are passed over: a full cache harms nobody.
    fn forget_oldest(&self) {
        let Ok(entries) = fs::read_dir(&self.cache) else {
            return;
        };
        let mut files: Vec<_> = entries
            .flatten()
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        files.sort();
        let surplus = files.len().saturating_sub(KEPT);
        for (_, path) in files.into_iter().take(surplus) {
            let _ = fs::remove_file(path);
        }
    }
}

/// The name of the optimised file: everything that it depends on.
fn key(input: &[u8], level: &[&str]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(VERSION);
    hasher.update(level.join(" "));
    hasher.update(FEATURES.join(" "));
    hasher.update(input);
    format!("{:x}", hasher.finalize())
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_depends_on_content_and_level() {
        let base = key(b"abc", &["-Oz"]);
        assert_eq!(base, key(b"abc", &["-Oz"]));
        assert_ne!(base, key(b"abd", &["-Oz"]));
        assert_ne!(base, key(b"abc", &["-O3"]));
        assert_ne!(base, key(b"abc", &["-Oz", "--enable-relaxed-simd"]));
    }
}
