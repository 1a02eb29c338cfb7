//! A compiler with a wasm32 standard library made of Debian's packages, for networks where rustup's server cannot be
//! reached but a Debian mirror can.
//!
//! Debian ships a compiler newer than its stable one for its browsers (`rustc-web`), its sources, but no wasm32 library
//! for it. The packages are unpacked, not installed, since they exclude rustup; the library is built from the
//! sources and the whole becomes a rustup toolchain. Compiler and sources must be of one version, which is why
//! rustup's own compiler cannot be used for the page then. About one minute and 1 GB.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt_install;
use super::wasm_target::{WASM_TARGET, has_std};
use crate::files::{entries, symlink};
use crate::paths::Paths;
use crate::process;
use crate::steps::note;

/// The rustup toolchain that this file makes.
const TOOLCHAIN: &str = "genoderm-debian";

/// What the compiler's LLVM needs at run time and a small system may lack.
const RUNTIME_LIBRARIES: [&str; 3] = ["libedit2", "libxml2", "libz3-4"];

/// The name of a rustup toolchain whose compiler has a wasm32 standard library; built at the first call.
///
/// # Errors
/// What the package manager or the compiler said.
pub fn prepare(paths: &Paths) -> Result<String> {
    let root = paths.tools().join("rust-debian");
    let usr = root.join("usr");
    if usr.is_dir() && link_toolchain(&usr).is_ok() && has_std("rustc", Some(TOOLCHAIN)) {
        note("Debian's compiler is there");
        return Ok(TOOLCHAIN.to_owned());
    }
    note("building one from Debian's packages (about a minute, once)");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    fs::create_dir_all(&root)?;
    unpack(&root)?;
    link_libraries(&usr)?;
    link_rustup_programs(&usr)?;
    link_toolchain(&usr)?;
    build_std(&usr, &root.join("build"))?;
    if !has_std("rustc", Some(TOOLCHAIN)) {
        bail!("the {WASM_TARGET} library was built but the compiler does not find it");
    }
    Ok(TOOLCHAIN.to_owned())
}

/// Downloads the packages and unpacks them below `root`.
fn unpack(root: &Path) -> Result<()> {
    apt_install(&RUNTIME_LIBRARIES)?;
    let std = dependency("libstd-rust-web-dev", "libstd-rust-web-")?;
    let llvm = dependency(&std, "libllvm")?;
    let folder = root.join("packages");
    fs::create_dir_all(&folder)?;
    process::output(
        Command::new("apt-get")
            .args(["download", "-qq", "-o", "APT::Sandbox::User=root"])
            .args([
                "rustc-web",
                "libstd-rust-web-dev",
                "rust-web-src",
                "rust-web-clippy",
            ])
            .args([&std, &llvm])
            .current_dir(&folder),
    )?;
    for package in entries(&folder)? {
        process::output(
            Command::new("dpkg-deb")
                .arg("-x")
                .args([&package, &root.to_path_buf()]),
        )?;
    }
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The package that `package` depends on and whose name starts with `prefix`.
fn dependency(package: &str, prefix: &str) -> Result<String> {
    let text = process::output(Command::new("apt-cache").args(["depends", package]))?;
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .find(|name| name.starts_with(prefix))
        .map(str::to_owned)
        .with_context(|| format!("Debian's {package} depends on no {prefix}..."))
}

/// Puts the compiler's libraries where its programs look: `../lib` beside their folder.
fn link_libraries(usr: &Path) -> Result<()> {
    let lib = usr.join("lib");
    let mut linked = 0;
    for folder in entries(&lib)? {
        let is_multiarch = folder
            .file_name()
            .is_some_and(|name| name.to_string_lossy().ends_with("-linux-gnu"));
        if !is_multiarch {
            continue;
        }
        for file in entries(&folder)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let wanted = ["librustc_driver-", "libstd-", "libLLVM"];
            if wanted.iter().any(|start| name.starts_with(start)) {
                symlink(&file, &lib.join(&*name))?;
                linked += 1;
            }
        }
    }
    if linked == 0 {
        bail!(
            "Debian's packages hold no librustc_driver under {}",
            lib.display()
        );
    }
    Ok(())
}

/// Takes rustup's `cargo` and `rust-lld`, which the unpacked packages lack.
fn link_rustup_programs(usr: &Path) -> Result<()> {
    let cargo = process::output(Command::new("rustup").args(["which", "cargo"]))?;
    symlink(Path::new(cargo.trim()), &usr.join("bin/cargo"))?;
    let own = process::output(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let own_lld = Path::new(own.trim())
        .parent()
        .context("the compiler's library folder has no parent")?
        .join("bin/rust-lld");
    let host = own_lld
        .ancestors()
        .nth(2)
        .and_then(Path::file_name)
        .context("the compiler's library folder names no host")?;
    let bin = usr.join("lib/rustlib").join(host).join("bin");
    fs::create_dir_all(&bin)?;
    symlink(&own_lld, &bin.join("rust-lld"))
}

/// Tells rustup of the toolchain; harmless when it knows already.
fn link_toolchain(usr: &Path) -> Result<()> {
    process::output(
        Command::new("rustup")
            .args(["toolchain", "link", TOOLCHAIN])
            .arg(usr),
    )?;
    Ok(())
}

/// Builds the standard library for wasm32 from Debian's sources and puts it into the toolchain.
fn build_std(usr: &Path, build: &Path) -> Result<()> {
    let library = sources(usr)?;
    process::output(
        Command::new("cargo")
            .args(["build", "--release", "--locked", "--target", WASM_TARGET])
            .args(["--manifest-path", "sysroot/Cargo.toml"])
            .current_dir(&library)
            .env("CARGO_TARGET_DIR", build)
            .env("RUSTUP_TOOLCHAIN", TOOLCHAIN)
            .env_remove("CARGO")
            .env_remove("RUSTC")
            // The sources use unstable features, and the result must pass for the official library.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("__CARGO_DEFAULT_LIB_METADATA", "stablestd")
            .env(
                "RUSTFLAGS",
                "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes",
            ),
    )?;
    let target = usr.join("lib/rustlib").join(WASM_TARGET).join("lib");
    fs::create_dir_all(&target)?;
    for file in entries(&build.join(WASM_TARGET).join("release/deps"))? {
        if file
            .extension()
            .is_some_and(|extension| extension == "rlib")
        {
            fs::copy(&file, target.join(file.file_name().unwrap_or_default()))?;
        }
    }
    fs::remove_dir_all(build)?;
    Ok(())
}

/// The folder `library` of the unpacked compiler sources.
fn sources(usr: &Path) -> Result<PathBuf> {
    for folder in entries(&usr.join("src"))? {
        let library = folder.join("library");
        if library.join("sysroot/Cargo.toml").is_file() {
            return Ok(library);
        }
    }
    bail!("Debian's rust-web-src holds no library/sysroot")
}
