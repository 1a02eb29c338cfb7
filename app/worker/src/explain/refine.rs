//! The map while it grows.

use genoderm_model::{
    attribution::{Attribution, Computation, HeatMap},
    preprocess::ContentBox,
};
use genoderm_protocol::{Event, Failure, Refinement, Sign};

use super::draw;
use crate::{failures, job::Job};

/// Milliseconds between two refinements: four a second look alive, and cost little beside the networks.
const INTERVAL_MS: f64 = 250.0;

/// Sends a job's refinements.
pub(super) struct Refiner<'a> {
    job: &'a Job,
    content: ContentBox,
    sign: Sign,
    /// Maps of the networks that are done.
    complete: Vec<HeatMap>,
    last_ms: f64,
}

impl<'a> Refiner<'a> {
    /// Nothing is sent in the first interval.
    pub fn new(job: &'a Job, content: ContentBox, sign: Sign) -> Self {
        Self {
            job,
            content,
            sign,
            complete: Vec::new(),
            last_ms: job.ms(),
        }
    }

    /// Sends the map as far as it has come, if the last one is old enough or this is all.
    ///
    /// # Errors
    /// Failures of the device, and values that are not finite.
    pub async fn offer(
        &mut self,
        computation: &Computation,
        done: u64,
        total: u64,
    ) -> Result<(), Failure> {
        if done < total && self.job.ms() - self.last_ms < INTERVAL_MS {
            return Ok(());
        }
        let partial = computation.partial().await;
        let Some(partial) = partial.map_err(failures::attribution)? else {
            return Ok(());
        };
        let heat = HeatMap::mean_of_maps(self.complete.iter().chain([&partial]))
            .and_then(|heat| heat.crop(self.content))
            .map_err(failures::attribution)?;
        let refinement = Refinement {
            width: heat.width() as u32,
            height: heat.height() as u32,
            scale: draw::scale(&heat),
            done,
            total,
        };
        let event = Event::Refined {
            id: self.job.id(),
            refinement,
        };
        self.job.send(&event, &draw::buffers(&heat, self.sign));
        // From the end of the work, so that a slow machine is not kept busy with drawing.
        self.last_ms = self.job.ms();
        Ok(())
    }

    /// Keeps the map of a network that is done.
    ///
    /// # Errors
    /// Values that are not finite.
    pub fn complete(&mut self, attribution: &Attribution) -> Result<(), Failure> {
        let map = HeatMap::from_attribution(attribution).map_err(failures::attribution)?;
        self.complete.push(map);
        Ok(())
    }
}
