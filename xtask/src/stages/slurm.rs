//! The job scripts of scripts/slurm on a real Slurm: an array of five folds, one of them thrown back into the queue
//! while it trains, and the export that waits for all.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::{Setup, Tally, native};
use crate::cluster::{Cluster, wait_until};
use crate::files::entries;
use crate::process;
use crate::steps::{note, step};
use crate::toolchain::slurm;

/// How long all jobs together may take: they take about half a minute on two processors.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs the scripts, unless there is no Slurm: that is said, and counts as nothing.
pub fn test(setup: &Setup) -> Result<Tally> {
    if let Err(reason) = slurm::prepare() {
        note(&format!("skipped: {reason}"));
        return Ok(Tally::default());
    }
    step("genoderm", || native::build_genoderm(setup))?;
    let work = Work::new()?;
    let cluster = Cluster::start(&work.folder("cluster")?)?;
    let outcome = work.run_scripts(&cluster, setup);
    if outcome.is_err() {
        for log in entries(&work.0)?.iter().filter(|file| is_log(file)) {
            note(&fs::read_to_string(log).unwrap_or_default());
        }
        note(&cluster.log());
    }
    outcome
}

/// A folder for everything, removed when it is dropped. Others can pass through it, which munged asks for, but not
/// look into it.
struct Work(PathBuf);

impl Work {
    fn new() -> Result<Self> {
        let folder = env::temp_dir().join(format!("genoderm-slurm-{}", std::process::id()));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o711);
        builder.create(&folder)?;
        Ok(Self(folder))
    }

    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.0.join(name);
        fs::create_dir(&folder)?;
        Ok(folder)
    }

    fn run_scripts(&self, cluster: &Cluster, setup: &Setup) -> Result<Tally> {
        let [photos, run, bundle] = ["photos", "run", "bundle"].map(|name| self.0.join(name));
        process::output(
            Command::new(setup.paths.genoderm())
                .args(["synth", "--per-label", "6", "--size", "48", "--out"])
                .arg(&photos),
        )?;
        let scripts = setup.paths.repository().join("scripts").join("slurm");
        let submit = |options: &[&str], script: &str, more: &[&str]| {
            let job = process::output(
                cluster
                    .command("sbatch")
                    .arg("--parsable")
                    .args(options)
                    .arg(scripts.join(script))
                    .args(more)
                    .current_dir(&self.0)
                    .env("DATA", &photos)
                    .env("RUN", &run)
                    .env("BUNDLE", &bundle)
                    .env("GENODERM", setup.paths.genoderm())
                    .env("DEVICE", "cpu"),
            )?;
            anyhow::Ok(job.trim().to_owned())
        };
        let plan = [
            "--preset", "demo", "--size", "32", "--batch", "8", "--epochs", "6",
        ];
        let array = submit(&[], "train_array.sbatch", &plan)?;
        let dependency = format!("--dependency=afterok:{array}");
        submit(&[&dependency], "export.sbatch", &["--name", "Cluster test"])?;

        // As a preemption does it: in the middle of a training, after its first epoch.
        let begun = wait_until(LIMIT, || {
            run.join("fold-2").join("checkpoint-0001").exists()
        });
        ensure!(begun, "no epoch was finished: {}", cluster.queue()?);
        process::output(
            cluster
                .command("scontrol")
                .args(["requeue", &format!("{array}_2")]),
        )?;
        // As Slurm does it before the time limit: to the task whose job id is that of the whole array.
        let begun = wait_until(LIMIT, || run.join("fold-4").join("metrics.csv").exists());
        ensure!(begun, "fold 4 was not begun: {}", cluster.queue()?);
        process::output(cluster.command("scancel").args([
            "--batch",
            "--signal=USR1",
            &format!("{array}_4"),
        ]))?;
        let mut left = String::new();
        let ended = wait_until(LIMIT, || {
            left = cluster.queue().unwrap_or_else(|error| error.to_string());
            left.is_empty() || left.contains("NeverSatisfied")
        });
        ensure!(
            ended && left.is_empty(),
            "jobs are left in the queue: {left}"
        );

        for fold in 0..5 {
            let log = self.0.join(format!("genoderm-train-{array}_{fold}.log"));
            let log = fs::read_to_string(log)?;
            ensure!(
                log.contains("start 2") == [2, 4].contains(&fold),
                "folds 2 and 4 are to be started again, and no other; fold {fold}: {log}"
            );
        }
        let manifest = fs::read(bundle.join("manifest.json"))?;
        let manifest: serde_json::Value = serde_json::from_slice(&manifest)?;
        let folds = manifest["sets"][0]["folds"].as_array();
        let folds: Vec<_> = folds
            .into_iter()
            .flatten()
            .map(|fold| &fold["fold"])
            .collect();
        ensure!(
            folds == [0, 1, 2, 3, 4],
            "the bundle has the folds {folds:?}"
        );
        ensure!(
            manifest["name"] == "Cluster test",
            "the export's options were lost"
        );
        Ok(Tally::of_one(true))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn is_log(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "log")
}
