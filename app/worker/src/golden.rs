//! The golden check: does this device compute what the exporter computed?

use burn::tensor::Device;
use genoderm_model::bundle::golden_photo;
use genoderm_protocol::{Failure, FailureKind, GoldenReport, Phase};

use crate::{failures, job::Job, session::LoadedBundle};

/// Runs the bundle's test image through every network and compares the logits.
///
/// # Errors
/// [`FailureKind::GoldenMismatch`] when a logit is off by more than the bundle's tolerance, or is not a number.
pub(crate) async fn check(
    bundle: &LoadedBundle,
    device: &Device,
    job: &Job,
) -> Result<GoldenReport, Failure> {
    let manifest = &bundle.manifest;
    let golden = &manifest.golden;
    let photo = golden_photo(manifest).map_err(failures::bundle)?;
    let total: usize = bundle.sets.iter().map(|set| set.networks.len()).sum();
    let mut report = GoldenReport {
        networks: 0,
        worst: 0.0,
        tolerance: golden.tolerance,
    };
    job.progress(Phase::Checking, 0, total as u64, None);
    for set in &bundle.sets {
        for (place, network) in set.networks.iter().enumerate() {
            let input = manifest
                .preprocessing
                .tensor(&photo, device)
                .map_err(failures::photo)?;
            let logits = network.logits(input).await?;
            // A manifest without expected logits for a network does not pass its own check.
            let expected = golden.expected(&set.name, place).unwrap_or_default();
            let difference = golden.compare(&logits, expected).map_err(|mismatch| {
                let detail = format!("{} fold {}: {mismatch}", set.name, network.fold);
                Failure::new(FailureKind::GoldenMismatch, detail)
            })?;
            report.worst = report.worst.max(difference);
            report.networks += 1;
            job.progress(Phase::Checking, report.networks as u64, total as u64, None);
            job.breathe().await?;
        }
    }
    Ok(report)
}
