//! How a manifest names the files that it leads to.

use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};

/// Endings of the picture files that can be opened.
const ENDINGS: [&str; 8] = ["jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff"];

/// Whether a file's name ends as a picture's.
pub(super) fn is_picture(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// An existing folder's true, absolute path.
///
/// # Errors
///
/// When there is no such folder.
pub(super) fn true_folder(folder: &Path) -> Result<PathBuf> {
    let path = folder.canonicalize().map_err(Error::io("read", folder))?;
    match path.is_dir() {
        true => Ok(path),
        false => Err(Error::input(format!(
            "{} is not a folder",
            folder.display()
        ))),
    }
}

/// The true, absolute path that a folder has or, when it does not exist yet, will have.
pub(super) fn future_folder(folder: &Path) -> Result<PathBuf> {
    let absolute = std::path::absolute(folder).map_err(Error::io("read", folder))?;
    let mut existing = absolute.as_path();
    while !existing.exists() {
        match existing.parent() {
            Some(parent) => existing = parent,
            None => return Ok(absolute),
        }
    }
    let mut path = existing
        .canonicalize()
        .map_err(Error::io("read", existing))?;
    if let Ok(rest) = absolute.strip_prefix(existing) {
        path.extend(rest.components());
    }
    Ok(path)
}

/// `base` and `name` as one path without `.` and `..`.
pub(super) fn joined(base: &Path, name: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for component in base.join(name).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path
}

/// A file as the manifest of `folder` names it: with slashes, relative when the two have more than
/// the root in common, else absolute. Both paths must be absolute.
///
/// # Errors
///
/// The cause, when no cell of a table can hold the name.
pub(super) fn name_in_manifest(
    file: &Path,
    folder: &Path,
) -> std::result::Result<String, &'static str> {
    let (mut left, mut right) = (folder.components().peekable(), file.components().peekable());
    let mut shared = 0;
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        if a != b {
            break;
        }
        shared += usize::from(matches!(a, Component::Normal(_)));
        left.next();
        right.next();
    }
    let mut parts = Vec::new();
    let name = if shared == 0 {
        file.to_str().map(String::from)
    } else {
        parts.extend(left.map(|_| ".."));
        let rest: Option<Vec<&str>> = right.map(|part| part.as_os_str().to_str()).collect();
        rest.map(|rest| {
            parts.extend(rest);
            parts.join("/")
        })
    };
    match name {
        None => Err("its name is not UTF-8 text: rename it"),
        Some(name) if name.trim() != name => Err("its name begins or ends with a space: rename it"),
        Some(name) => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_are_relative_where_paths_meet() {
        let name = |file: &str, folder: &str| name_in_manifest(file.as_ref(), folder.as_ref());
        assert_eq!(name("/d/photos/a.jpg", "/d/photos").unwrap(), "a.jpg");
        assert_eq!(name("/d/p/x/a.jpg", "/d/m/n").unwrap(), "../../p/x/a.jpg");
        assert_eq!(name("/d/photos/a.jpg", "/e").unwrap(), "/d/photos/a.jpg");
        assert!(name("/d/photos/a.jpg ", "/d").is_err());
    }

    #[test]
    fn a_folder_to_be_made_lies_below_its_true_parent() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let path = future_folder(&root.join("a/b")).unwrap();
        assert_eq!(path, root.join("a/b"));
        assert_eq!(joined(&root, "x/../y/./z.jpg"), root.join("y/z.jpg"));
    }
}
