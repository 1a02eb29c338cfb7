//! Taking a model of the reader's own into use, handing its files to the engine, and going back to the page's.

use std::rc::Rc;

use genoderm_protocol::{FailureKind, Request};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Blob, DataTransfer, File, FileList};

use crate::batch::Outcome;
use crate::engine_client::describe;
use crate::manifest::ModelSummary;
use crate::own_model::dropped;
use crate::own_model::files::Files;
use crate::problem::Problem;
use crate::state::{AppState, EngineState};
use crate::text::{fill, text};

impl AppState {
    /// What the page's own manifest says. It is not shown while a model of the reader's is in use.
    pub(super) fn set_page_summary(self, summary: Result<ModelSummary, String>) {
        self.own.page_summary.set_value(Some(summary.clone()));
        if !self.own.name.with_untracked(Option::is_some) {
            self.summary.set(Some(summary));
        }
    }

    /// Opens what was dropped: a folder or a zip file is a model, anything else photographs.
    pub fn open_dropped(self, data: &DataTransfer) {
        if self.take_dropped_surveys(data) || self.is_kept_by_survey() {
            return;
        }
        match dropped::folder(data) {
            Some(folder) => self.take_model(async move {
                let files = dropped::files(folder).await.map_err(|error| {
                    leptos::logging::warn!("own model: {}", describe(&error));
                    Problem::Sentence(|text| text.own_unreadable)
                })?;
                Files::of_folder(files)
            }),
            None => self.open_files(data.files()),
        }
    }

    /// Takes the model of a chosen folder into use.
    pub fn use_folder(self, list: &FileList) {
        let files = (0..list.length()).filter_map(|place| list.get(place));
        let files: Vec<_> = files.map(with_path).collect();
        self.take_model(async move { Files::of_folder(files) });
    }

    /// Takes the model of a zip file into use.
    pub fn use_zip(self, file: File) {
        let file: Blob = file.unchecked_into();
        self.take_model(async move { Files::of_zip(file).await });
    }

    fn take_model(self, files: impl Future<Output = Result<Files, Problem>> + 'static) {
        if self.own.reading.get_untracked() {
            return;
        }
        self.error.set(None);
        self.own.reading.set(true);
        spawn_local(async move {
            let found = async {
                let files = files.await?;
                let summary = files.summary().await?;
                Ok((files, summary))
            };
            let found = found.await;
            self.own.reading.set(false);
            match found {
                Ok((files, summary)) => {
                    let told = fill(text().own_taken, &[("name", &summary.name)]);
                    self.announcement.set(told);
                    self.own.files.set_value(Some(Rc::new(files)));
                    self.own.name.set(Some(summary.name.clone()));
                    self.summary.set(Some(Ok(summary)));
                    self.switch_model();
                }
                Err(problem) => self.error.set(Some(problem)),
            }
        });
    }

    /// Goes back to the page's own model. It may have to be fetched, so that no photograph may be open.
    pub fn use_page_model(self) {
        if untrack(|| self.holds_photographs()) {
            return;
        }
        self.error.set(None);
        self.own.files.set_value(None);
        self.own.name.set(None);
        self.summary.set(self.own.page_summary.get_value());
        self.announcement.set(text().own_left.to_owned());
        self.switch_model();
    }

    /// Loads the model that is in use now, and has it answer what is open. A running engine is kept: it needs no request.
    fn switch_model(self) {
        self.stop_running_jobs();
        self.stop_saving();
        self.card.set(None);
        let batch = untrack(|| self.batch.is_open());
        let alone = self.photo.with_untracked(Option::is_none);
        self.pause_batch();
        self.batch.rows.with_untracked(|rows| {
            for row in rows {
                row.outcome.set(Outcome::Waiting);
            }
        });
        self.batch.set.set(None);
        self.batch.running.set(batch && alone);
        match self.engine.get_untracked() {
            EngineState::Ready => {
                self.loaded.set(None);
                self.bytes_loaded.set(0);
                self.engine.set(EngineState::Starting);
                self.wait_again();
                self.send_load();
            }
            // The load that is under way is of the other model.
            EngineState::Starting | EngineState::Loading(_) => self.restart(),
            EngineState::Failed | EngineState::Idle => {
                self.wait_again();
                self.load();
            }
            // The page loads by itself what is waited for, once the device has answered.
            EngineState::Probing => {}
        }
    }

    /// Hands a file of the model to the engine, which asks for it.
    pub(super) fn hand(self, id: u32, name: String, limit: u64) {
        let Some(files) = self.own.files.get_value() else {
            self.send(&Request::Hand { id }, &[]);
            return;
        };
        spawn_local(async move {
            let bytes = files.bytes(&name, limit).await;
            // Meanwhile the reader may have chosen another model, or cancelled.
            let current = self.worker.with_value(|engine| {
                let engine = engine.as_ref();
                engine.is_some_and(|engine| engine.load == Some(id))
            });
            if current {
                let buffer = bytes.ok().flatten();
                self.send(&Request::Hand { id }, buffer.as_slice());
            }
        });
    }

    /// What a failed load means: of a model of the reader's own, nothing was downloaded, and reloading the page is no remedy.
    pub(super) fn load_problem(self, kind: FailureKind) -> Problem {
        if self.own.name.with_untracked(Option::is_none) {
            return Problem::Failure(kind);
        }
        Problem::Sentence(match kind {
            FailureKind::Checksum => |text| text.own_checksum,
            FailureKind::Download => |text| text.own_unreadable,
            FailureKind::BadBundle => |text| text.own_bad,
            _ => return Problem::Failure(kind),
        })
    }
}

/// A file of a chosen folder with its path, which begins with the folder's name.
pub(super) fn with_path(file: File) -> (String, File) {
    let path = js_sys::Reflect::get(&file, &"webkitRelativePath".into()).ok();
    let path = path.and_then(|path| path.as_string());
    let path = path.filter(|path| !path.is_empty());
    (path.unwrap_or_else(|| file.name()), file)
}

/// Whether a file is a zip file by its name.
pub(super) fn is_zip(file: &File) -> bool {
    file.name().to_ascii_lowercase().ends_with(".zip")
}
