//! `Load`: from a bundle's files to networks that answer as they did where they were exported.

use std::ops::Range;

use burn::tensor::Device;
use genoderm_model::bundle::{self, BundleManifest};
use genoderm_protocol::{
    Backend, BundleInfo, EngineInfo, Failure, FailureKind, GoldenReport, Phase, envelope,
};
use serde::{Deserialize, Serialize};

use crate::{
    describe, device, failures, golden,
    job::Job,
    network::{LoadedNetwork, Network, Seat},
    pool::{Pool, Task, holders},
    session::{LoadedBundle, NetworkSet, Session},
    source::{Access, Source, Tally},
};

impl Session {
    /// Starts the device, fetches the bundle, builds its networks and checks their answers. With `first`, of that set's
    /// first network only; [`Session::join`] brings the others.
    ///
    /// Each fold is built as soon as its shards are there, so that no more than one fold's file is in memory at a time.
    /// On the processor the work is shared among `workers`; a graphics card is one.
    ///
    /// # Errors
    /// Failures of the device, the download, the bundle or the golden check; the session then holds no bundle.
    pub(crate) async fn load(
        &mut self,
        source: Source,
        first: Option<&str>,
        workers: usize,
        job: &Job,
    ) -> Result<(EngineInfo, BundleInfo), Failure> {
        self.bundle = None;
        self.forget();
        job.progress(Phase::StartingDevice, 0, 1, None);
        let device = device::open(self.backend).await?;
        self.device = Some(device.clone());
        let workers = if self.backend == Backend::Cpu {
            workers
        } else {
            1
        };
        // They start while files are on their way.
        self.pool.start(workers);
        job.breathe().await?;

        let manifest = source.manifest(job).await?;
        let mut bundle = LoadedBundle::empty(manifest, source);
        let wanted = bundle.wanted(first);
        let mut tally = Tally {
            done: 0,
            total: bundle.bytes_of(&wanted),
        };
        for (number, place) in wanted.iter().enumerate() {
            let shards = bundle
                .download(*place, Access::Network, &mut tally, job)
                .await?;
            if number == 0 {
                self.pool.settle().await;
                job.on_cancel(self.pool.canceller());
                bundle.open_members(&self.pool).await?;
            }
            bundle
                .seat(*place, &shards, &device.device, &self.pool)
                .await?;
            job.breathe().await?;
        }
        bundle.golden = bundle
            .check(&wanted, &device.device, &self.pool, job)
            .await?;
        let engine = EngineInfo {
            backend: self.backend,
            device: device.name,
            workers: self.pool.len().max(1),
            version: env!("CARGO_PKG_VERSION").into(),
            golden: bundle.golden,
            load_ms: job.ms(),
        };
        let info = describe::bundle(&bundle);
        self.bundle = Some(bundle);
        Ok((engine, info))
    }
}

/// Where a network stands in the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The place of its set.
    pub set: usize,
    /// Its place among the folds of the set.
    pub fold: usize,
}

impl LoadedBundle {
    /// A bundle of which nothing is loaded but its description.
    fn empty(manifest: BundleManifest, source: Source) -> Self {
        let sets = manifest.sets.iter().map(|set| NetworkSet {
            name: set.name.clone(),
            networks: Vec::with_capacity(set.folds.len()),
            total: set.folds.len(),
            temperature: manifest.temperature_of(set),
            safeguards: None,
        });
        Self {
            sets: sets.collect(),
            golden: golden::nothing_checked(&manifest),
            manifest,
            source,
        }
    }

    /// That of a member of the pool, who gets its networks by and by.
    pub(crate) fn of_member(manifest: BundleManifest) -> Self {
        Self::empty(manifest, Source::Page)
    }

    /// Has all members start for this bundle.
    async fn open_members(&self, pool: &Pool) -> Result<(), Failure> {
        if pool.is_empty() {
            return Ok(());
        }
        let manifest = serde_json::to_vec(&self.manifest)
            .map_err(|error| Failure::new(FailureKind::Internal, error))?;
        let buffers = || vec![envelope::buffer_of(&manifest)];
        pool.ask_all(0..pool.len(), &Task::Open, buffers)
            .await
            .map(drop)
    }

    /// The members of the pool that hold, or will hold, a network.
    pub(crate) fn holders(&self, place: Place, pool: &Pool) -> Range<usize> {
        holders(place.fold, self.sets[place.set].total, pool.len())
    }

