//! A Firefox for the page's main path: the system's, else Debian's package.

use std::env;
use std::path::PathBuf;

use anyhow::Result;

use super::{Missing, apt_install, can_use_apt};
use crate::paths::on_path;
use crate::steps::note;

/// Finds Firefox, or installs it when root on a system with apt.
///
/// # Errors
/// [`Missing`] otherwise.
pub fn prepare() -> Result<PathBuf> {
    if let Some(found) = find() {
        note(&format!("{} is there", found.display()));
        return Ok(found);
    }
    if can_use_apt() {
        note("installing the package firefox-esr");
        apt_install(&["firefox-esr"])?;
        if let Some(found) = find() {
            return Ok(found);
        }
    }
    let remedy = "install it (Debian: `apt install firefox-esr`) or set GENODERM_FIREFOX";
    Err(Missing::new("Firefox", remedy).into())
}

fn find() -> Option<PathBuf> {
    let named = env::var_os("GENODERM_FIREFOX").map(PathBuf::from);
    named
        .filter(|path| path.is_file())
        .or_else(|| ["firefox-esr", "firefox"].into_iter().find_map(on_path))
}
