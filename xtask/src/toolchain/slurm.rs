//! Slurm's daemons and commands for the test of the job scripts: the system's, else Debian's packages.

use super::{apt_install, can_use_apt};
use crate::paths::on_path;
use crate::process;
use crate::steps::note;

/// Programs that a cluster of one machine needs.
const PROGRAMS: [&str; 5] = ["munged", "slurmctld", "slurmd", "sbatch", "scontrol"];

const PACKAGES: [&str; 4] = ["munge", "slurmctld", "slurmd", "slurm-client"];

/// Finds Slurm, or installs it when root on a system with apt.
///
/// `Err` holds the reason in words when there is none: nobody needs a cluster to work on Genoderm.
pub fn prepare() -> Result<(), String> {
    if !is_root() {
        return Err("Slurm's daemons run as root".into());
    }
    if missing().is_none() {
        return Ok(());
    }
    if !can_use_apt() {
        return Err("Slurm is not installed".into());
    }
    note(&format!("installing the packages {}", PACKAGES.join(", ")));
    apt_install(&PACKAGES).map_err(|error| format!("Slurm cannot be installed: {error:#}"))?;
    match missing() {
        None => Ok(()),
        Some(program) => Err(format!("Slurm's packages brought no `{program}`")),
    }
}

fn missing() -> Option<&'static str> {
    PROGRAMS
        .into_iter()
        .find(|program| on_path(program).is_none())
}

fn is_root() -> bool {
    process::output(std::process::Command::new("id").arg("-u")).is_ok_and(|user| user.trim() == "0")
}
