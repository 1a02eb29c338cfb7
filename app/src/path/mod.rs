//! The path of Integrated Gradients, from the baseline to the photograph, as a reader walks it step by step.
//!
//! The engine computes it ([`genoderm_protocol::Trace`]); here is what the page keeps of it and measures on it.

mod curve;
mod frames;
mod walk;

use std::sync::Arc;

use genoderm_protocol::Progress;
use leptos::prelude::*;

pub use curve::Curve;
pub use frames::Frames;
pub use walk::Walk;

/// Numbers of points on offer. Those of the map's steps are among them, so that both can be compared.
pub const POINTS: [usize; 4] = [5, 10, 25, 50];
/// How many there are unless the reader chooses.
const USUAL_POINTS: usize = 25;

/// How far the path has come.
#[derive(Clone, Debug, PartialEq)]
pub enum PathState {
    /// None was asked for.
    None,
    /// The engine walks it for the label of this key.
    Running(String, Option<Progress>),
    /// Done: its pictures are in [`Path::frames`].
    Done(Arc<Walk>),
}

/// The path that was asked for. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Path {
    /// How far it has come.
    pub state: RwSignal<PathState>,
    /// Its pictures; they stay in JavaScript's memory, which gives back what is dropped.
    pub frames: StoredValue<Option<Frames>, LocalStorage>,
    /// How many points the next one has.
    pub points: RwSignal<usize>,
    /// The point that is looked at, from 0.
    pub step: RwSignal<usize>,
}

impl Path {
    /// No path.
    pub fn new() -> Self {
        Self {
            state: RwSignal::new(PathState::None),
            frames: StoredValue::new_local(None),
            points: RwSignal::new(USUAL_POINTS),
            step: RwSignal::new(0),
        }
    }

    /// The path, once it is done.
    pub fn walk(&self) -> Option<Arc<Walk>> {
        self.state.with(|state| match state {
            PathState::Done(walk) => Some(Arc::clone(walk)),
            PathState::None | PathState::Running(..) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use genoderm_protocol::ExplainSettings;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_engine_accepts_every_number_of_points_on_offer() {
        let accepted = ExplainSettings::MIN_TRACE_POINTS..=ExplainSettings::MAX_TRACE_POINTS;
        assert!(POINTS.iter().all(|points| accepted.contains(points)));
        assert!(POINTS.contains(&USUAL_POINTS));
    }
}
