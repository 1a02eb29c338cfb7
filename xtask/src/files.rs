//! Small helpers for folders and links.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The paths of all entries of `folder`, sorted.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = list.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// All files below `folder`, sorted; folders named in `skipped`, and hidden ones, are left out.
pub fn all_files(folder: &Path, skipped: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && !skipped.contains(&&*name) {
                files.extend(all_files(&path, skipped)?);
            }
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// Makes `link` point to `target`, in place of whatever link or file was there.
#[cfg(unix)]
pub fn symlink(target: &Path, link: &Path) -> Result<()> {
    if link.symlink_metadata().is_ok() {
        fs::remove_file(link)?;
    }
    std::os::unix::fs::symlink(target, link)
        .with_context(|| format!("cannot link {} to {}", link.display(), target.display()))
}

/// Links serve Debian's packages only.
#[cfg(not(unix))]
pub fn symlink(_: &Path, link: &Path) -> Result<()> {
    anyhow::bail!("cannot link {} on this system", link.display())
}
