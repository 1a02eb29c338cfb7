//! Photographs and model: both are fetched before a survey begins, so that no request need be made from then on.

use std::sync::Arc;

use genoderm_study::{Survey, Surveys};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{Blob, Url};

use crate::fetch;
use crate::joining::Joining;
use crate::lesion::Lesion;
use crate::problem::Problem;
use crate::samples::Sample;
use crate::state::{AppState, EngineState};
use crate::survey::row::Row;
use crate::survey::stored::Stored;
use crate::survey::{Phase, Source};
use crate::text::text;

/// What belongs to one photograph: its file, and its lesion if that is known.
type Picture = (Blob, Option<Arc<Lesion>>);

impl AppState {
    /// Fetches photographs and model; the survey begins when both are there. `afresh` forgets what an earlier visit stored.
    pub fn start_survey(self, afresh: bool) {
        let (surveys, survey) = untrack(|| (self.surveys_of_source(), self.chosen_survey()));
        let (Some(surveys), Some(survey)) = (surveys, survey) else {
            self.error
                .set(Some(Problem::Sentence(|text| text.survey_none_chosen)));
            return;
        };
        let nameless = [self.survey.reader, self.survey.group]
            .iter()
            .any(|name| name.with_untracked(|name| name.trim().is_empty()));
        if nameless {
            self.error
                .set(Some(Problem::Sentence(|text| text.survey_who_missing)));
            return;
        }
        let stored = untrack(|| self.stored_of_chosen()).filter(|_| !afresh);
        self.error.set(None);
        self.survey.with_model.set(true);
        self.survey.phase.set(Phase::Preparing);
        self.announcement.set(text().survey_preparing.to_owned());
        let number = self.next_number();
        self.asked_for.set_value(number);
        let source = self.survey.source.get_untracked();
        spawn_local(async move {
            let pictures = match source {
                Source::BuiltIn => self.fetch_drawings(&survey).await,
                Source::File => self.read_photographs(&survey).await,
            };
            if self.asked_for.get_value() != number {
                return;
            }
            match pictures {
                Ok(pictures) => {
                    self.take_pictures(surveys, &survey, pictures, stored);
                    self.go_on();
                }
                Err(problem) => {
                    self.survey.phase.set(Phase::SettingUp);
                    self.error.set(Some(problem));
                }
            }
        });
        self.load_for_survey();
    }

    /// Loads the model, or what is missing of it, once more if need be.
    pub fn load_for_survey(self) {
        self.error.set(None);
        self.joining.set(Joining::Resting);
        if self.engine.get_untracked() == EngineState::Ready {
            self.go_on();
        } else {
            self.load();
        }
    }

    async fn fetch_drawings(self, survey: &Survey) -> Result<Vec<Picture>, Problem> {
        let drawings = self
            .samples
            .with_untracked(|samples| samples.drawings.clone());
        let failed = |detail: String| {
            leptos::logging::warn!("{detail}");
            Problem::Sentence(|text| text.sample_failed)
        };
        let mut pictures = Vec::new();
        for question in &survey.questions {
            let picture = fetch::blob(&Sample::address(&question.image)).await;
            let drawing = drawings
                .iter()
                .find(|drawing| drawing.file == question.image);
            let lesion = match drawing.and_then(|drawing| drawing.mask.as_ref()) {
                Some(mask) => {
                    let mask = fetch::blob(&Sample::address(mask)).await.map_err(failed)?;
                    Lesion::read(&mask).await.ok()
                }
                None => None,
            };
            pictures.push((picture.map_err(failed)?, lesion.map(Arc::new)));
        }
        Ok(pictures)
    }

    async fn read_photographs(self, survey: &Survey) -> Result<Vec<Picture>, Problem> {
        let Some(files) = self.survey.files.try_update_value(Option::take).flatten() else {
            return Err(Problem::Sentence(|text| text.survey_none_chosen));
        };
        let photographs = files.photographs(survey).await;
        // The next survey of the same file is read from it too.
        self.survey.files.set_value(Some(files));
        let pictures = photographs?.into_iter();
        Ok(pictures.map(|photograph| (photograph, None)).collect())
    }

