//! Where a bundle's files come from: from the page's own server, from what the browser keeps of it, or from the page, which
//! was given them by the reader. All are checked against the manifest alike.

use genoderm_model::bundle::{BundleManifest, MANIFEST_FILE, ShardInfo};
use genoderm_protocol::{Event, Failure, FailureKind, Phase, envelope};
use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

use crate::{
    checksum,
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

/// Where a bundle's files come from.
#[derive(Clone)]
pub enum Source {
    /// Files beside the manifest of this address.
    Address {
        /// The absolute address of `manifest.json`.
        manifest_url: String,
        /// Appended to every address.
        version: Option<String>,
    },
    /// The page hands over each file that it is asked for.
    Page,
}

impl Source {
    /// Files beside `url`, which may be relative to this worker's script.
    ///
    /// # Errors
    /// [`FailureKind::BadRequest`] when it is no address.
    pub fn address(url: &str, version: Option<String>) -> Result<Self, Failure> {
        Ok(Self::Address {
            manifest_url: resolve(url)?,
            version,
        })
    }

    /// The manifest, read and validated.
    ///
    /// # Errors
    /// Failures of the way to it, and [`FailureKind::BadBundle`].
    pub async fn manifest(&self, job: &Job) -> Result<BundleManifest, Failure> {
        let limit = BundleManifest::MAX_BYTES as u64;
        let bytes = self
            .file(MANIFEST_FILE, limit, Caching::Usual, job, &mut |_| {})
            .await?;
        BundleManifest::parse(&bytes).map_err(failures::bundle)
    }

    /// Gets one shard and checks it. One that is wrong or failed to come from the server is fetched once more, past the
    /// cache. What the page holds is there without a request, whatever the access.
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
        let attempts = match self {
            Self::Address { .. } if access == Access::KeptOnly => {
                return kept_shard(shard, tally, job).await;
            }
            Self::Address { .. } => &[Caching::Usual, Caching::Renew][..],
            Self::Page => &[Caching::Usual][..],
        };
        let before = tally.done;
        let mut failure = None;
        for &caching in attempts {
            tally.done = before;
            let mut arrived = |bytes| tally.add(bytes, &shard.file, job);
            let got = self
                .file(&shard.file, shard.bytes, caching, job, &mut arrived)
                .await;
            let checked = match got {
                Ok(bytes) => checksum::verify(shard, &bytes)
                    .await
                    .map(|()| bytes)
                    .map_err(failures::bundle),
                Err(error) => Err(error),
            };
            match checked {
                Ok(bytes) => return Ok(bytes),
                Err(error) if error.kind == FailureKind::Cancelled => return Err(error),
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.unwrap_or_else(|| Failure::new(FailureKind::Download, &shard.file)))
    }

    /// The bytes of a file, at most `limit`.
    async fn file(
        &self,
        file: &str,
        limit: u64,
        caching: Caching,
        job: &Job,
        arrived: &mut dyn FnMut(u64),
    ) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Address {
                manifest_url,
                version,
            } => {
                let url = match file {
                    MANIFEST_FILE => manifest_url.clone(),
                    file => sibling(manifest_url, file)?,
                };
                let url = versioned(url, version.as_deref());
                download::fetch(&url, limit, caching, job, arrived).await
            }
            Self::Page => handed(file, limit, job, arrived).await,
        }
    }
}

/// A kept file that is not what it should be counts as none: the next fetch replaces it.
async fn kept_shard(shard: &ShardInfo, tally: &mut Tally, job: &Job) -> Result<Vec<u8>, Failure> {
    let found = kept::file(&resolve("./")?, &shard.sha256).await;
    job.check()?;
    let not_kept = || Failure::new(FailureKind::NotKept, &shard.file);
    let bytes = found.ok_or_else(not_kept)?;
    checksum::verify(shard, &bytes)
        .await
        .map_err(|_| not_kept())?;
    tally.add(bytes.len() as u64, &shard.file, job);
    Ok(bytes)
}

/// Asks the page for a file.
async fn handed(
    file: &str,
    limit: u64,
    job: &Job,
    arrived: &mut dyn FnMut(u64),
) -> Result<Vec<u8>, Failure> {
    job.check()?;
    let wanted = Event::Wanted {
        id: job.id(),
        file: file.to_owned(),
        limit,
    };
    let buffer = job.mailbox().wait(|| job.send(&wanted, &[])).await;
    job.check()?;
    let buffer = buffer.ok_or_else(|| Failure::new(FailureKind::Download, file))?;
    let length = u64::from(buffer.byte_length());
    if length > limit {
        let detail = format!("{file}: longer than the {limit} bytes that it may have");
        return Err(Failure::new(FailureKind::Checksum, detail));
    }
    arrived(length);
    Ok(envelope::bytes_of(&buffer))
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

fn versioned(url: String, version: Option<&str>) -> String {
    match version {
        Some(version) => {
            let version = String::from(js_sys::encode_uri_component(version));
            let mark = if url.contains('?') { '&' } else { '?' };
            format!("{url}{mark}v={version}")
        }
        None => url,
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
