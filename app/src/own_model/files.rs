//! A bundle's files, wherever the reader keeps them.

use genoderm_protocol::envelope;
use js_sys::ArrayBuffer;
use web_sys::{Blob, File};

use super::archive::Archive;
use super::tree::Tree;
use crate::manifest::{BundleFile, FORMAT_VERSION, ModelSummary};
use crate::problem::Problem;

/// The file that describes a bundle.
const MANIFEST: &str = "manifest.json";
/// The most bytes that it may have, as in the engine.
const MANIFEST_BYTES: u64 = 4 << 20;
/// The most bytes that all files of a bundle may have.
const MOST_BYTES: u64 = 600_000_000;
/// How many folders deep a manifest may lie.
const DEEPEST: usize = 3;

/// A bundle's files.
pub struct Files(Tree);

impl Files {
    /// Finds the bundle among the files of a folder, each with its path.
    ///
    /// # Errors
    /// What the reader is told when there is none, or more than one.
    pub fn of_folder(files: Vec<(String, File)>) -> Result<Self, Problem> {
        let folder = folder_of(files.iter().map(|(path, _)| path.as_str()))?;
        Ok(Self(Tree::of_folder(files, |path| name_in(&folder, path))))
    }

    /// Finds the bundle in a zip file. Only its table of contents is read.
    ///
    /// # Errors
    /// What the reader is told when it is no zip file, or holds no bundle, or more than one.
    pub async fn of_zip(file: Blob) -> Result<Self, Problem> {
        let archive = Archive::open(file).await?;
        let names = archive.names();
        let folder = folder_of(names.iter().map(|(path, _)| path.as_str()))?;
        Ok(Self(Tree::of_zip(archive, &names, |path| {
            name_in(&folder, path)
        })))
    }

    /// What the bundle's manifest says, once everything that it names is there.
    ///
    /// # Errors
    /// What the reader is told when this page cannot use the bundle.
    pub async fn summary(&self) -> Result<ModelSummary, Problem> {
        let bytes = self.bytes(MANIFEST, MANIFEST_BYTES).await?;
        let bytes = bytes.ok_or(no_manifest())?;
        if u64::from(bytes.byte_length()) > MANIFEST_BYTES {
            return Err(not_manifest());
        }
        let text = envelope::bytes_of(&bytes);
        // Read by itself: another version may look different in everything else.
        let version: Version = serde_json::from_slice(&text).map_err(|_| not_manifest())?;
        if version.format_version != u64::from(FORMAT_VERSION) {
            return Err(Problem::BundleVersion(version.format_version));
        }
        let summary: ModelSummary = serde_json::from_slice(&text).map_err(|_| not_manifest())?;
        if summary.bytes > MOST_BYTES {
            return Err(Problem::BundleTooLarge(summary.bytes, MOST_BYTES));
        }
        let missing = |file: &&BundleFile| !self.0.has(&file.file);
        match summary.files.iter().filter(missing).count() {
            0 => Ok(summary),
            count => Err(Problem::FilesMissing(count, summary.files.len())),
        }
    }

    /// A file's bytes, as [`Tree::bytes`].
    ///
    /// # Errors
    /// As there.
    pub async fn bytes(&self, name: &str, limit: u64) -> Result<Option<ArrayBuffer>, Problem> {
        self.0.bytes(name, limit).await
    }
}

/// Only the version of a manifest.
#[derive(serde::Deserialize)]
struct Version {
    format_version: u64,
}

fn no_manifest() -> Problem {
    Problem::Sentence(|text| text.own_no_manifest)
}

fn not_manifest() -> Problem {
    Problem::Sentence(|text| text.own_not_manifest)
}

/// The folder that the manifest lies in, with a slash at its end; empty for the uppermost.
fn folder_of<'a>(paths: impl Iterator<Item = &'a str>) -> Result<String, Problem> {
    let mut folders: Vec<&str> = paths
        .filter_map(|path| path.strip_suffix(MANIFEST))
        .filter(|folder| folder.is_empty() || folder.ends_with('/'))
        // What macOS adds to zip files.
        .filter(|folder| !folder.starts_with("__MACOSX/"))
        .filter(|folder| depth(folder) <= DEEPEST)
        .collect();
    folders.sort_by_key(|folder| depth(folder));
    match folders[..] {
        [] => Err(no_manifest()),
        [one, other, ..] if depth(one) == depth(other) => {
            Err(Problem::Sentence(|text| text.own_several))
        }
        [one, ..] => Ok(one.to_owned()),
    }
}

fn depth(folder: &str) -> usize {
    folder.matches('/').count()
}

/// The name of a file that lies in the folder itself.
fn name_in<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    let name = path.strip_prefix(folder)?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn found(paths: &[&str]) -> Option<String> {
        folder_of(paths.iter().copied()).ok()
    }

    #[test]
    fn the_uppermost_manifest_counts() {
        assert_eq!(
            found(&["a.safetensors", "manifest.json"]).as_deref(),
            Some("")
        );
        assert_eq!(
            found(&["b/manifest.json", "b/c/manifest.json"]).as_deref(),
            Some("b/")
        );
        assert_eq!(
            found(&["__MACOSX/manifest.json", "b/manifest.json"]).as_deref(),
            Some("b/")
        );
        assert_eq!(found(&["b/manifest.json", "c/manifest.json"]), None);
        assert_eq!(found(&["not-manifest.json", "a/b/c/d/manifest.json"]), None);
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn only_files_beside_the_manifest_belong_to_the_bundle() {
        assert_eq!(name_in("b/", "b/a.safetensors"), Some("a.safetensors"));
        assert_eq!(name_in("b/", "b/c/a.safetensors"), None);
        assert_eq!(name_in("b/", "a.safetensors"), None);
        assert_eq!(name_in("b/", "b/"), None);
    }
}
