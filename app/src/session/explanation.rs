//! Asking for an explanation of a label, and stopping it.

use genoderm_protocol::{ExplainSettings, Request};
use leptos::prelude::*;

use crate::state::{AppState, Map};
use crate::text::{fill, text};

impl AppState {
    /// Explains a label of a set's answer. An explanation that is still running is stopped first.
    pub fn explain(self, set: String, key: String) {
        self.stop_explaining();
        self.stop_join();
        self.error.set(None);
        let id = self.next_number();
        let method = self.map_choice.method.get_untracked();
        let folds = self.chosen_folds(&set);
        self.map_choice.set.set(Some(set.clone()));
        let settings = ExplainSettings {
            steps: self.steps.get_untracked(),
            baseline: self.baseline.get_untracked(),
            folds,
            refine: method.can_refine(),
            ..ExplainSettings::of_method(method, set, key.clone())
        };
        self.worker.update_value(|engine| {
            if let Some(engine) = engine {
                engine.explain = Some(id);
            }
        });
        self.heat.set(None);
        self.map.set(Map::Running(key.clone(), None));
        self.card.set(Some(key.clone()));
        let name = untrack(|| self.label_name(&key));
        self.announcement
            .set(fill(text().explaining, &[("label", &name)]));
        self.send(&Request::Explain { id, settings }, &[]);
    }

    /// The folds of a set that the reader wants to be asked; `None` for all of them.
    pub(super) fn chosen_folds(self, set: &str) -> Option<Vec<usize>> {
        let only = self.map_choice.only_fold.get_untracked()?;
        // Another set may not have the network that was chosen for the last.
        let answer = untrack(|| self.answer_of(set))?;
        let known = answer.folds.iter().any(|fold| fold.fold == only);
        known.then(|| vec![only])
    }

    /// Stops the running explanation at the reader's wish.
    pub fn cancel_explanation(self) {
        if self.stop_explaining() {
            self.remove_map();
            self.announcement.set(text().explain_cancelled.to_owned());
            self.go_on();
        }
    }

    /// Draws the map that is shown once more, since more networks answer now.
    pub(super) fn explain_again(self) {
        if let Map::Done(explanation) = self.map.get_untracked() {
            self.explain(explanation.settings.set, explanation.settings.target);
        }
    }

    /// Takes the map off the photograph.
    pub fn remove_map(self) {
        self.map.set(Map::None);
        self.heat.set(None);
    }

    /// Tells the engine to stop, and does not wait for its answer. True when there was something to stop.
    fn stop_explaining(self) -> bool {
        let running = matches!(self.map.get_untracked(), Map::Running(..));
        let id = self
            .worker
            .try_update_value(|engine| engine.as_mut()?.explain.take());
        match id.flatten() {
            Some(id) if running => {
                self.send(&Request::Cancel { id }, &[]);
                true
            }
            _ => false,
        }
    }
}
