//! One value that changes whenever the page would: contents of all its sources, the compiler and the tools.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::files::all_files;
use crate::paths::Paths;
use crate::process;
use crate::toolchain::WasmToolchain;

/// Folders and files that the page is made of, relative to the repository.
const SOURCES: [&str; 11] = [
    "app",
    "model",
    "study",
    "www",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    ".cargo/config.toml",
    "docs/hosting.md",
    "xtask/src/page",
    "xtask/src/server/headers.rs",
];

/// Tests and goldens change nothing that is shipped.
const SKIPPED: [&str; 4] = ["target", "node_modules", "tests", "benches"];

/// The fingerprint of the working tree as it is.
pub fn of_sources(paths: &Paths, toolchain: &WasmToolchain) -> Result<String> {
    let compiler = process::output(toolchain.command("rustc").arg("-vV"))?;
    let mut hasher = Sha256::new();
    hasher.update(compiler);
    hasher.update(toolchain.wasm_opt.version());
    for source in SOURCES {
        add(
            &mut hasher,
            paths.repository(),
            &paths.repository().join(source),
        )?;
    }
    Ok(format!("{:x}", hasher.finalize()))
}

/// Adds a file, or all files of a folder, by name and content.
fn add(hasher: &mut Sha256, root: &Path, path: &Path) -> Result<()> {
    let files = if path.is_dir() {
        all_files(path, &SKIPPED)?
    } else {
        vec![path.to_path_buf()]
    };
    for file in files {
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy();
        // Lengths come first, so that no two trees can give the same bytes.
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update((content.len() as u64).to_le_bytes());
        hasher.update(content);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn hash(root: &Path) -> String {
        let mut hasher = Sha256::new();
        add(&mut hasher, root, root).unwrap();
        format!("{:x}", hasher.finalize())
    }

    #[test]
    fn names_contents_and_nothing_else_change_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("src")).unwrap();
        fs::write(root.join("src/a.rs"), "one").unwrap();
        let before = hash(root);

        fs::create_dir_all(root.join("tests")).unwrap();
        fs::write(root.join("tests/t.rs"), "a test").unwrap();
        assert_eq!(hash(root), before, "a test changed the page's fingerprint");

        fs::write(root.join("src/a.rs"), "two").unwrap();
        let edited = hash(root);
        assert_ne!(edited, before);

        fs::rename(root.join("src/a.rs"), root.join("src/b.rs")).unwrap();
        assert_ne!(hash(root), edited);
    }
}
