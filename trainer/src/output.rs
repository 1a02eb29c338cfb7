//! Places to write to, looked at before hours of work end in an error.
//!
//! Nothing is left behind by these checks. A place can still become full or be taken away later:
//! [`crate::files`] then leaves nothing half-written.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files;

/// Checks that a file can be written, and that none of the files to be read would be lost by it.
///
/// # Errors
///
/// [`Error::Input`] when `path` is one of `inputs` or a folder, or its folder does not exist;
/// [`Error::Io`] when that cannot be written to.
pub fn require_file(path: &Path, inputs: &[PathBuf]) -> Result<()> {
    let failed = |source| Error::io("write", path)(source);
    let target = files::behind_links(path).map_err(failed)?;
    if let Ok(target) = fs::canonicalize(&target) {
        let is_target =
            |input: &&PathBuf| fs::canonicalize(input).is_ok_and(|input| input == target);
        if let Some(input) = inputs.iter().find(is_target) {
            return Err(Error::input(format!(
                "{} would overwrite {}: choose another file",
                path.display(),
                input.display()
            )));
        }
    }
    if path.is_dir() {
        return Err(Error::input(format!(
            "{} is a folder: name a file to write",
            path.display()
        )));
    }
    // The folder of a pipe or device need not take files.
    let is_stream = fs::metadata(path).is_ok_and(|found| !found.is_file());
    if is_stream || files::is_standard_stream(path) {
        return Ok(());
    }
    let folder = files::parent_of(&target);
    if !folder.is_dir() {
        return Err(Error::input(format!(
            "cannot write {}: the folder {} does not exist",
            path.display(),
            folder.display()
        )));
    }
    try_out(folder).map_err(failed)
}

/// Checks that a folder which must not exist yet can be created.
///
/// # Errors
///
/// [`Error::Input`] when something has that name, [`Error::Io`] when the folder that it would be in
/// cannot be written to.
pub fn require_new_folder(path: &Path) -> Result<()> {
    files::refuse_existing(path)?;
    require_folder(path)
}

/// Checks that files can be written into a folder, which may not exist yet.
///
/// # Errors
///
/// [`Error::Io`] when it cannot be created or written to.
pub fn require_folder(path: &Path) -> Result<()> {
    try_out(nearest(path)).map_err(Error::io("write", path))
}

/// The folder itself if there is one, else the nearest one above that exists.
pub fn nearest(path: &Path) -> &Path {
    let mut place = path;
    while place.symlink_metadata().is_err() {
        let above = files::parent_of(place);
        if above == place {
            break;
        }
        place = above;
    }
    place
}

fn try_out(folder: &Path) -> std::io::Result<()> {
    files::unfinished().tempfile_in(folder).map(drop)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn places_that_cannot_be_written_to_are_refused_and_nothing_is_left() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        files::write(&path("file"), b"").unwrap();
        assert!(require_file(&path("new"), &[]).is_ok());
        assert!(require_file(&path("file"), &[]).is_ok());
        assert!(require_file(&path("missing/new"), &[]).is_err());
        assert!(require_file(&path("file/new"), &[]).is_err());
        assert!(require_file(root.path(), &[]).is_err());
        assert!(require_folder(&path("a/b/c")).is_ok());
        assert!(require_folder(&path("file/b")).is_err());
        assert!(require_new_folder(&path("a")).is_ok());
        assert!(require_new_folder(&path("file")).is_err());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn relative_places_are_looked_for_here() {
        assert_eq!(nearest(Path::new("no/such/folder")), Path::new("."));
        assert!(require_file(Path::new("/dev/stdout"), &[]).is_ok());
    }

    #[test]
    fn an_input_is_not_overwritten_whatever_it_is_called() {
        let root = tempfile::tempdir().unwrap();
        let input = root.path().join("photo.png");
        files::write(&input, b"").unwrap();
        let other_name = root.path().join(".").join("photo.png");
        let inputs = [input];
        let said = require_file(&other_name, &inputs).unwrap_err();
        assert!(said.to_string().contains("would overwrite"), "{said}");
        assert!(require_file(&root.path().join("other.png"), &inputs).is_ok());
    }
}
