//! Many photographs: one after another through the engine, which holds one at a time.
//!
//! A single photograph that is opened meanwhile takes the engine for itself; the batch then waits until the reader lets
//! it go on.

use genoderm_protocol::{Classification, Request};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Blob, FileList, Url};

use super::photograph::unusable;
use crate::batch::{BatchRow, Outcome};
use crate::decode;
use crate::problem::Problem;
use crate::state::{AppState, EngineState};
use crate::text::{fill, text};

impl AppState {
    /// Opens several photographs in the place of whatever was open.
    pub(super) fn open_batch(self, files: &FileList) {
        self.close_camera_quietly();
        self.close_batch_quietly();
        self.close_photo_quietly();
        self.error.set(None);
        let files: Vec<_> = (0..files.length())
            .filter_map(|place| files.get(place))
            .collect();
        let rows = files.iter().map(|file| BatchRow {
            name: file.name(),
            preview: Url::create_object_url_with_blob(file).unwrap_or_default(),
            outcome: ArcRwSignal::new(Outcome::Waiting),
        });
        self.batch.rows.set(rows.collect());
        let blobs = files.into_iter().map(JsCast::unchecked_into).collect();
        self.batch.files.set_value(blobs);
        self.batch.set.set(untrack(|| self.set()));
        self.run_batch();
    }

    /// Lets the batch begin, or go on where it stopped. An open photograph is closed: the engine holds one at a time.
    pub fn run_batch(self) {
        self.close_photo_quietly();
        self.batch.running.set(true);
        let total = self.batch.rows.with_untracked(Vec::len).to_string();
        self.announcement
            .set(fill(text().batch_begins, &[("total", &total)]));
        if self.engine.get_untracked() == EngineState::Ready {
            self.go_on();
        } else {
            self.load();
        }
    }

    /// The engine is ready: goes on with a batch that runs. From here on no request may leave the page.
    pub(super) fn take_up_batch(self) {
        if !self.batch.running.get_untracked() {
            return;
        }
        if self.batch.set.with_untracked(Option::is_none) {
            self.batch.set.set(untrack(|| self.set()));
        }
        if !untrack(|| self.requests.is_counting()) {
            self.requests.photo_opened();
        }
        self.ask_next();
    }

    /// Hands the next photograph that waits to the engine.
    fn ask_next(self) {
        let Some((place, outcome)) = self.batch.first(Outcome::is_waiting) else {
            self.batch.running.set(false);
            self.send(&Request::Forget, &[]);
            self.tell_batch(text().batch_ready);
            self.go_on();
            return;
        };
        let file = self
            .batch
            .files
            .with_value(|files| files.get(place).cloned());
        let Some(file) = file else {
            return;
        };
        if let Some(problem) = unusable(&file) {
            outcome.set(Outcome::Failed(problem));
            self.ask_next();
            return;
        }
        let id = self.next_number();
        self.worker.update_value(|engine| {
            if let Some(engine) = engine {
                engine.batch = Some(id);
            }
        });
        outcome.set(Outcome::Running);
        spawn_local(self.ask_for(id, file));
    }

    async fn ask_for(self, id: u32, file: Blob) {
        let bytes = decode::for_engine(&file).await;
        // The batch may have been stopped while the file was read.
        let current = self.worker.with_value(|engine| {
            let engine = engine.as_ref();
            engine.is_some_and(|engine| engine.batch == Some(id))
        });
        let set = self.batch.set.get_untracked();
        match bytes {
            _ if !current => {}
            Ok(bytes) => self.send(
                &Request::Classify {
                    id,
                    set,
                    region: None,
                },
                &[bytes],
            ),
            Err(problem) => self.batch_failed(problem),
        }
    }

    /// The photograph whose turn it was is answered.
    pub(super) fn batch_answered(self, classification: Classification) {
        let stopped = Problem::Sentence(|text| text.engine_stopped);
        let answer = classification.sets.into_iter().next();
        self.settle(answer.map_or(Outcome::Failed(stopped), Outcome::Done));
    }

    /// The photograph whose turn it was cannot be classified; the others can.
    pub(super) fn batch_failed(self, problem: Problem) {
        self.settle(Outcome::Failed(problem));
    }

    fn settle(self, settled: Outcome) {
        self.set_running_row(settled);
        self.forget_batch_job();
        if self.batch.running.get_untracked() {
            self.ask_next();
        }
    }

    fn set_running_row(self, to: Outcome) {
        if let Some((_, outcome)) = self.batch.first(Outcome::is_running) {
            outcome.set(to);
        }
    }

    fn forget_batch_job(self) -> Option<u32> {
        self.worker
            .try_update_value(|engine| engine.as_mut()?.batch.take())
            .flatten()
    }

    /// Stops after what is done, at the reader's wish.
    pub fn stop_batch(self) {
        if self.pause_batch() {
            self.tell_batch(text().batch_stopped);
        }
    }

    /// Takes the engine from the batch. True when it ran.
    pub(super) fn pause_batch(self) -> bool {
        let ran = self.batch.running.get_untracked();
        self.batch.running.set(false);
        self.set_running_row(Outcome::Waiting);
        if let Some(id) = self.forget_batch_job() {
            self.send(&Request::Cancel { id }, &[]);
        }
        ran
    }

    /// The engine ended. One photograph may have been too much for it, and must not be tried again for ever.
    pub(super) fn batch_lost_engine(self, problem: Option<Problem>) {
        self.set_running_row(problem.map_or(Outcome::Waiting, Outcome::Failed));
    }

    /// Asks all again, since the reader chose another set of networks.
    pub(super) fn repeat_batch(self) {
        self.pause_batch();
        self.batch.rows.with_untracked(|rows| {
            for row in rows {
                row.outcome.set(Outcome::Waiting);
            }
        });
        self.batch.set.set(untrack(|| self.set()));
        self.try_joining_again();
        self.run_batch();
    }

    /// Opens one of them by itself.
    pub fn open_from_batch(self, place: usize) {
        let file = self
            .batch
            .files
            .with_value(|files| files.get(place).cloned());
        let name = self
            .batch
            .rows
            .with_untracked(|rows| rows.get(place).map(|row| row.name.clone()));
        if let (Some(file), Some(name)) = (file, name) {
            self.asked_for.set_value(self.next_number());
            self.open(file, name, None);
        }
    }

    /// Closes the batch at the reader's wish.
    pub fn close_batch(self) {
        self.close_batch_quietly();
        self.announcement.set(text().batch_closed.to_owned());
        self.go_on();
    }

    /// Forgets the photographs of the batch and their answers.
    pub(super) fn close_batch_quietly(self) {
        self.pause_batch();
        self.batch.rows.with_untracked(|rows| {
            for row in rows {
                let _ = Url::revoke_object_url(&row.preview);
            }
        });
        self.batch.rows.set(Vec::new());
        self.batch.files.set_value(Vec::new());
        self.batch.one_person.set(false);
        self.try_joining_again();
        if !untrack(|| self.holds_photographs()) {
            self.requests.photo_closed();
        }
        let alone = self.photo.with_untracked(Option::is_none);
        if alone && self.engine.get_untracked() == EngineState::Ready {
            self.send(&Request::Forget, &[]);
        }
    }

    fn tell_batch(self, template: &str) {
        let count = untrack(|| self.batch.count());
        let values = [
            ("done", count.done.to_string()),
            ("failed", count.failed.to_string()),
            ("total", count.total.to_string()),
        ];
        self.announcement.set(fill(template, &values));
    }
}
