//! Running other programs: shown, captured, or both at once.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

/// What a program printed (standard output and error together) and whether it succeeded.
pub struct Captured {
    /// All lines, in the order in which they arrived on each stream.
    pub text: String,
    /// Exit code 0.
    pub success: bool,
}

/// Runs a program with its output shown.
///
/// # Errors
/// When it cannot be started or ends with a failure; the message names it.
pub fn run(command: &mut Command) -> Result<()> {
    let name = name_of(command);
    let status = command
        .status()
        .with_context(|| format!("could not start `{name}`"))?;
    if !status.success() {
        bail!("`{}` ended with {status}", line_of(command));
    }
    Ok(())
}

/// Runs a program silently and gives its standard output; on failure the error carries what it printed last.
pub fn output(command: &mut Command) -> Result<String> {
    let name = name_of(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start `{name}`"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let last = text.trim().lines().last().unwrap_or_default();
        bail!(
            "`{}` ended with {}: {last}",
            line_of(command),
            output.status
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program with its output shown, and keeps a copy of it.
pub fn run_captured(command: &mut Command) -> Result<Captured> {
    let name = name_of(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{name}`"))?;
    let outputs = [
        child.stdout.take().map(|stream| tee(stream, false)),
        child.stderr.take().map(|stream| tee(stream, true)),
    ];
    let mut text = String::new();
    for reader in outputs.into_iter().flatten() {
        // A reader that fell over has lost the copy of its stream only; the exit code still counts.
        text.push_str(&reader.join().unwrap_or_default());
    }
    let status = child.wait()?;
    Ok(Captured {
        text,
        success: status.success(),
    })
}

fn tee(stream: impl Read + Send + 'static, to_error: bool) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut copy = String::new();
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            // A closed terminal must not stop the tests, so failures to show a line are passed over.
            let _ = if to_error {
                std::io::stderr().write_all(&line)
            } else {
                std::io::stdout().write_all(&line)
            };
            copy.push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
        copy
    })
}

fn name_of(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// The command as one would type it.
fn line_of(command: &Command) -> String {
    let mut line = name_of(command);
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn captures_both_streams_and_the_exit_code() {
        let captured = run_captured(&mut shell("echo one; echo two >&2; exit 3")).unwrap();
        assert!(captured.text.contains("one\n") && captured.text.contains("two\n"));
        assert!(!captured.success);
    }

    #[test]
    fn a_failure_carries_the_last_line_printed() {
        let error = output(&mut shell("echo cause >&2; exit 1")).unwrap_err();
        assert!(error.to_string().ends_with(": cause"), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("no-such-program-of-genoderm")).unwrap_err();
        assert!(error.to_string().contains("no-such-program-of-genoderm"));
    }
}
