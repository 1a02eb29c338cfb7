//! The command line: one file a command, each with its arguments and what it does with them.
//! Arguments are checked first and turned into a plan of the library; answers go to the standard
//! output, errors to the error stream. Exit codes: 0 done, 2 wrong use or bad input, 1 our failure.

mod calibrate;
mod data;
mod evaluate;
mod explain;
mod export;
mod predict;
mod shared;
mod study;
mod synth;
mod train;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::device::{self, DeviceChoice};
use crate::error::Result;

/// Trains, evaluates and exports networks that recognise genetic conditions in photographs of skin.
///
/// Research and education only: not a medical device.
#[derive(Debug, Parser)]
#[command(name = "genoderm", version, propagate_version = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Synth(synth::Arguments),
    Data(data::Arguments),
    Train(Box<train::Arguments>),
    Evaluate(evaluate::Arguments),
    Calibrate(calibrate::Arguments),
    Export(export::Arguments),
    Predict(predict::Arguments),
    Explain(explain::Arguments),
    Study(Box<study::Arguments>),
    /// Tries a device out; run by the program itself before it uses one.
    #[command(name = device::PROBE_COMMAND, hide = true)]
    ProbeDevice {
        /// The device.
        device: DeviceChoice,
        /// Which of its kind, from 0.
        #[arg(default_value_t = 0)]
        index: usize,
    },
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    // clap prints its own messages and ends with 2 for wrong use, 0 for help.
    let line = CommandLine::parse();
    match run(line.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "genoderm: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Synth(arguments) => arguments.run(),
        Command::Data(arguments) => arguments.run(),
        Command::Train(arguments) => arguments.run(),
        Command::Evaluate(arguments) => arguments.run(),
        Command::Calibrate(arguments) => arguments.run(),
        Command::Export(arguments) => arguments.run(),
        Command::Predict(arguments) => arguments.run(),
        Command::Explain(arguments) => arguments.run(),
        Command::Study(arguments) => arguments.run(),
        Command::ProbeDevice { device, index } => Ok(device::probe(device, index)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
