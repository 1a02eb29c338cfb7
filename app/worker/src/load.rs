//! `Load`: from an address to networks that answer as they did where they were exported.

use genoderm_model::bundle::{self, BundleManifest, FoldInfo, ShardInfo};
use genoderm_protocol::{BundleInfo, EngineInfo, Failure, FailureKind, Phase};
use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

use crate::{
    describe, device,
    download::{self, Caching},
    failures, golden,
    job::Job,
    network::Network,
    session::{LoadedBundle, NetworkSet, Session},
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
        url: &str,
        version: Option<&str>,
        job: &Job,
    ) -> Result<(EngineInfo, BundleInfo), Failure> {
        self.bundle = None;
        self.forget();
        job.progress(Phase::StartingDevice, 0, 1, None);
        let device = device::open(self.backend).await?;
        self.device = Some(device.clone());
        job.breathe().await?;

        let source = Source {
            manifest_url: resolve(url)?,
            version,
        };
        let manifest = source.manifest(job).await?;
        let mut tally = Tally {
            done: 0,
            total: manifest.total_bytes(),
        };
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

/// Where a bundle's files come from.
struct Source<'a> {
    manifest_url: String,
    version: Option<&'a str>,
}

impl Source<'_> {
    async fn manifest(&self, job: &Job) -> Result<BundleManifest, Failure> {
        let url = self.versioned(self.manifest_url.clone());
        let bytes = download::fetch(
            &url,
            BundleManifest::MAX_BYTES as u64,
            Caching::Usual,
            job,
            &mut |_| {},
        )
        .await?;
        BundleManifest::parse(&bytes).map_err(failures::bundle)
    }

    async fn shards(
        &self,
        fold: &FoldInfo,
        tally: &mut Tally,
        job: &Job,
    ) -> Result<Vec<Vec<u8>>, Failure> {
        let mut shards = Vec::with_capacity(fold.shards.len());
        for shard in &fold.shards {
            shards.push(self.shard(shard, tally, job).await?);
        }
        Ok(shards)
    }

    /// Fetches one shard and checks it. One that is wrong or failed to come is fetched once more, past the cache.
    async fn shard(
        &self,
        shard: &ShardInfo,
        tally: &mut Tally,
        job: &Job,
    ) -> Result<Vec<u8>, Failure> {
        let url = self.versioned(sibling(&self.manifest_url, &shard.file)?);
        let before = tally.done;
        let mut failure = None;
        for caching in [Caching::Usual, Caching::Renew] {
            tally.done = before;
            let mut arrived = |bytes| tally.add(bytes, &shard.file, job);
            let fetched = download::fetch(&url, shard.bytes, caching, job, &mut arrived).await;
            match fetched.and_then(|bytes| match shard.verify(&bytes) {
                Ok(()) => Ok(bytes),
                Err(error) => Err(failures::bundle(error)),
            }) {
                Ok(bytes) => return Ok(bytes),
                Err(error) if error.kind == FailureKind::Cancelled => return Err(error),
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.unwrap_or_else(|| Failure::new(FailureKind::Download, &shard.file)))
    }

    fn versioned(&self, url: String) -> String {
        match self.version {
            Some(version) => {
                let version = String::from(js_sys::encode_uri_component(version));
                let mark = if url.contains('?') { '&' } else { '?' };
                format!("{url}{mark}v={version}")
            }
            None => url,
        }
    }
}

/// The bytes that have arrived.
struct Tally {
    done: u64,
    total: u64,
}

impl Tally {
    fn add(&mut self, bytes: u64, file: &str, job: &Job) {
        self.done += bytes;
        job.progress(Phase::Downloading, self.done, self.total, Some(file));
    }
}

/// Makes an address absolute, against this worker's own.
fn resolve(url: &str) -> Result<String, Failure> {
    let here = js_sys::global()
        .unchecked_into::<WorkerGlobalScope>()
        .location()
        .href();
    join(url, &here)
}

/// The address of a file beside another.
fn sibling(url: &str, file: &str) -> Result<String, Failure> {
    join(&String::from(js_sys::encode_uri_component(file)), url)
}

/// `new URL(url, base).href`, found by name: the typed one would need one more feature of web-sys.
fn join(url: &str, base: &str) -> Result<String, Failure> {
    use js_sys::{Array, Function, Reflect};
    let joined = || {
        let class: Function = Reflect::get(&js_sys::global(), &"URL".into())?.dyn_into()?;
        let parsed = Reflect::construct(&class, &Array::of2(&url.into(), &base.into()))?;
        Reflect::get(&parsed, &"href".into())
    };
    joined()
        .ok()
        .and_then(|href| href.as_string())
        .ok_or_else(|| Failure::new(FailureKind::BadRequest, format!("not an address: {url}")))
}
