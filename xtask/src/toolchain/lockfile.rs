//! Versions that Cargo.lock has settled: tools must match the crates that they work with.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The version of `package` in the Cargo.lock of `repository`; the first where there are several.
///
/// # Errors
/// When the file cannot be read or does not name the package.
pub fn locked_version(repository: &Path, package: &str) -> Result<String> {
    let lock = repository.join("Cargo.lock");
    let text =
        fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    find_version(&text, package).with_context(|| format!("{}: no {package} in it", lock.display()))
}

fn find_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    let version = lines.next()?.strip_prefix("version = \"")?;
    version.strip_suffix('"').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";

    #[test]
    fn takes_the_package_of_that_very_name() {
        assert_eq!(
            find_version(LOCK, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(find_version(LOCK, "wasm"), None);
    }
}
