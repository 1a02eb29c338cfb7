//! The golden check: does this device compute what the exporter computed?

use burn::tensor::Device;
use genoderm_model::bundle::{BundleManifest, golden_photo};
use genoderm_protocol::{Failure, FailureKind, GoldenReport, Phase};

use crate::{
    failures,
    job::Job,
    load::Place,
    pool::{self, Done, Pool, Reply, Task},
    session::LoadedBundle,
};

/// Runs the bundle's test image through these networks and compares the logits.
///
/// # Errors
/// [`FailureKind::GoldenMismatch`] when a logit is off by more than the bundle's tolerance, or is not a number.
pub(crate) async fn check(
    bundle: &LoadedBundle,
    places: &[Place],
    device: &Device,
    job: &Job,
) -> Result<GoldenReport, Failure> {
    let manifest = &bundle.manifest;
    let golden = &manifest.golden;
    let photo = golden_photo(manifest).map_err(failures::bundle)?;
    let total = places.len() as u64;
    let mut report = nothing_checked(manifest);
    job.progress(Phase::Checking, 0, total, None);
    for place in places {
        let set = &bundle.sets[place.set];
        let network = bundle.network(*place)?;
        let input = manifest
            .preprocessing
            .tensor(&photo, device)
            .map_err(failures::photo)?;
        let logits = network.here()?.logits(input).await?;
        // A manifest without expected logits for a network does not pass its own check.
        let expected = golden.expected(&set.name, place.fold).unwrap_or_default();
        let difference = golden.compare(&logits, expected).map_err(|mismatch| {
            let detail = format!("{} fold {}: {mismatch}", set.name, network.fold);
            Failure::new(FailureKind::GoldenMismatch, detail)
        })?;
        report.worst = report.worst.max(difference);
        report.networks += 1;
        job.progress(Phase::Checking, report.networks as u64, total, None);
        // What has passed is not given up.
        if report.networks < places.len() {
            job.breathe().await?;
        }
    }
    Ok(report)
}

/// Has the members of the pool that hold these networks compare them, each on its own.
///
/// # Errors
/// Those of [`check`], and [`FailureKind::WorkerLost`].
pub(crate) async fn check_by_members(
    bundle: &LoadedBundle,
    places: &[Place],
    pool: &Pool,
    job: &Job,
) -> Result<GoldenReport, Failure> {
    let total = places.len() as u64;
    let mut report = nothing_checked(&bundle.manifest);
    job.progress(Phase::Checking, 0, total, None);
    let ask = |place: &Place| {
        let task = Task::Check { place: *place };
        let members = bundle.holders(*place, pool);
        members.map(|member| pool.ask(member, &task, &[])).collect()
    };
    let asked: Vec<Vec<Reply>> = places.iter().map(ask).collect();
    let mut failure = None;
    for replies in asked {
        match pool::all(replies).await {
            Ok(checked) => {
                for (done, _) in checked {
                    if let Done::Checked { worst } = done {
                        report.worst = report.worst.max(worst);
                    }
                }
                report.networks += 1;
                job.progress(Phase::Checking, report.networks as u64, total, None);
            }
            Err(new) => failure = failure.or(Some(new)),
        }
    }
    failure.map_or(Ok(report), Err)
}

/// The report before any network was checked.
pub(crate) fn nothing_checked(manifest: &BundleManifest) -> GoldenReport {
    GoldenReport {
        networks: 0,
        worst: 0.0,
        tolerance: manifest.golden.tolerance,
    }
}

/// Two reports on networks of the same bundle as one.
pub(crate) fn both(one: GoldenReport, other: GoldenReport) -> GoldenReport {
    GoldenReport {
        networks: one.networks + other.networks,
        worst: one.worst.max(other.worst),
        tolerance: one.tolerance,
    }
}
