//! `Load`: from a bundle's files to networks that answer as they did where they were exported.

use genoderm_model::bundle;
use genoderm_protocol::{BundleInfo, EngineInfo, Failure, Phase};

use crate::{
    describe, device, failures, golden,
    job::Job,
    network::Network,
    session::{LoadedBundle, NetworkSet, Session},
    source::{Source, Tally},
};

impl Session {
    /// Starts the device, fetches the bundle, builds its networks and checks their answers.
    ///
    /// Each fold is built as soon as its shards are there, so that no more than one fold's file is in memory at a time.
    ///
    /// # Errors
    /// Failures of the device, the download, the bundle or the golden check; the session then holds no bundle.
    pub(crate) async fn load(
        &mut self,
        source: &Source,
        job: &Job,
    ) -> Result<(EngineInfo, BundleInfo), Failure> {
        self.bundle = None;
        self.forget();
        job.progress(Phase::StartingDevice, 0, 1, None);
        let device = device::open(self.backend).await?;
        self.device = Some(device.clone());
        job.breathe().await?;

        let manifest = source.manifest(job).await?;
        let mut tally = Tally::new(manifest.total_bytes());
        let mut sets = Vec::with_capacity(manifest.sets.len());
        for set in &manifest.sets {
            let mut networks = Vec::with_capacity(set.folds.len());
            for fold in &set.folds {
                let shards = source.shards(fold, &mut tally, job).await?;
                let weights =
                    bundle::weights_of_fold(&manifest, fold, &shards).map_err(failures::bundle)?;
                drop(shards);
                networks.push(Network::build(
                    &manifest,
                    fold.fold as usize,
                    weights,
                    &device.device,
                )?);
                job.breathe().await?;
            }
            let guard = match set.guard_shard() {
                Some(shard) => Some(source.shard(shard, &mut tally, job).await?),
                None => None,
            };
            sets.push(NetworkSet {
                name: set.name.clone(),
                networks,
                temperature: manifest.temperature_of(set),
                safeguards: bundle::safeguards_of_set(&manifest, set, guard.as_deref())
                    .map_err(failures::bundle)?,
            });
        }

        let bundle = LoadedBundle { manifest, sets };
        let golden = golden::check(&bundle, &device.device, job).await?;
        let info = describe::bundle(&bundle.manifest);
        self.bundle = Some(bundle);
        let engine = EngineInfo {
            backend: self.backend,
            device: device.name,
            version: env!("CARGO_PKG_VERSION").into(),
            golden,
            load_ms: job.ms(),
        };
        Ok((engine, info))
    }
}