    fn take_pictures(
        self,
        surveys: Arc<Surveys>,
        survey: &Survey,
        pictures: Vec<Picture>,
        stored: Option<Stored>,
    ) {
        let rows = survey
            .questions
            .iter()
            .zip(&pictures)
            .map(|(question, (blob, lesion))| {
                let preview = Url::create_object_url_with_blob(blob).unwrap_or_default();
                // Surveys are checked: every label is known.
                let truth = surveys.label(&question.label).unwrap_or_default();
                Row::new(question.clone(), truth, preview, lesion.clone())
            });
        let rows: Vec<Row> = rows.collect();
        for (row, stored) in rows
            .iter()
            .zip(stored.iter().flat_map(|stored| &stored.rows))
        {
            let label = stored.answer.as_ref();
            row.answer.set(label.and_then(|label| surveys.label(label)));
            row.region.set(stored.region());
            row.shown.set(stored.shown);
        }
        let place = stored.as_ref().map_or(0, |stored| stored.place);
        self.survey
            .place
            .set(place.min(rows.len().saturating_sub(1)));
        let finished = stored.is_some_and(|stored| stored.finished);
        self.survey.resumes_finished.set_value(finished);
        let blobs = pictures.into_iter().map(|(blob, _)| blob);
        self.survey.pictures.set_value(blobs.collect());
        self.survey.rows.set(rows);
        self.survey.surveys.set(Some(surveys));
    }

    /// Begins as soon as photographs and model are there.
    pub(in crate::session) fn begin_prepared_survey(self) {
        let preparing = self.survey.phase.get_untracked() == Phase::Preparing;
        let pictured = self.survey.surveys.with_untracked(Option::is_some);
        let loaded = self.loaded.with_untracked(|loaded| {
            let loaded = loaded.as_ref();
            loaded.is_some_and(|(_, bundle)| bundle.is_whole())
        });
        if preparing && pictured && loaded {
            self.begin_survey();
        }
    }

    /// Begins although the model is not there. Nothing more of it is fetched.
    pub fn begin_without_model(self) {
        if self.survey.surveys.with_untracked(Option::is_none) {
            return;
        }
        self.error.set(None);
        self.survey.with_model.set(false);
        if self.engine.get_untracked().is_busy() {
            self.cancel_load();
        } else {
            self.stop_joining();
        }
        self.begin_survey();
        self.go_on();
    }

    /// Whether the photographs are there, and only the model is waited for.
    pub fn survey_waits_for_model(&self) -> bool {
        self.survey.surveys.with(Option::is_some)
    }

    fn begin_survey(self) {
        let finished = self.survey.resumes_finished.get_value();
        self.survey.phase.set(if finished {
            Phase::Finished
        } else {
            Phase::Asking
        });
        self.requests.photo_opened();
        if self.survey.may_store.get_untracked() {
            self.store_survey();
        } else {
            self.forget_stored_survey();
        }
        self.tell_place();
    }

    /// Goes back from the preparations to the settings.
    pub fn stop_preparing(self) {
        self.asked_for.set_value(self.next_number());
        self.drop_survey();
        self.survey.phase.set(Phase::SettingUp);
    }

    /// Forgets photographs and answers, here and in the engine.
    pub(super) fn drop_survey(self) {
        self.stop_survey_model();
        self.survey.rows.with_untracked(|rows| {
            for row in rows {
                let _ = Url::revoke_object_url(&row.preview);
            }
        });
        self.survey.surveys.set(None);
        self.survey.rows.set(Vec::new());
        self.survey.pictures.set_value(Vec::new());
        self.survey.place.set(0);
        self.requests.photo_closed();
        self.try_joining_again();
    }
}
