//! Files and folders that appear whole or not at all.
//!
//! Everything is written beside its final name and renamed, so that a kill at any moment leaves
//! either the old content or the new one. What a killed process leaves beside it has a name of its
//! own, see [`remove_unfinished`].

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

pub use genoderm_model::bundle::sha256_hex as sha256;

/// What the names of files and folders begin with that are still being written.
const UNFINISHED: &str = ".unfinished-";

/// The names of the output and the error stream.
const STANDARD_STREAMS: [&str; 2] = ["/dev/stdout", "/dev/stderr"];

/// The most links that are followed from one name, as on Linux.
const MOST_LINKS: usize = 40;

/// Reads a whole file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(Error::io("read", path))
}

/// Reads and parses a JSON file.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    serde_json::from_slice(&read(path)?).map_err(Error::content(path))
}

/// Replaces the content of `path`, atomically.
///
/// A link stays, and what it points to is replaced. Pipes and devices (`/dev/stdout`) cannot be
/// replaced: the bytes are written into them.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |source| Error::io("write", path)(source);
    if let Some(mut stream) = stream(path).map_err(failed)? {
        return stream
            .write_all(bytes)
            .and_then(|()| stream.flush())
            .map_err(failed);
    }
    let target = behind_links(path).map_err(failed)?;
    let parent = parent_of(&target);
    let mut file = unfinished().tempfile_in(parent).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&target)
        .map_err(|error| failed(error.error))
        .map(|_| sync_folder(parent))
}

/// Opens what can only be written into: standard streams, pipes, devices. `None` for files.
fn stream(path: &Path) -> io::Result<Option<Box<dyn Write>>> {
    // Opened anew, a file behind a standard stream would be written from its start.
    if path == Path::new(STANDARD_STREAMS[0]) {
        return Ok(Some(Box::new(io::stdout())));
    }
    if path == Path::new(STANDARD_STREAMS[1]) {
        return Ok(Some(Box::new(io::stderr())));
    }
    match fs::metadata(path) {
        Ok(found) if !found.is_file() && !found.is_dir() => {
            let file = OpenOptions::new().write(true).open(path)?;
            Ok(Some(Box::new(file)))
        }
        _ => Ok(None),
    }
}

/// Whether this names the standard output or the error stream.
pub(crate) fn is_standard_stream(path: &Path) -> bool {
    STANDARD_STREAMS.iter().any(|name| path == Path::new(name))
}

/// Whether a file can be written again: what has gone into a pipe or device stays there.
pub(crate) fn can_be_replaced(path: &Path) -> bool {
    let is_file = fs::metadata(path).is_ok_and(|found| found.is_file());
    !is_standard_stream(path) && (is_file || !path.exists())
}

/// The name that a chain of links ends at, whether or not there is a file.
pub(crate) fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut name = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&name) {
            Ok(target) => name = parent_of(&name).join(target),
            Err(_) => return Ok(name),
        }
    }
    Err(io::Error::other("too many links point to each other"))
}

/// Builds temporary files and folders with the permissions that the user gives to new ones.
pub(crate) fn unfinished() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The system takes away what the umask forbids.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Builds temporary folders; see [`unfinished`].
fn unfinished_folder() -> tempfile::Builder<'static, 'static> {
    let mut builder = unfinished();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    builder
}

/// Removes what a killed process left half-written in `folder`; nobody else may be writing there.
pub fn remove_unfinished(folder: &Path) -> Result<()> {
    for path in list(folder, |name| name.starts_with(UNFINISHED))? {
        let removed = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(Error::io("remove", &path))?;
    }
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
    let folder = unfinished_folder()
        .tempdir_in(parent)
        .map_err(Error::io("write", path))?;
    fill(folder.path())?;
    fs::rename(folder.path(), path).map_err(Error::io("write", path))?;
    // The folder has moved: there is nothing left for the guard to remove.
    let _ = folder.keep();
    sync_folder(parent);
    Ok(())
}

/// Answers with an error when something already has this name.
pub fn refuse_existing(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(Error::input(format!(
            "{} already exists: choose another name or remove it first",
            path.display()
        )));
    }
    Ok(())
}

/// The last part of a path, for messages and tables.
pub fn short_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

pub(crate) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Makes names in a folder survive a power cut, where the system can do that.
fn sync_folder(path: &Path) {
    // Some systems do not open folders; the files themselves are safe already.
    let _ = fs::File::open(path).and_then(|folder| folder.sync_all());
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
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let (_, left) = unfinished()
            .tempfile_in(root.path())
            .unwrap()
            .keep()
            .unwrap();
        let folder = unfinished_folder().tempdir_in(root.path()).unwrap().keep();
        write(&folder.join("part"), b"half").unwrap();
        write(&root.path().join("whole"), b"whole").unwrap();
        remove_unfinished(root.path()).unwrap();
        assert!(!left.exists() && !folder.exists());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_and_what_they_point_to_is_replaced() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        fs::create_dir(path("inside")).unwrap();
        write(&path("inside/file"), b"old").unwrap();
        symlink("inside/file", path("link")).unwrap();
        symlink("link", path("link of link")).unwrap();
        write(&path("link of link"), b"new").unwrap();
        assert_eq!(read(&path("inside/file")).unwrap(), b"new");
        assert!(path("link").is_symlink() && path("link of link").is_symlink());
        // A link to a file that does not exist yet makes it.
        symlink("inside/later", path("early")).unwrap();
        write(&path("early"), b"now").unwrap();
        assert_eq!(read(&path("inside/later")).unwrap(), b"now");
        symlink("circle", path("circle")).unwrap();
        assert!(write(&path("circle"), b"").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_written_into() {
        use std::os::unix::fs::FileTypeExt;
        write(Path::new("/dev/null"), b"gone").unwrap();
        let kind = fs::metadata("/dev/null").unwrap().file_type();
        assert!(kind.is_char_device());
    }
}
