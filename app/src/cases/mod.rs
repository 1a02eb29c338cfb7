//! Cases that the reader saved on this device: the only thing of a photograph that the page ever stores, and only when asked.
//! [`record`] is what is kept of a case, [`store`] puts it into the browser's database and takes it out, [`preview`] makes its
//! small picture. What happens when is in [`crate::session`].

pub mod preview;
pub mod record;
pub mod store;

use leptos::prelude::*;

use crate::overlay::Heat;
use record::SavedCase;
use store::Entry;

/// A case that waits for the engine to make the upright picture of its photograph.
pub struct Pending {
    /// Which saved case it replaces; `None` for a new one.
    pub id: Option<u32>,
    /// All but the photograph.
    pub case: SavedCase,
    /// The map's values.
    pub heat: Option<Heat>,
    /// The address of the photograph's preview, by which it is known whether it is still open.
    pub photo: String,
}

/// What the page knows of saved cases. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Cases {
    /// The list, the newest first.
    pub entries: RwSignal<Vec<Entry>>,
    /// The saved case that the open photograph belongs to.
    pub opened: RwSignal<Option<u32>>,
    /// What the reader calls the open case; `None` for the name that the page proposes.
    pub name: RwSignal<Option<String>>,
    /// What was kept with the open photograph.
    pub kept: RwSignal<Option<SavedCase>>,
    /// The map that was kept with it, as long as it does not lie over the photograph.
    pub kept_heat: RwSignal<Option<Heat>>,
    /// The case that is being saved.
    pub pending: StoredValue<Option<Pending>>,
    /// Whether one is.
    pub saving: RwSignal<bool>,
}

impl Cases {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self {
            entries: RwSignal::new(Vec::new()),
            opened: RwSignal::new(None),
            name: RwSignal::new(None),
            kept: RwSignal::new(None),
            kept_heat: RwSignal::new(None),
            pending: StoredValue::new(None),
            saving: RwSignal::new(false),
        }
    }

    /// The open photograph was closed.
    pub fn forget_open(&self) {
        self.opened.set(None);
        self.name.set(None);
        self.kept.set(None);
        self.kept_heat.set(None);
    }
}
