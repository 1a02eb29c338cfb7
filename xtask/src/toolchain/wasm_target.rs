//! The wasm32 standard library: rustup's where its server answers, else one built from Debian's packages.

use std::env;
use std::process::Command;

use anyhow::Result;

use super::{Missing, WasmCompiler, can_use_apt, wasm_std_debian};
use crate::paths::{Paths, on_path};
use crate::process;
use crate::steps::note;

/// The target triple of the page.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Set to `debian` to use Debian's compiler though rustup's server can be reached (to test that path).
const CHOICE_VARIABLE: &str = "GENODERM_WASM_STD";

/// Finds or installs a compiler with a wasm32 standard library.
///
/// # Errors
/// [`Missing`] where neither way is open.
pub fn prepare(paths: &Paths) -> Result<WasmCompiler> {
    let forced = env::var(CHOICE_VARIABLE).is_ok_and(|choice| choice == "debian");
    if !forced {
        if has_std("rustc", None) {
            note("the compiler has it");
            return Ok(WasmCompiler::Usual);
        }
        if on_path("rustup").is_some() {
            note("asking rustup for it");
            let added =
                process::output(Command::new("rustup").args(["target", "add", WASM_TARGET]));
            if added.is_ok() && has_std("rustc", None) {
                return Ok(WasmCompiler::Usual);
            }
            note("rustup could not fetch it");
        }
    }
    if on_path("rustup").is_some() && can_use_apt() {
        return wasm_std_debian::prepare(paths).map(WasmCompiler::Linked);
    }
    Err(Missing::new(
        format!("the {WASM_TARGET} standard library"),
        format!("run `rustup target add {WASM_TARGET}` with a network connection and start again"),
    )
    .into())
}

/// Whether `rustc` (of a rustup toolchain, if named) finds a core library for wasm32.
pub fn has_std(rustc: &str, toolchain: Option<&str>) -> bool {
    let mut command = Command::new(rustc);
    command.args(["--print", "target-libdir", "--target", WASM_TARGET]);
    if let Some(name) = toolchain {
        command.env("RUSTUP_TOOLCHAIN", name);
    }
    let Ok(folder) = process::output(&mut command) else {
        return false;
    };
    std::fs::read_dir(folder.trim()).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
    })
}
