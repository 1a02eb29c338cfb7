//! Keeping the page's files on the device: when to begin, when to be quiet, and what the reader hears.

use leptos::prelude::*;

use crate::offline::{self, Keeping, MODEL, Offline, SHELL, engine_part};
use crate::probe::engine_key;
use crate::state::{AppState, EngineState};
use crate::text::text;

impl AppState {
    /// Starts keeping the page. The model is kept once all of it is loaded, and nothing is fetched while a photograph is open.
    pub(super) fn begin_offline(self) {
        offline::begin(move |told| self.on_offline(told));
        // One that waits for the model does not count yet: what it waits for is being fetched.
        Effect::new(move |_| {
            offline::photograph(self.requests.is_counting() || self.compare.is_held());
        });
        Effect::new(move |_| {
            let backend = self.backend.with(|backend| Some(backend.as_ref()?.0));
            // Before, both would download the same files.
            let whole = self.loaded.with(|loaded| {
                let loaded = loaded.as_ref();
                loaded.is_some_and(|(_, bundle)| bundle.is_whole())
            });
            // Loading a model of the reader's own is no wish to keep the page's.
            let ours = !self.own.is_in_use();
            if let (Some(backend), EngineState::Ready, true) =
                (backend, self.engine.get(), whole && ours)
            {
                offline::keep_model(engine_key(backend));
            }
        });
    }

    fn on_offline(self, told: Offline) {
        let before = untrack(|| self.works_offline());
        let offered = self.offline.with_untracked(|offline| offline.offered);
        if told.offered && !offered {
            self.announcement.set(text().update_offered.to_owned());
        }
        self.offline.set(told);
        // On a page that was complete when it was opened this is no news.
        if self.engine.get_untracked() == EngineState::Ready
            && !before
            && untrack(|| self.works_offline())
        {
            self.announcement.set(text().offline_ready.to_owned());
        }
    }

    /// Whether the page, the model and the engine in use are all kept.
    pub fn works_offline(&self) -> bool {
        let engine = self
            .backend
            .with(|backend| Some(engine_part(engine_key(backend.as_ref()?.0))));
        self.offline.with(|offline| {
            offline.state != Keeping::Unsupported
                && [SHELL, MODEL].iter().all(|part| offline.has(part))
                && engine.is_some_and(|engine| offline.has(&engine))
        })
    }
}
