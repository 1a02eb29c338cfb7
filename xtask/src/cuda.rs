//! The trainer with NVIDIA support. Its compiler crate brings LLVM as a download; where that is refused,
//! Debian's LLVM takes its place. No GPU and no CUDA installation is needed to build.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

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
/// [`Missing`] where neither LLVM can be had; else what the build said.
pub fn build_trainer(paths: &Paths) -> Result<()> {
    let bundle = bundle_folder(paths)?;
    let had_llvm = bundle.join(SENTINEL).exists();
    let first = step("trainer with CUDA", || build(paths));
    if first.is_ok() || had_llvm || bundle.join(SENTINEL).exists() {
        return first;
    }
    note("the crate's LLVM could not be fetched; trying Debian's");
    if !can_use_apt() {
        let remedy =
            "its download was refused; build with a network connection, or as root on Debian";
        return Err(Missing::new("LLVM for the CUDA backend", remedy).into());
    }
    step("Debian's LLVM", || use_debian_llvm(&bundle))?;
    step("trainer with CUDA", || build(paths))
}

fn build(paths: &Paths) -> Result<()> {
    process::run(
        Command::new("cargo")
            .args(["build", "--release", "-p", "genoderm-trainer"])
            .args(["--features", "cuda"])
            .current_dir(paths.repository())
            .env("CARGO_TARGET_DIR", paths.host()),
    )?;
    note(&format!("built {}", paths.genoderm().display()));
    Ok(())
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
