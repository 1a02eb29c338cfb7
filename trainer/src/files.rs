//! Files and folders that appear whole or not at all.
//!
//! Everything is written beside its final name and renamed, so that a kill at any moment leaves
//! either the old content or the new one.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempDir};

use crate::error::{Error, Result};

/// Reads a whole file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(Error::io("read", path))
}

/// Reads and parses a JSON file.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    serde_json::from_slice(&read(path)?).map_err(Error::content(path))
}

/// Replaces the content of `path`, atomically.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let parent = parent_of(path);
    let mut file = NamedTempFile::new_in(parent).map_err(Error::io("write", path))?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    file.as_file()
        .sync_all()
        .map_err(Error::io("write", path))?;
    make_readable(file.path()).map_err(Error::io("write", path))?;
    file.persist(path)
        .map_err(|error| Error::io("write", path)(error.error))?;
    Ok(())
}

/// Writes a value as indented JSON, atomically.
pub fn write_json<T: Serialize + ?Sized>(path: &Path, value: &T) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(value).map_err(Error::internal)?;
    text.push(b'\n');
    write(path, &text)
}

/// Creates a folder and its parents.
pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(Error::io("create", path))
}

/// Fills a new folder beside `path` with `fill`, then gives it its final name.
///
/// The folder must not exist yet. When `fill` fails, nothing is left behind.
pub fn write_folder(path: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    refuse_existing(path)?;
    let parent = parent_of(path);
    create_folder(parent)?;
    let folder =
        TempDir::with_prefix_in(".unfinished-", parent).map_err(Error::io("write", path))?;
    fill(folder.path())?;
    make_readable(folder.path()).map_err(Error::io("write", path))?;
    fs::rename(folder.path(), path).map_err(Error::io("write", path))?;
    // The folder has moved: there is nothing left for the guard to remove.
    let _ = folder.keep();
    Ok(())
}

/// Answers with an error when something already has this name.
pub fn refuse_existing(path: &Path) -> Result<()> {
    if path.exists() {
        return Err(Error::input(format!(
            "{} already exists: choose another name or remove it first",
            path.display()
        )));
    }
    Ok(())
}

/// Tries whether something new can be made at `path`, without leaving anything behind.
///
/// # Errors
///
/// [`Error::Io`] naming the nearest folder that exists when nothing can be written to it.
pub fn require_place(path: &Path) -> Result<()> {
    let mut folder = parent_of(path);
    while !folder.exists() {
        folder = parent_of(folder);
    }
    TempDir::with_prefix_in(".unfinished-", folder)
        .map(drop)
        .map_err(Error::io("write to", folder))
}

/// SHA-256 of `bytes`, as lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The last part of a path, for messages and tables.
pub fn short_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Temporary files are private to the user; finished results get the usual permissions.
#[cfg(unix)]
fn make_readable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if path.is_dir() { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn make_readable(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Files of `folder` whose names satisfy `keep`, sorted by name.
pub fn list(folder: &Path, keep: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(Error::io("read", folder))?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Error::io("read", folder))?;
        if keep(&entry.file_name().to_string_lossy()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_failed_folder_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("bundle");
        let answer = write_folder(&target, |folder| {
            write(&folder.join("part"), b"half")?;
            Err(Error::input("stop"))
        });
        assert!(answer.is_err());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_gets_its_name_only_when_it_is_whole() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("bundle");
        write_folder(&target, |folder| {
            assert!(!target.exists());
            write(&folder.join("part"), b"whole")
        })
        .unwrap();
        assert_eq!(read(&target.join("part")).unwrap(), b"whole");
        assert!(write_folder(&target, |_| Ok(())).is_err());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_to_is_found_without_a_trace() {
        let root = tempfile::tempdir().unwrap();
        require_place(&root.path().join("new/deep/bundle")).unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
        let file = root.path().join("file");
        write(&file, b"no folder").unwrap();
        let error = require_place(&file.join("bundle")).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{error}");
        assert!(error.to_string().contains("file"), "{error}");
    }

    #[test]
    fn sha256_of_abc() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
