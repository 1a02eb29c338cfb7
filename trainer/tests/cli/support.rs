//! Running the program and looking at what it said.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A command of the program that was built for this test.
pub fn genoderm(arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("genoderm"));
    command.args(arguments);
    command
}

/// Runs a command that must succeed and returns its standard output.
pub fn succeed(arguments: &[&str]) -> String {
    let output = genoderm(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "genoderm {}\n{}",
        arguments.join(" "),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Runs a command that must be refused with exit code 2 and returns what it said.
pub fn refuse(arguments: &[&str]) -> String {
    let output: Output = genoderm(arguments).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(2),
        "genoderm {}\n{said}",
        arguments.join(" ")
    );
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// Runs a command that must be refused with one line, which is returned.
pub fn refuse_in_one_line(arguments: &[&str]) -> String {
    let said = refuse(arguments);
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn json(file: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// A path as an argument.
pub fn argument(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A few synthetic photographs, drawn once for all tests of this process.
pub fn photos() -> &'static Path {
    static PHOTOS: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, folder) = PHOTOS.get_or_init(|| {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("photos");
        let out = argument(&folder);
        succeed(&[
            "synth",
            "--out",
            out,
            "--seed",
            "3",
            "--per-label",
            "8",
            "--size",
            "64",
        ]);
        (root, folder)
    });
    folder
}