    /// Runs the golden check of networks where they are.
    pub(crate) async fn check(
        &self,
        places: &[Place],
        device: &Device,
        pool: &Pool,
        job: &Job,
    ) -> Result<GoldenReport, Failure> {
        if pool.is_empty() {
            golden::check(self, places, device, job).await
        } else {
            golden::check_by_members(self, places, pool, job).await
        }
    }

    /// A network from its shards, which were checked when they came, and the number of its fold.
    pub(crate) fn build<B: AsRef<[u8]>>(
        &self,
        place: Place,
        shards: &[B],
        device: &Device,
    ) -> Result<(usize, Network), Failure> {
        let sets = self.manifest.sets.get(place.set);
        let fold = sets.and_then(|set| set.folds.get(place.fold));
        let fold =
            fold.ok_or_else(|| Failure::new(FailureKind::Internal, format!("no {place:?}")))?;
        let weights =
            bundle::weights_of_verified(&self.manifest, fold, shards).map_err(failures::bundle)?;
        let network = Network::build(&self.manifest, weights, device)?;
        Ok((fold.fold as usize, network))
    }

    /// The networks that a load has to bring: one of the set named, or all.
    fn wanted(&self, first: Option<&str>) -> Vec<Place> {
        if let Some(name) = first {
            let named = self.sets.iter().position(|set| set.name == name);
            let set = named.unwrap_or(0);
            return vec![Place { set, fold: 0 }];
        }
        let sets = self.sets.iter().enumerate();
        sets.flat_map(|(set, folds)| (0..folds.total).map(move |fold| Place { set, fold }))
            .collect()
    }

    /// Bytes of such networks. What a set's guard compares with comes with its first network.
    fn bytes_of(&self, places: &[Place]) -> u64 {
        let sets = &self.manifest.sets;
        let bytes_of = |place: &Place| {
            let set = &sets[place.set];
            let fold = set.folds[place.fold].shards.iter();
            let guard = set.guard_shard().filter(|_| place.fold == 0);
            fold.chain(guard).map(|shard| shard.bytes).sum::<u64>()
        };
        places.iter().map(bytes_of).sum()
    }

    /// Bytes of all networks that are loaded.
    pub fn loaded_bytes(&self) -> u64 {
        let sets = self.sets.iter().enumerate();
        let places = sets.flat_map(|(set, loaded)| {
            (0..loaded.networks.len()).map(move |fold| Place { set, fold })
        });
        self.bytes_of(&places.collect::<Vec<_>>())
    }

    /// Fetches the shards of the next network of a set, and what the set's guard compares with.
    pub(crate) async fn download(
        &mut self,
        place: Place,
        access: Access,
        tally: &mut Tally,
        job: &Job,
    ) -> Result<Vec<Vec<u8>>, Failure> {
        let described = &self.manifest.sets[place.set];
        if self.sets[place.set].safeguards.is_none() {
            let guard = match described.guard_shard() {
                Some(shard) => Some(self.source.shard(shard, access, tally, job).await?),
                None => None,
            };
            let safeguards = bundle::safeguards_of_set(&self.manifest, described, guard.as_deref())
                .map_err(failures::bundle)?;
            self.sets[place.set].safeguards = Some(safeguards);
        }
        let fold = &described.folds[place.fold];
        let mut shards = Vec::with_capacity(fold.shards.len());
        for shard in &fold.shards {
            shards.push(self.source.shard(shard, access, tally, job).await?);
        }
        Ok(shards)
    }

    /// Builds the network of these shards where it belongs. It is not checked yet. Cancelling would throw away what was
    /// downloaded, and gain less than a second.
    pub(crate) async fn seat(
        &mut self,
        place: Place,
        shards: &[Vec<u8>],
        device: &Device,
        pool: &Pool,
    ) -> Result<(), Failure> {
        let fold = self.manifest.sets[place.set].folds[place.fold].fold as usize;
        let seat = if pool.is_empty() {
            let (_, network) = self.build(place, shards, device)?;
            Seat::Here(Box::new(network))
        } else {
            let members = self.holders(place, pool);
            let buffers = || {
                shards
                    .iter()
                    .map(|shard| envelope::buffer_of(shard))
                    .collect()
            };
            pool.ask_all(members.clone(), &Task::Build { place }, buffers)
                .await?;
            Seat::Members(members)
        };
        let networks = &mut self.sets[place.set].networks;
        networks.push(LoadedNetwork { fold, seat });
        Ok(())
    }
}
