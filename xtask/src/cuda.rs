//! The trainer with NVIDIA support. Its compiler crate brings LLVM as a download; where that is refused,
//! Debian's LLVM takes its place. No GPU and no CUDA installation is needed to build.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::files::symlink;
use crate::paths::Paths;
use crate::process;
use crate::steps::{note, step};
use crate::toolchain::lockfile::locked_version;
use crate::toolchain::{Missing, apt_install, can_use_apt};

/// Debian's LLVM. Nothing of it runs by default (kernels go through NVIDIA's own compiler), so it need not be
/// the version that the crate asks for; it must only link.
const DEBIAN_LLVM: &str = "22";

/// The file by which the crate recognises a finished installation.
const SENTINEL: &str = ".tracel-llvm-installed";

/// Builds `genoderm` with the feature `cuda`.
///
/// # Errors
/// [`Missing`] where LLVM can be had neither way; else what the build said.
pub fn build_trainer(paths: &Paths) -> Result<()> {
    if step("trainer with CUDA", || build(paths))? == Outcome::Built {
        return Ok(());
    }
    note("the crate's LLVM could not be fetched; taking Debian's");
    if !can_use_apt() {
        let remedy =
            "its download was refused; build with a network connection, or as root on Debian";
        return Err(Missing::new("LLVM for the CUDA backend", remedy).into());
    }
    step("Debian's LLVM", || use_debian_llvm(&bundle_folder(paths)?))?;
    match step("trainer with CUDA", || build(paths))? {
        Outcome::Built => Ok(()),
        Outcome::NoLlvm => bail!("the CUDA backend does not accept Debian's LLVM"),
    }
}

/// How a build ended that did not fail for reasons of its own.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Built,
    NoLlvm,
}

fn build(paths: &Paths) -> Result<Outcome> {
    let captured = process::run_captured(
        Command::new("cargo")
            .args(["build", "--release", "-p", "genoderm-trainer"])
            .args(["--features", "cuda"])
            .current_dir(paths.repository())
            .env("CARGO_TARGET_DIR", paths.host()),
    )?;
    if captured.success {
        note(&format!("built {}", paths.genoderm().display()));
        return Ok(Outcome::Built);
    }
    if is_refused_download(&captured.text) {
        return Ok(Outcome::NoLlvm);
    }
    bail!("the build failed, see above")
}

/// Whether the build stopped in the crate that downloads LLVM, and not anywhere else.
fn is_refused_download(text: &str) -> bool {
    text.lines().any(|line| {
        line.contains("failed to run custom build command for") && line.contains("tracel-llvm")
    })
}

/// Where the crate looks for its LLVM: the user's local data, by the crate's version.
fn bundle_folder(paths: &Paths) -> Result<PathBuf> {
    let version = locked_version(paths.repository(), "tracel-llvm-bundler")?;
    let data = env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))
        .context("neither XDG_DATA_HOME nor HOME is set")?;
    Ok(data.join("tracel").join(format!("tracel-llvm-{version}")))
}

/// Installs Debian's LLVM and lays it out as the crate's own would be.
fn use_debian_llvm(bundle: &Path) -> Result<()> {
    let llvm = format!("llvm-{DEBIAN_LLVM}-dev");
    apt_install(&[
        &llvm,
        "libz3-dev",
        "libzstd-dev",
        "libxml2-dev",
        "zlib1g-dev",
    ])?;
    let system = PathBuf::from(format!("/usr/lib/llvm-{DEBIAN_LLVM}"));
    if bundle.exists() {
        fs::remove_dir_all(bundle)?;
    }
    fs::create_dir_all(bundle.join("bin"))?;
    for folder in ["include", "lib", "share"] {
        symlink(&system.join(folder), &bundle.join(folder))?;
    }
    write_llvm_config(&system, &bundle.join("bin/llvm-config"))?;
    fs::write(bundle.join(SENTINEL), "")?;
    Ok(())
}

/// A stand-in for `llvm-config` that leaves out what Debian does not ship and names libz3 in the linker's way.
fn write_llvm_config(system: &Path, script: &Path) -> Result<()> {
    let text = format!(
        "#!/bin/sh\n\"{}/bin/llvm-config\" \"$@\" | sed -E 's/-lPolly[A-Za-z]*//g; s#[^ ]*/libz3\\.so#-lz3#g'\n",
        system.display()
    );
    fs::write(script, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(script, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_downloading_crate_calls_for_another_llvm() {
        let refused =
            "error: failed to run custom build command for `tracel-llvm-bundler v23.1.0-4`\n";
        assert!(is_refused_download(refused));
        assert!(!is_refused_download(
            "error: could not compile `burn-cuda`\n"
        ));
        assert!(!is_refused_download(
            "   Compiling tracel-llvm-bundler v23.1.0-4\n"
        ));
    }
}
