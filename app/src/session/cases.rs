//! Saving a case on this device, opening it again, and deleting it.
//!
//! The engine makes the picture that is stored, so that its pixels are those that the networks saw, and nothing else of the
//! photograph's file is in it.

use genoderm_protocol::{PhotoInfo, Request, envelope};
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::BroadcastChannel;

use super::keep::now;
use crate::cases::record::{KeptModel, SavedCase};
use crate::cases::store::{self, Content};
use crate::cases::{Pending, preview};
use crate::decode;
use crate::engine_client::describe;
use crate::overlay::Heat;
use crate::problem::Problem;
use crate::state::{Answer, AppState, Map, is_refused};
use crate::text::{fill, text};

/// The page's windows tell each other by it that the list has changed. It reaches no further than this browser.
const CHANNEL: &str = "genoderm-cases";

impl AppState {
    /// Reads the list, now and whenever another window has changed it.
    pub(super) fn begin_cases(self) {
        self.refresh_cases();
        if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
            let heard = Closure::<dyn FnMut()>::new(move || self.refresh_cases());
            channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
            // The channel lives as long as the page.
            heard.forget();
        }
    }

    fn refresh_cases(self) {
        spawn_local(async move {
            match store::list().await {
                Ok(entries) => {
                    let old = self.cases.entries.get_untracked();
                    self.cases.entries.set(entries);
                    old.iter().for_each(store::Entry::release);
                }
                // A browser that stores nothing has nothing to list, and says so when something is to be saved.
                Err(problem) => leptos::logging::warn!("saved cases: {}", problem.sentence()),
            }
        });
    }

    fn cases_changed(self) {
        self.refresh_cases();
        if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
            let _ = channel.post_message(&JsValue::TRUE);
            channel.close();
        }
    }

    /// The name that is proposed for the open case: day and first answer, and nothing of the file.
    pub fn proposed_name(&self) -> String {
        let day = now().get(..10).unwrap_or_default().to_owned();
        let first = self.answers().into_iter().next().and_then(|answer| {
            let first = answer.ranking.first()?;
            Some(match () {
                () if is_refused(&answer) => text().batch_refused.to_owned(),
                () if answer.fallback => {
                    let label = self.label_name(&first.key);
                    fill(text().batch_unsure, &[("label", label)])
                }
                () => self.label_name(&first.key),
            })
        });
        format!("{day}, {}", first.unwrap_or_default())
    }

    /// The model in use, as it is kept with a case.
    pub fn model_now(&self) -> Option<KeptModel> {
        let (name, threshold, temperature) = self.loaded.with(|loaded| {
            let (_, bundle) = loaded.as_ref()?;
            let temperature = f64::from(bundle.temperature);
            Some((bundle.name.clone(), bundle.threshold, temperature))
        })?;
        self.summary.with(|summary| {
            let summary = summary.as_ref()?.as_ref().ok()?;
            Some(KeptModel {
                name,
                format_version: summary.format_version,
                threshold,
                temperature,
                files: summary.files.clone(),
            })
        })
    }

    /// Saves the open case, in the place of the saved one where it is one.
    pub fn save_case(self) {
        if self.cases.saving.get_untracked() {
            return;
        }
        let (Some(pending), Some(file)) = (untrack(|| self.case_now()), self.file.get_value())
        else {
            return;
        };
        self.error.set(None);
        self.cases.saving.set(true);
        self.cases.pending.set_value(Some(pending));
        let id = self.next_number();
        self.worker.update_value(|engine| {
            if let Some(engine) = engine {
                engine.upright = Some(id);
            }
        });
        spawn_local(async move {
            match decode::for_engine(&file).await {
                Ok(bytes) => self.send(&Request::Upright { id }, &[bytes]),
                Err(problem) => {
                    self.stop_saving();
                    self.error.set(Some(problem));
                }
            }
        });
    }

    fn case_now(&self) -> Option<Pending> {
        let Answer::Done(classification) = self.answer.get() else {
            return None;
        };
        let name = self.cases.name.get().map(|name| name.trim().to_owned());
        let name = name.filter(|name| !name.is_empty());
        let map = match self.map.get() {
            Map::Done(explanation) => Some(explanation),
            Map::None | Map::Running(..) => None,
        };
        let backend = self
            .loaded
            .with(|loaded| Some(loaded.as_ref()?.0.backend))?;
        let heat = self.heat.get().filter(|_| map.is_some());
        let case = SavedCase::new(
            name.unwrap_or_else(|| self.proposed_name()),
            now(),
            classification.photo,
            &self.note.get(),
            self.model_now()?,
            backend,
            self.answered.get(),
            classification.sets.into_iter().next()?,
            map,
        );
        Some(Pending {
            id: self.cases.opened.get(),
            case,
            heat,
            photo: self
                .photo
                .with(|photo| Some(photo.as_ref()?.preview.clone()))?,
        })
    }

    /// The engine has made the picture that is stored.
    pub(super) fn case_upright(self, photo: PhotoInfo, png: Option<ArrayBuffer>) {
        let pending = self.cases.pending.try_update_value(Option::take).flatten();
        let (Some(mut pending), Some(png)) = (pending, png) else {
            self.stop_saving();
            return;
        };
        pending.case.photo = photo;
        spawn_local(async move {
            let saved = Self::store_case(&pending, png).await;
            self.cases.saving.set(false);
            match saved {
                Ok(id) => {
                    store::ask_to_persist();
                    let open = self.photo.with_untracked(|open| {
                        let open = open.as_ref().map(|open| &open.preview);
                        open == Some(&pending.photo)
                    });
                    if open {
                        self.cases.opened.set(Some(id));
                    }
                    self.cases_changed();
                    let told = fill(text().cases_saved, &[("name", &pending.case.name)]);
                    self.announcement.set(told);
                }
                Err(problem) => self.error.set(Some(problem)),
            }
        });
    }

    async fn store_case(pending: &Pending, png: ArrayBuffer) -> Result<u32, Problem> {
        let small = match preview::png_blob(&png) {
            Ok(blob) => preview::of(&blob).await,
            Err(error) => Err(error),
        };
        // A case is worth keeping without its small picture too.
        let small = small.map_err(|error| {
            leptos::logging::warn!("no small picture: {}", describe(&error));
        });
        let heat = pending.heat.as_ref().map(|heat| {
            let bytes: Vec<u8> = heat.values.iter().flat_map(|v| v.to_le_bytes()).collect();
            envelope::buffer_of(&bytes)
        });
        let content = Content { photo: png, heat };
        store::save(pending.id, &pending.case, &content, small.as_ref().ok()).await
    }

    /// What was being saved is not: the engine is gone, or could not do it.
    pub(super) fn stop_saving(self) {
        self.cases.pending.set_value(None);
        self.cases.saving.set(false);
    }

    /// Shows a saved case again. Its photograph is classified afresh, by the model of today.
    pub fn open_case(self, id: u32) {
        let number = self.next_number();
        self.asked_for.set_value(number);
        spawn_local(async move {
            let read = store::read(id).await;
            if self.asked_for.get_value() != number {
                return;
            }
            let gone = Problem::Sentence(|text| text.cases_gone);
            let opened = read.and_then(|found| {
                let (case, content) = found.ok_or(gone)?;
                let blob = preview::png_blob(&content.photo).map_err(|_| gone)?;
                Ok((case, content, blob))
            });
            match opened {
                Ok((case, content, blob)) => {
                    let heat = case.map.as_ref().zip(content.heat).and_then(|(map, heat)| {
                        Heat::new(map.width, map.height, envelope::floats_of(&heat))
                    });
                    let kind = Some(case.answer.set.clone());
                    self.open_as(blob, case.name.clone(), None, kind);
                    if case.answer.region.is_some() {
                        self.use_region(case.answer.region);
                    }
                    self.note.set(case.note.clone());
                    self.cases.opened.set(Some(id));
                    self.cases.name.set(Some(case.name.clone()));
                    self.cases.kept_heat.set(heat);
                    self.cases.kept.set(Some(case));
                }
                Err(problem) => {
                    self.error.set(Some(problem));
                    self.refresh_cases();
                }
            }
        });
    }

    /// Lays the map that was kept over the photograph, where it is of the model and the networks that have just answered.
    pub(super) fn show_kept_map(self) {
        let Some(kept) = self.cases.kept.get_untracked() else {
            return;
        };
        let same_model = untrack(|| self.model_now()).is_some_and(|now| now.is_same(&kept.model));
        let set = kept.answer.set.clone();
        let same_set =
            untrack(|| self.answer_of(&set)).is_some_and(|now| now.region == kept.answer.region);
        if !(same_model && same_set) {
            return;
        }
        if let (Some(map), Some(heat)) = (kept.map, self.cases.kept_heat.get_untracked()) {
            self.cases.kept_heat.set(None);
            self.heat.set(Some(heat));
            self.map_choice.set.set(Some(set));
            self.map.set(Map::Done(map));
        }
    }

    /// Deletes a saved case.
    pub fn delete_case(self, id: u32) {
        spawn_local(async move {
            match store::delete(id).await {
                Ok(()) => {
                    if self.cases.opened.get_untracked() == Some(id) {
                        self.cases.opened.set(None);
                    }
                    self.announcement.set(text().cases_deleted.to_owned());
                }
                Err(problem) => self.error.set(Some(problem)),
            }
            self.cases_changed();
        });
    }

    /// Deletes all saved cases.
    pub fn clear_cases(self) {
        spawn_local(async move {
            match store::clear().await {
                Ok(()) => {
                    self.cases.opened.set(None);
                    self.announcement.set(text().cases_cleared.to_owned());
                }
                Err(problem) => self.error.set(Some(problem)),
            }
            self.cases_changed();
        });
    }
}
