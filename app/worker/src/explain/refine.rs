//! The map while it grows: how far each part of the work has come, and what is shown of it.

use std::cell::RefCell;

use genoderm_model::{attribution::HeatMap, preprocess::ContentBox};
use genoderm_protocol::{Event, Failure, Phase, Refinement, Sign};

use super::draw;
use crate::{clock::Stopwatch, failures, job::Job};

/// Milliseconds between two refinements: four a second look alive, and cost little beside the networks.
const INTERVAL_MS: f64 = 250.0;

/// Lets something happen at most every [`INTERVAL_MS`], and not in the first of them.
pub struct Pace(RefCell<Stopwatch>);

impl Pace {
    /// From now on.
    pub fn start() -> Self {
        Self(RefCell::new(Stopwatch::start()))
    }

    /// Whether it is time.
    pub fn is_due(&self) -> bool {
        self.0.borrow().ms() >= INTERVAL_MS
    }

    /// It has happened. From its end on, so that a slow machine is not kept busy with drawing.
    pub fn begin_anew(&self) {
        self.0.replace(Stopwatch::start());
    }
}

/// What follows the work on a part of an attribution.
pub trait Watch {
    /// So many steps of the part are done. True when the map so far is wanted.
    fn advanced(&self, done: u64, total: u64) -> bool;

    /// The map so far.
    ///
    /// # Errors
    /// Values that are not finite.
    fn partial(&self, map: HeatMap) -> Result<(), Failure>;
}

/// All parts of a job, which grow together.
pub struct Growth {
    job: Job,
    content: ContentBox,
    sign: Sign,
    refine: bool,
    pace: Pace,
    /// Steps of all parts.
    total: u64,
    parts: RefCell<Vec<Part>>,
}

struct Part {
    /// The place of its network.
    network: usize,
    done: u64,
    map: Option<HeatMap>,
}

impl Growth {
    /// Nothing is done; `parts` holds the place of each part's network.
    pub fn new(
        job: &Job,
        content: ContentBox,
        sign: Sign,
        refine: bool,
        total: u64,
        parts: impl IntoIterator<Item = usize>,
    ) -> Self {
        job.progress(Phase::Explaining, 0, total, None);
        let parts = parts.into_iter().map(|network| Part {
            network,
            done: 0,
            map: None,
        });
        Self {
            job: job.clone(),
            content,
            sign,
            refine,
            pace: Pace::start(),
            total,
            parts: RefCell::new(parts.collect()),
        }
    }

    /// So many steps of a part are done. True when its map so far is wanted.
    pub fn advanced(&self, part: usize, done: u64) -> bool {
        if let Some(part) = self.parts.borrow_mut().get_mut(part) {
            part.done = done;
        }
        let all = self.done();
        self.job.progress(Phase::Explaining, all, self.total, None);
        self.refine && (self.pace.is_due() || all == self.total)
    }

    /// Keeps a part's map, and shows all maps, if the last time is old enough or this is the end.
    ///
    /// # Errors
    /// Maps of several sizes, and values that are not finite.
    pub fn show(&self, part: usize, map: HeatMap) -> Result<(), Failure> {
        if let Some(part) = self.parts.borrow_mut().get_mut(part) {
            part.map = Some(map);
        }
        let done = self.done();
        if !self.refine || (done < self.total && !self.pace.is_due()) {
            return Ok(());
        }
        let heat = HeatMap::mean_of_maps(&self.maps()?)
            .and_then(|heat| heat.crop(self.content))
            .map_err(failures::attribution)?;
        let refinement = Refinement {
            width: heat.width() as u32,
            height: heat.height() as u32,
            scale: draw::scale(&heat),
            done,
            total: self.total,
        };
        let event = Event::Refined {
            id: self.job.id(),
            refinement,
        };
        self.job.send(&event, &draw::buffers(&heat, self.sign));
        self.pace.begin_anew();
        Ok(())
    }

    fn done(&self) -> u64 {
        self.parts.borrow().iter().map(|part| part.done).sum()
    }

    /// The map of each network that has begun: the sum of its parts'.
    fn maps(&self) -> Result<Vec<HeatMap>, Failure> {
        let parts = self.parts.borrow();
        let mut maps: Vec<(usize, HeatMap)> = Vec::new();
        for part in parts.iter() {
            let Some(map) = &part.map else { continue };
            match maps
                .iter_mut()
                .find(|(network, _)| *network == part.network)
            {
                Some((_, sum)) => *sum = sum.plus(map).map_err(failures::attribution)?,
                None => maps.push((part.network, map.clone())),
            }
        }
        Ok(maps.into_iter().map(|(_, map)| map).collect())
    }
}

/// One part of a [`Growth`].
pub struct OnePart<'a> {
    /// All.
    pub growth: &'a Growth,
    /// The place of this one.
    pub part: usize,
}

impl Watch for OnePart<'_> {
    fn advanced(&self, done: u64, total: u64) -> bool {
        let is_due = self.growth.advanced(self.part, done);
        // The end of every part is kept, for it is shown with those that are at work still.
        is_due || (self.growth.refine && done == total)
    }

    fn partial(&self, map: HeatMap) -> Result<(), Failure> {
        self.growth.show(self.part, map)
    }
}
