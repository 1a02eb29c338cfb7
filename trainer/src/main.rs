//! The command line `genoderm`; see [`genoderm_trainer::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    genoderm_trainer::cli::main()
}
