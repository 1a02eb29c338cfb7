//! What the reader chose about maps, besides the numbers of [`AppState`](crate::state::AppState).

use genoderm_protocol::Method;
use leptos::prelude::*;

use crate::overlay::Palette;
use crate::region::Region;

/// Signals of the choices. Cheap to copy.
#[derive(Clone, Copy)]
pub struct MapChoice {
    /// The set of networks whose map is shown, or grows.
    pub set: RwSignal<Option<String>>,
    /// How the map is computed.
    pub method: RwSignal<Method>,
    /// The only network that is asked; `None` for all of the set.
    pub only_fold: RwSignal<Option<usize>>,
    /// The colours.
    pub palette: RwSignal<Palette>,
    /// The region that the reader drew.
    pub region: RwSignal<Option<Region>>,
}

impl MapChoice {
    /// Integrated Gradients of all networks, in the usual colours.
    pub fn new() -> Self {
        Self {
            set: RwSignal::new(None),
            method: RwSignal::new(Method::default()),
            only_fold: RwSignal::new(None),
            palette: RwSignal::new(Palette::default()),
            region: RwSignal::new(None),
        }
    }
}
