//! A photograph's way: file, preview, classification.

use genoderm_protocol::{FailureKind, Request};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Blob, FileList, Url};

use super::own_model::is_zip;
use crate::decode;
use crate::problem::Problem;
use crate::samples::Sample;
use crate::state::{Answer, AppState, BOTH, EngineState, Photo};
use crate::text::{fill, text};

/// A larger file is not even read. Photographs of 64 megapixels, the engine's limit, are smaller in any common format.
const LARGEST_FILE: u64 = 256_000_000;

impl AppState {
    /// Opens the file of a choice, a drop or a paste; several are a batch, and a zip file is a model.
    pub fn open_files(self, files: Option<FileList>) {
        let Some(files) = files else { return };
        let Some(file) = files.get(0) else { return };
        if self.is_kept_by_survey() {
            return;
        }
        if is_zip(&file) {
            self.use_zip(file);
            return;
        }
        self.asked_for.set_value(self.next_number());
        if files.length() > 1 {
            self.open_batch(&files);
        } else {
            let name = file.name();
            self.open(file.unchecked_into(), name, None);
        }
    }

    /// Opens a photograph, which is one of the page's own where `sample` says so. It is classified at once, or as soon as
    /// the model is loaded.
    pub(super) fn open(self, blob: Blob, name: String, sample: Option<Sample>) {
        let kind = sample.as_ref().and_then(|sample| sample.set.clone());
        self.open_as(blob, name, sample, kind);
    }

    /// The same for a photograph whose kind is known: that kind counts until the reader chooses another.
    pub(super) fn open_as(
        self,
        blob: Blob,
        name: String,
        sample: Option<Sample>,
        kind: Option<String>,
    ) {
        self.close_camera_quietly();
        self.close_photo_quietly();
        // The engine holds one photograph at a time.
        self.pause_batch();
        self.error.set(None);
        if let Some(problem) = unusable(&blob) {
            self.error.set(Some(problem));
            return;
        }
        let preview = Url::create_object_url_with_blob(&blob).unwrap_or_default();
        self.file.set_value(Some(blob));
        self.sample_kind.set(kind);
        self.photo.set(Some(Photo {
            name,
            preview,
            sample,
        }));
        self.answer.set(Answer::Waiting);
        if self.engine.get_untracked() == EngineState::Ready {
            self.go_on();
        } else {
            self.load();
        }
    }

    /// Classifies the photograph. From here on no request may leave the page.
    pub(super) fn classify(self) {
        // One that waits for other networks is with the engine already, and counts since then.
        if !untrack(|| self.requests.is_counting()) {
            self.requests.photo_opened();
        }
        self.answer.set(Answer::Running(None));
        self.ask();
    }

    /// Classifies the photograph once more, with networks that came since. Its answer stays until then.
    pub(super) fn renew(self) {
        self.ask();
    }

    /// Follows the reader's word on what kind of photograph it is: other networks are asked.
    pub fn pick_kind(self, kind: String) {
        self.kind.set(Some(kind));
        self.sample_kind.set(None);
        if self.photo.with_untracked(Option::is_none) {
            if untrack(|| self.batch.is_open()) {
                self.repeat_batch();
            }
            return;
        }
        self.ask_again();
    }

    /// Asks anew about the open photograph: the old answer and its map are gone.
    pub(super) fn ask_again(self) {
        self.stop_running_jobs();
        self.remove_map();
        self.card.set(None);
        self.error.set(None);
        self.try_joining_again();
        // Otherwise the load that is under way comes back to it.
        if self.engine.get_untracked() == EngineState::Ready {
            self.answer.set(Answer::Waiting);
            self.go_on();
        }
    }

    /// Hands the photograph's bytes to the engine.
    fn ask(self) {
        let Some(blob) = self.file.get_value() else {
            return;
        };
        let id = self.next_number();
        let (set, region) = untrack(|| {
            let kind = self.kind_now();
            let region = self.region.get().filter(|_| self.takes_regions());
            (kind.filter(|kind| kind != BOTH), region)
        });
        self.worker.update_value(|engine| {
            if let Some(engine) = engine {
                engine.classify = Some(id);
                engine.explain = None;
            }
        });
        self.stop_join();
        self.announcement.set(text().classifying.to_owned());
        spawn_local(async move {
            let bytes = decode::for_engine(&blob).await;
            // Another photograph may have been opened while this one was read.
            let current = self.worker.with_value(|engine| {
                engine
                    .as_ref()
                    .is_some_and(|engine| engine.classify == Some(id))
            });
            match bytes {
                _ if !current => {}
                Ok(bytes) => self.send(&Request::Classify { id, set, region }, &[bytes]),
                Err(problem) => {
                    self.close_photo_quietly();
                    self.error.set(Some(problem));
                    self.go_on();
                }
            }
        });
    }

    /// Shows the card of a label, which stands away from the button that asks for it.
    pub fn show_card(self, key: String) {
        let values = [("label", untrack(|| self.label_name(&key)))];
        self.announcement.set(fill(text().card_shown, &values));
        self.card.set(Some(key));
    }

    /// Closes the photograph at the reader's wish.
    pub fn close_photo(self) {
        self.close_photo_quietly();
        self.error.set(None);
        self.announcement.set(text().photo_closed.to_owned());
        self.go_on();
    }

    /// Forgets the photograph and everything computed from it, here and in the engine.
    pub(super) fn close_photo_quietly(self) {
        if let Some(photo) = self.photo.get_untracked() {
            let _ = Url::revoke_object_url(&photo.preview);
        }
        self.stop_running_jobs();
        self.file.set_value(None);
        self.photo.set(None);
        self.photo_size.set(None);
        self.region.set(None);
        self.crop.set(None);
        self.answer.set(Answer::None);
        self.remove_map();
        self.lesion.set(None);
        self.map_choice.region.set(None);
        self.sample_kind.set(None);
        self.card.set(None);
        self.note.set(String::new());
        self.cases.forget_open();
        self.whole_first.set_value(false);
        self.patience_begins_anew();
        self.try_joining_again();
        if !untrack(|| self.holds_photographs()) {
            self.requests.photo_closed();
        }
        if self.engine.get_untracked() == EngineState::Ready {
            self.send(&Request::Forget, &[]);
        }
    }

    /// Cancels what the engine does with the photograph and stops listening for it.
    pub(super) fn stop_running_jobs(self) {
        let jobs = self.worker.try_update_value(|engine| {
            let engine = engine.as_mut()?;
            Some((engine.classify.take(), engine.explain.take()))
        });
        let (classify, explain) = jobs.flatten().unwrap_or_default();
        for id in [classify, explain].into_iter().flatten() {
            self.send(&Request::Cancel { id }, &[]);
        }
        self.drop_path();
    }
}

/// Why a file need not even be read; `None` for one that is worth it.
pub(super) fn unusable(file: &Blob) -> Option<Problem> {
    let size = file.size();
    if size == 0.0 {
        Some(Problem::Failure(FailureKind::EmptyFile))
    } else if size > LARGEST_FILE as f64 {
        Some(Problem::FileTooLarge(size as u64, LARGEST_FILE))
    } else {
        None
    }
}
