//! `Join`: one more network, beside those that answer already.

use genoderm_protocol::{BundleInfo, Failure, FailureKind, GoldenReport};

use crate::{
    describe, golden,
    job::Job,
    load::Place,
    session::{LoadedBundle, Session},
    source::{Access, Tally},
};

impl Session {
    /// Fetches, builds and checks the next network that is missing, those of `set` first. One that is not what was
    /// published, or computes other numbers, is not used; the others stay.
    ///
    /// # Errors
    /// Failures of the download, the bundle or the golden check, and [`FailureKind::NotKept`].
    pub(crate) async fn join(
        &mut self,
        set: Option<&str>,
        access: Access,
        job: &Job,
    ) -> Result<(BundleInfo, GoldenReport), Failure> {
        let (Some(bundle), Some(device), pool) = (&mut self.bundle, &self.device, &self.pool)
        else {
            return Err(Failure::new(FailureKind::NotLoaded, ""));
        };
        if let Some(place) = bundle.next_missing(set) {
            let mut tally = Tally {
                done: bundle.loaded_bytes(),
                total: bundle.manifest.total_bytes(),
            };
            let shards = bundle.download(place, access, &mut tally, job).await?;
            bundle.seat(place, &shards, &device.device, pool).await?;
            match bundle.check(&[place], &device.device, pool, job).await {
                Ok(report) => bundle.golden = golden::both(bundle.golden, report),
                Err(failure) => {
                    bundle.sets[place.set].networks.pop();
                    return Err(failure);
                }
            }
        }
        Ok((describe::bundle(bundle), bundle.golden))
    }
}

impl LoadedBundle {
    /// The next network that is not loaded: of the set named, else of the first set that lacks one.
    fn next_missing(&self, set: Option<&str>) -> Option<Place> {
        let lacking = |place: &usize| !self.sets[*place].is_whole();
        let named = set.and_then(|name| self.sets.iter().position(|set| set.name == name));
        let set = named
            .filter(lacking)
            .or_else(|| (0..self.sets.len()).find(lacking))?;
        let fold = self.sets[set].networks.len();
        Some(Place { set, fold })
    }
}
