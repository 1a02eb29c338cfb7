//! Where a bundle's files come from: the page's own server, or what the browser keeps of it.

use genoderm_model::bundle::{BundleManifest, ShardInfo};
use genoderm_protocol::{Failure, FailureKind, Phase};
use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

use crate::{
    download::{self, Caching},
    failures,
    job::Job,
    kept,
};

/// Whether requests may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Files are fetched; a service worker may answer with what it keeps.
    Network,
    /// No request is made at all: files that are not kept are not to be had.
    KeptOnly,
}

/// The address of a bundle.
#[derive(Clone)]
pub struct Source {
    manifest_url: String,
    version: Option<String>,
}

impl Source {
    /// The source of a manifest; relative addresses count from this worker's own.
    ///
    /// # Errors
    /// [`FailureKind::BadRequest`] when it is no address.
    pub fn new(manifest_url: &str, version: Option<&str>) -> Result<Self, Failure> {
        Ok(Self {
            manifest_url: resolve(manifest_url)?,
            version: version.map(str::to_owned),
        })
    }

    /// Fetches and checks the manifest.
    ///
    /// # Errors
    /// Failures of the download or of the manifest.
    pub async fn manifest(&self, job: &Job) -> Result<BundleManifest, Failure> {
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

    /// Gets one shard and checks it. One that is wrong or failed to come is fetched once more, past the cache.
    ///
    /// # Errors
    /// [`FailureKind::NotKept`], [`FailureKind::Download`], [`FailureKind::Checksum`] or [`FailureKind::Cancelled`].
    pub async fn shard(
        &self,
        shard: &ShardInfo,
        access: Access,
        tally: &mut Tally,
        job: &Job,
    ) -> Result<Vec<u8>, Failure> {
        if access == Access::KeptOnly {
            return self.kept_shard(shard, tally, job).await;
        }
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

    /// A kept file that is not what it should be counts as none: the next fetch replaces it.
    async fn kept_shard(
        &self,
        shard: &ShardInfo,
        tally: &mut Tally,
        job: &Job,
    ) -> Result<Vec<u8>, Failure> {
        let found = kept::file(&resolve("./")?, &shard.sha256).await;
        job.check()?;
        let bytes = found
            .filter(|bytes| shard.verify(bytes).is_ok())
            .ok_or_else(|| Failure::new(FailureKind::NotKept, &shard.file))?;
        tally.add(bytes.len() as u64, &shard.file, job);
        Ok(bytes)
    }

    fn versioned(&self, url: String) -> String {
        match &self.version {
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
pub struct Tally {
    /// So many.
    pub done: u64,
    /// Of so many.
    pub total: u64,
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
