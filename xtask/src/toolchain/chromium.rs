//! A Chromium and its WebDriver for the tests: the system's, else Debian's packages.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Missing, apt_install, can_use_apt};
use crate::paths::on_path;
use crate::steps::note;

/// The browser and the program that drives it for the wasm tests.
#[derive(Debug)]
pub struct Chromium {
    /// The browser.
    pub browser: PathBuf,
    /// `chromedriver` of the same version.
    pub driver: PathBuf,
}

/// Finds Chromium, or installs it when root on a system with apt.
///
/// # Errors
/// [`Missing`] otherwise.
pub fn prepare() -> Result<Chromium> {
    if let Some(found) = find() {
        note(&format!("{} is there", found.browser.display()));
        return Ok(found);
    }
    if can_use_apt() {
        note("installing the packages chromium and chromium-driver");
        apt_install(&["chromium", "chromium-driver", "fonts-liberation"])?;
        if let Some(found) = find() {
            return Ok(found);
        }
    }
    Err(Missing::new(
        "Chromium with chromedriver",
        "install both (Debian: `apt install chromium chromium-driver`) or set GENODERM_CHROMIUM and CHROMEDRIVER",
    )
    .into())
}

fn find() -> Option<Chromium> {
    let from_variable = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_file())
    };
    let browser = from_variable("GENODERM_CHROMIUM").or_else(|| {
        [
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ]
        .into_iter()
        .find_map(on_path)
    })?;
    let driver = from_variable("CHROMEDRIVER")
        .or_else(|| on_path("chromedriver"))
        .or_else(|| {
            Some(Path::new("/usr/lib/chromium/chromedriver").to_path_buf())
                .filter(|path| path.is_file())
        })?;
    Some(Chromium { browser, driver })
}
