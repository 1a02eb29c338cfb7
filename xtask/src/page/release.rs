//! What the service worker must know: every file of the page with its checksum, put before its text (www/sw.js).
//!
//! Browsers compare the service worker byte for byte, so that a changed file anywhere is a new version of the page.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::files::all_files;
use crate::server::{headers, media_type};

/// The service worker's file.
const WORKER: &str = "sw.js";

/// One version of the page.
#[derive(Serialize)]
struct Release {
    /// A few digits that change with any file.
    version: String,
    /// The headers of every answer, which the service worker gives too.
    headers: BTreeMap<&'static str, String>,
    files: Vec<File>,
}

#[derive(Serialize)]
struct File {
    /// Relative to the page, with `/` between folders.
    path: String,
    #[serde(rename = "type")]
    media_type: &'static str,
    bytes: u64,
    sha256: String,
    part: &'static str,
}

/// Puts the list of all files in `folder` before the text of its service worker.
pub fn write(folder: &Path) -> Result<()> {
    let mut files = Vec::new();
    for path in all_files(folder, &[])? {
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = relative(folder, &path);
        if name == WORKER {
            continue;
        }
        files.push(File {
            media_type: media_type(&path),
            bytes: content.len() as u64,
            sha256: format!("{:x}", Sha256::digest(&content)),
            part: part_of(&name),
            path: name,
        });
    }
    let mut release = Release {
        version: String::new(),
        headers: headers::of_every_answer().into_iter().collect(),
        files,
    };
    let digest = format!("{:x}", Sha256::digest(serde_json::to_vec(&release)?));
    release.version = digest.chars().take(12).collect();
    let worker = folder.join(WORKER);
    let text = fs::read_to_string(&worker).context("the page has no service worker")?;
    let list = serde_json::to_string(&release)?;
    fs::write(&worker, format!("const RELEASE = {list};\n{text}"))?;
    Ok(())
}

/// What a file belongs to. `shell`, the page itself with the descriptions that it shows at first, is kept at the first
/// visit; the others only once the reader asked for them.
fn part_of(path: &str) -> &'static str {
    match path {
        "bundle/manifest.json" | "samples/samples.json" => "shell",
        _ if path.starts_with("bundle/") => "model",
        _ if path.starts_with("samples/") => "samples",
        _ if path.starts_with("engine-cpu-relaxed") => "engine-cpu-relaxed",
        _ if path.starts_with("engine-cpu") => "engine-cpu",
        _ if path.starts_with("engine-webgpu") => "engine-webgpu",
        _ => "shell",
    }
}

/// A path below `folder` as an address writes it.
fn relative(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let names: Vec<_> = below
        .components()
        .map(|name| name.as_os_str().to_string_lossy())
        .collect();
    names.join("/")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn written(folder: &Path) -> (serde_json::Value, String) {
        fs::write(folder.join(WORKER), "// the rest\n").unwrap();
        write(folder).unwrap();
        let text = fs::read_to_string(folder.join(WORKER)).unwrap();
        let (list, rest) = text.split_once('\n').unwrap();
        let list = list.strip_prefix("const RELEASE = ").unwrap();
        let list = list.strip_suffix(';').unwrap();
        (serde_json::from_str(list).unwrap(), rest.to_owned())
    }

    #[test]
    fn every_file_but_the_service_worker_is_listed_with_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("bundle")).unwrap();
        fs::write(folder.path().join("index.html"), "abc").unwrap();
        fs::write(folder.path().join("bundle/a.safetensors"), "").unwrap();
        fs::write(folder.path().join("bundle/manifest.json"), "{}").unwrap();
        fs::write(folder.path().join("engine-cpu-relaxed_bg.wasm"), "y").unwrap();
        fs::write(folder.path().join("engine-cpu_bg.wasm"), "x").unwrap();
        let (release, rest) = written(folder.path());
        assert_eq!(rest, "// the rest\n");
        let files = release["files"].as_array().unwrap();
        let parts: Vec<_> = files
            .iter()
            .map(|file| {
                (
                    file["path"].as_str().unwrap(),
                    file["part"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            parts,
            [
                ("bundle/a.safetensors", "model"),
                ("bundle/manifest.json", "shell"),
                ("engine-cpu-relaxed_bg.wasm", "engine-cpu-relaxed"),
                ("engine-cpu_bg.wasm", "engine-cpu"),
                ("index.html", "shell"),
            ]
        );
        // The digest of "abc" in the standard's own examples (FIPS 180-2, B.1).
        assert_eq!(
            files[4]["sha256"],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(files[4]["bytes"], 3);
        assert_eq!(files[4]["type"], "text/html; charset=utf-8");
        assert!(release["headers"]["Content-Security-Policy"].is_string());
    }

    #[test]
    fn a_changed_file_is_another_version_and_the_same_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("index.html"), "one").unwrap();
        let (first, _) = written(folder.path());
        let (again, _) = written(folder.path());
        assert_eq!(first["version"], again["version"]);
        fs::write(folder.path().join("index.html"), "two").unwrap();
        let (second, _) = written(folder.path());
        assert_ne!(first["version"], second["version"]);
    }
}
