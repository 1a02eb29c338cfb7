//! What the benchmarks' browser is served: the finished page with a benchmark's bundle, the benchmarks' own pages, and
//! ONNX Runtime's files. One folder, so that all have one origin and the same headers.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::files::{all_files, entries};
use crate::page;

/// Files of onnxruntime-web that its CPU and its WebGPU page load.
const ORT: [&str; 6] = [
    "ort.wasm.min.mjs",
    "ort-wasm-simd-threaded.mjs",
    "ort-wasm-simd-threaded.wasm",
    "ort.webgpu.min.mjs",
    "ort-wasm-simd-threaded.asyncify.mjs",
    "ort-wasm-simd-threaded.asyncify.wasm",
];

/// Puts the site together in `site`, whose folder `data` is there already.
pub fn write(site: &Path, dist: &Path, sources: &Path, bundle: &Path) -> Result<()> {
    for entry in entries(site)? {
        if entry
            .file_name()
            .is_some_and(|name| name == "data" || name == "ort")
        {
            continue;
        }
        match entry.is_dir() {
            true => fs::remove_dir_all(&entry)?,
            false => fs::remove_file(&entry)?,
        }
    }
    copy(dist, site, &["bundle", "samples"])?;
    // The list of samples belongs to the page itself; the drawings are not asked for.
    copy(&dist.join("samples"), &site.join("samples"), &[])?;
    copy(bundle, &site.join("bundle"), &[])?;
    copy(&sources.join("site"), &site.join("bench"), &[])?;
    let ort = site.join("ort");
    fs::create_dir_all(&ort)?;
    let packages = sources.join("node_modules/onnxruntime-web/dist");
    for name in ORT {
        let (from, to) = (packages.join(name), ort.join(name));
        let same = |one: &Path, other: &Path| fs::read(one).ok() == fs::read(other).ok();
        if !same(&from, &to) {
            // The smaller copy of another version must not stand for this one.
            let _ = fs::remove_file(ort.join(format!("{name}.br")));
            fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
        }
    }
    Ok(())
}

/// Makes the smaller copies of ONNX Runtime's files that hosts send, as those of the page are made.
pub fn compress(site: &Path) -> Result<()> {
    ORT.iter()
        .try_for_each(|name| page::write_brotli(&site.join("ort").join(name)))
}

fn copy(from: &Path, to: &Path, skipped: &[&str]) -> Result<()> {
    for file in all_files(from, skipped)? {
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&file, &target).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}
