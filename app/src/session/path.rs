//! Walking the path of Integrated Gradients: asking for it, stopping it, and letting it go.

use std::sync::Arc;

use genoderm_protocol::{ExplainSettings, Failure, FailureKind, Method, Progress, Request, Trace};
use js_sys::ArrayBuffer;
use leptos::prelude::*;

use crate::path::{Frames, PathState, Walk};
use crate::problem::Problem;
use crate::state::{AppState, Map, is_refused};
use crate::text::{fill, text};

impl AppState {
    /// The set and the label whose path can be walked: those of the map, else the first label of the first answer that is
    /// one. `None` without an answer, and where the chosen method has no path.
    pub fn path_target(&self) -> Option<(String, String)> {
        if self.map_choice.method.get() != Method::IntegratedGradients {
            return None;
        }
        let answers = self.answers();
        let mapped = match self.map.get() {
            Map::Done(explanation) => Some((explanation.settings.set, explanation.settings.target)),
            Map::Running(key, _) => self.map_choice.set.get().map(|set| (set, key)),
            Map::None => None,
        };
        let first = || {
            let answer = answers.iter().find(|answer| !is_refused(answer))?;
            Some((answer.set.clone(), answer.ranking.first()?.key.clone()))
        };
        mapped
            .filter(|(set, _)| answers.iter().any(|answer| answer.set == *set))
            .or_else(first)
    }

    /// Has the engine walk the path. One that is there is dropped first.
    pub fn walk_path(self) {
        let Some((set, key)) = untrack(|| self.path_target()) else {
            return;
        };
        self.drop_path();
        self.stop_join();
        self.error.set(None);
        let id = self.next_number();
        let settings = ExplainSettings {
            baseline: self.baseline.get_untracked(),
            folds: self.chosen_folds(&set),
            ..ExplainSettings::new(set, key.clone())
        };
        let points = self.path.points.get_untracked();
        self.worker.update_value(|engine| {
            if let Some(engine) = engine {
                engine.trace = Some(id);
            }
        });
        let name = untrack(|| self.label_name(&key));
        self.path.state.set(PathState::Running(key, None));
        self.announcement
            .set(fill(text().path_walking, &[("label", &name)]));
        let request = Request::Trace {
            id,
            settings,
            points,
        };
        self.send(&request, &[]);
    }

    /// Stops the walk at the reader's wish.
    pub fn cancel_path(self) {
        self.drop_path();
        self.announcement.set(text().path_cancelled.to_owned());
        self.go_on();
    }

    /// Closes the path that is shown, whose pictures are many.
    pub fn close_path(self) {
        self.drop_path();
        self.announcement.set(text().path_closed.to_owned());
    }

    /// Looks at another point of the path.
    pub fn go_to_step(self, step: usize) {
        let count = untrack(|| self.path.walk()).map_or(0, |walk| walk.count());
        self.path.step.set(step.min(count.saturating_sub(1)));
    }

    pub(super) fn path_progressed(self, progress: Progress) {
        self.path.state.update(|state| {
            if let PathState::Running(_, known) = state {
                *known = Some(progress);
            }
        });
    }

    /// The path is there.
    pub(super) fn path_traced(self, trace: Trace, buffers: &[ArrayBuffer]) {
        let found = Frames::new(&trace, buffers)
            .and_then(|frames| Some((Walk::new(trace, &frames)?, frames)));
        let Some((walk, frames)) = found else {
            let detail = "frames of a wrong size";
            self.path_failed(&Failure::new(FailureKind::Internal, detail));
            return;
        };
        let values = [
            (
                "label",
                untrack(|| self.label_name(&walk.trace.settings.target)),
            ),
            ("points", walk.count().to_string()),
        ];
        self.path.frames.set_value(Some(frames));
        self.path.step.set(0);
        self.path.state.set(PathState::Done(Arc::new(walk)));
        self.announcement.set(fill(text().path_ready, &values));
        self.go_on();
    }

    /// The path did not come.
    pub(super) fn path_failed(self, failure: &Failure) {
        self.drop_path();
        if failure.kind == FailureKind::Cancelled {
            self.announcement.set(text().path_cancelled.to_owned());
        } else {
            self.error.set(Some(Problem::Failure(failure.kind)));
        }
        self.go_on();
    }

    /// Lets the path go, and stops the engine where it is at it.
    pub(super) fn drop_path(self) {
        let id = self
            .worker
            .try_update_value(|engine| engine.as_mut()?.trace.take());
        self.path.state.set(PathState::None);
        self.path.frames.set_value(None);
        self.path.step.set(0);
        if let Some(id) = id.flatten() {
            self.send(&Request::Cancel { id }, &[]);
        }
    }
}
