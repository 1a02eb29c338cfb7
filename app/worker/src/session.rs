//! What the engine holds between requests, and the way of a request through it.

use genoderm_model::{bundle::BundleManifest, calibration::Safeguards};
use genoderm_protocol::{Backend, Event, Failure, FailureKind, GoldenReport, Request};
use js_sys::ArrayBuffer;

use crate::{
    device::OpenDevice,
    job::Job,
    load::Place,
    network::LoadedNetwork,
    pool::{self, Pool, Starter, Task},
    prepared::PreparedPhotos,
    source::{Access, Source},
    upright,
};

/// The engine's state.
pub struct Session {
    pub(crate) backend: Backend,
    pub(crate) device: Option<OpenDevice>,
    pub(crate) bundle: Option<LoadedBundle>,
    /// The last photograph, as the networks see it; the full one is gone as soon as that was made.
    pub(crate) photo: Option<PreparedPhotos>,
    /// Other workers that compute for this one.
    pub(crate) pool: Pool,
}

/// A bundle with those of its networks that are on the device, and were checked there.
pub(crate) struct LoadedBundle {
    pub manifest: BundleManifest,
    /// Where the others come from.
    pub source: Source,
    /// How the check of those that are there came out.
    pub golden: GoldenReport,
    /// In the manifest's order.
    pub sets: Vec<NetworkSet>,
}

/// The networks of one set.
pub(crate) struct NetworkSet {
    pub name: String,
    /// Those that are loaded: the first ones, in the manifest's order. In a member of a pool, those that it was given.
    pub networks: Vec<LoadedNetwork>,
    /// How many the manifest has.
    pub total: usize,
    /// Logits are divided by this before the softmax.
    pub temperature: f32,
    /// Prediction sets and guard, as far as the set is calibrated; there with its first network.
    pub safeguards: Option<Safeguards>,
}

impl NetworkSet {
    /// Whether all of its networks are loaded.
    pub fn is_whole(&self) -> bool {
        self.networks.len() == self.total
    }
}

impl Session {
    /// An engine that has loaded nothing yet.
    #[must_use]
    pub fn new(backend: Backend) -> Self {
        Self::with_pool(backend, pool::of_workers())
    }

    /// The same, with another way to start the members of its pool.
    #[must_use]
    pub fn with_pool(backend: Backend, starter: Starter) -> Self {
        Self {
            backend,
            device: None,
            bundle: None,
            photo: None,
            pool: Pool::new(starter),
        }
    }

    /// Works off one request and sends its final event.
    pub(crate) async fn handle(&mut self, request: Request, buffers: Vec<ArrayBuffer>, job: &Job) {
        let id = job.id();
        job.on_cancel(self.pool.canceller());
        let outcome = match request {
            Request::Load {
                bundle_url,
                version,
                first,
                workers,
                ..
            } => match Source::address(&bundle_url, version) {
                Ok(source) => {
                    let first = first.as_deref();
                    self.load_and_tell(source, first, workers, job).await
                }
                Err(failure) => Err(failure),
            },
            Request::LoadHanded { workers, .. } => {
                self.load_and_tell(Source::Page, None, workers, job).await
            }
            Request::Join { set, kept_only, .. } => {
                let access = if kept_only {
                    Access::KeptOnly
                } else {
                    Access::Network
                };
                self.join(set.as_deref(), access, job)
                    .await
                    .map(|(bundle, golden)| {
                        let bundle = Box::new(bundle);
                        (Event::Joined { id, bundle, golden }, vec![])
                    })
            }
            Request::Upright { .. } => upright::png_of(buffers, job)
                .await
                .map(|(photo, png)| (Event::Upright { id, photo }, vec![png])),
            Request::Classify { set, region, .. } => self
                .classify(buffers, set.as_deref(), region, job)
                .await
                .map(|classification| (Event::Classified { id, classification }, vec![])),
            Request::Explain { settings, .. } => self
                .explain(settings, job)
                .await
                .map(|(explanation, pixels)| (Event::Explained { id, explanation }, pixels)),
            Request::Trace {
                settings, points, ..
            } => self
                .trace(settings, points, job)
                .await
                .map(|(trace, frames)| {
                    let trace = Box::new(trace);
                    (Event::Traced { id, trace }, frames)
                }),
            Request::Forget => {
                self.forget();
                return;
            }
            // The queue acts on these by itself.
            Request::Cancel { .. } | Request::Hand { .. } => return,
        };
        match outcome {
            Ok((event, buffers)) => job.send(&event, &buffers),
            Err(failure) => job.send(&Event::Failed { id, failure }, &[]),
        }
    }

    async fn load_and_tell(
        &mut self,
        source: Source,
        first: Option<&str>,
        workers: usize,
        job: &Job,
    ) -> Result<(Event, Vec<ArrayBuffer>), Failure> {
        let (engine, bundle) = self.load(source, first, workers, job).await?;
        let event = Event::Loaded {
            id: job.id(),
            engine,
            bundle: Box::new(bundle),
        };
        Ok((event, Vec::new()))
    }

    /// Drops the photograph and gives back the memory that its explanation took on the device.
    pub(crate) fn forget(&mut self) {
        self.photo = None;
        self.clean_device();
    }

    /// Gives memory that was kept for reuse back to the browser.
    pub(crate) fn clean_device(&self) {
        if let Some(device) = &self.device {
            device.device.memory_cleanup();
        }
        for member in 0..self.pool.len() {
            // Nobody waits for it.
            drop(self.pool.ask(member, &Task::Clean, &[]));
        }
    }

    /// The bundle and the device, once loaded.
    pub(crate) fn loaded(&self) -> Result<(&LoadedBundle, &OpenDevice), Failure> {
        match (&self.bundle, &self.device) {
            (Some(bundle), Some(device)) => Ok((bundle, device)),
            _ => Err(Failure::new(FailureKind::NotLoaded, "")),
        }
    }
}

impl LoadedBundle {
    /// The network at a place of the manifest.
    pub fn network(&self, place: Place) -> Result<&LoadedNetwork, Failure> {
        let sets = self.manifest.sets.get(place.set);
        let fold = sets.and_then(|set| set.folds.get(place.fold));
        let number = fold.map(|fold| fold.fold as usize);
        let networks = self.sets.get(place.set).map(|set| &set.networks);
        let mut networks = networks.into_iter().flatten();
        networks
            .find(|network| Some(network.fold) == number)
            .ok_or_else(|| Failure::new(FailureKind::Internal, format!("no network at {place:?}")))
    }

    /// The places of a set's networks that are loaded.
    pub fn places(&self, set: &NetworkSet) -> impl Iterator<Item = Place> + use<> {
        let place = self.sets.iter().position(|known| known.name == set.name);
        let loaded = set.networks.len();
        place
            .into_iter()
            .flat_map(move |set| (0..loaded).map(move |fold| Place { set, fold }))
    }

    /// The set of this name.
    pub fn set(&self, name: &str) -> Result<&NetworkSet, Failure> {
        self.sets
            .iter()
            .find(|set| set.name == name)
            .ok_or_else(|| {
                Failure::new(
                    FailureKind::BadRequest,
                    format!("the bundle has no set {name:?}"),
                )
            })
    }
}
