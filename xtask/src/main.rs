//! Set-up, serving, tests and benchmarks of Genoderm: `cargo xtask serve`, `dist`, `test`, `bench`, `cuda`.

mod bench;
mod cli;
mod cluster;
mod cuda;
mod files;
mod page;
mod paths;
mod process;
mod server;
mod stages;
mod steps;
mod toolchain;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            // 2: something outside this repository is missing or was asked for wrongly; 1: a failure of ours.
            let outside = error.downcast_ref::<toolchain::Missing>().is_some();
            ExitCode::from(if outside { 2 } else { 1 })
        }
    }
}
