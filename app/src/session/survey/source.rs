//! Which survey: the page's own drawings, or one of a file of the teacher's.

use std::sync::Arc;

use genoderm_study::{Survey, Surveys};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{DataTransfer, File, FileList};

use crate::engine_client::describe;
use crate::own_model::dropped;
use crate::problem::Problem;
use crate::session::own_model::with_path;
use crate::state::AppState;
use crate::survey::bundle::SurveyFiles;
use crate::survey::stored::Stored;
use crate::survey::{Phase, Source, built_in};
use crate::text::{fill, text};

impl AppState {
    /// Opens the mode's settings, in the place of whatever was open: the page is the survey's from now on.
    pub fn open_survey_mode(self) {
        self.asked_for.set_value(self.next_number());
        self.close_camera_quietly();
        self.close_batch_quietly();
        self.close_photo_quietly();
        self.let_go_quietly();
        self.error.set(None);
        self.survey.phase.set(Phase::SettingUp);
        if let Some(stored) = self.survey.stored.get_untracked() {
            self.survey.reader.set(stored.reader.name);
            self.survey.group.set(stored.reader.group.0);
            self.survey.feedback.set(stored.feedback);
            self.survey.may_store.set(true);
            self.survey.source.set(if stored.built_in {
                Source::BuiltIn
            } else {
                Source::File
            });
        }
        self.announcement.set(text().survey_opened.to_owned());
        self.go_on();
    }

    /// Whether a survey has the page for itself; whoever wanted to open something else is told so.
    pub(in crate::session) fn is_kept_by_survey(self) -> bool {
        let kept = untrack(|| self.survey.is_open());
        if kept {
            self.error
                .set(Some(Problem::Sentence(|text| text.survey_is_open)));
        }
        kept
    }

    /// Takes the surveys of a chosen folder.
    pub fn use_survey_folder(self, list: &FileList) {
        let files = (0..list.length()).filter_map(|place| list.get(place));
        let files = files.map(with_path).collect();
        self.take_surveys(async move { SurveyFiles::of_folder(files) });
    }

    /// Takes the surveys of a zip file.
    pub fn use_survey_zip(self, file: File) {
        self.take_surveys(SurveyFiles::of_zip(file.into()));
    }

    /// Takes the surveys of what was dropped while they are chosen: a folder or a zip file. False at any other time.
    pub(in crate::session) fn take_dropped_surveys(self, data: &DataTransfer) -> bool {
        if self.survey.phase.get_untracked() != Phase::SettingUp {
            return false;
        }
        let zip = data.files().and_then(|files| files.get(0));
        match (dropped::folder(data), zip) {
            (Some(folder), _) => self.take_surveys(async move {
                let files = dropped::files(folder).await.map_err(|error| {
                    leptos::logging::warn!("survey: {}", describe(&error));
                    Problem::Sentence(|text| text.survey_unreadable)
                })?;
                SurveyFiles::of_folder(files)
            }),
            (None, Some(file)) => self.use_survey_zip(file),
            (None, None) => {}
        }
        true
    }

    fn take_surveys(self, files: impl Future<Output = Result<SurveyFiles, Problem>> + 'static) {
        if self.survey.reading.get_untracked() {
            return;
        }
        self.error.set(None);
        self.survey.reading.set(true);
        spawn_local(async move {
            let found = async {
                let files = files.await?;
                let surveys = files.surveys().await?;
                Ok((files, surveys))
            };
            let found = found.await;
            self.survey.reading.set(false);
            match found {
                Ok((files, surveys)) => self.surveys_taken(files, surveys),
                Err(problem) => self.error.set(Some(problem)),
            }
        });
    }

    fn surveys_taken(self, files: SurveyFiles, surveys: Surveys) {
        let count = surveys.surveys.len();
        let words = text().survey_taken.form(count as u64);
        self.announcement
            .set(fill(words, &[("count", count.to_string())]));
        let stored = self.survey.stored.get_untracked();
        let begun = stored.and_then(|stored| {
            let mut surveys = surveys.surveys.iter();
            surveys.position(|survey| stored.is_of(survey, Source::File))
        });
        self.survey.files.set_value(Some(files));
        self.survey.chosen.set(begun.unwrap_or_default());
        self.survey.filed.set(Some(Arc::new(surveys)));
        self.survey.source.set(Source::File);
    }

    /// The surveys of the chosen source; `None` while its file is not read.
    pub(super) fn surveys_of_source(&self) -> Option<Arc<Surveys>> {
        match self.survey.source.get() {
            Source::BuiltIn => {
                let built_in = self
                    .samples
                    .with(|samples| built_in::surveys(&samples.drawings));
                (!built_in.surveys[0].questions.is_empty()).then(|| Arc::new(built_in))
            }
            Source::File => self.survey.filed.get(),
        }
    }

    /// The chosen survey; `None` while there is none.
    pub fn chosen_survey(&self) -> Option<Survey> {
        let surveys = self.surveys_of_source()?;
        let index = match self.survey.source.get() {
            Source::BuiltIn => 0,
            Source::File => self.survey.chosen.get(),
        };
        surveys.surveys.get(index).cloned()
    }

    /// What an earlier visit stored of the chosen survey.
    pub fn stored_of_chosen(&self) -> Option<Stored> {
        let survey = self.chosen_survey()?;
        let source = self.survey.source.get();
        let stored = self.survey.stored.get()?;
        stored.is_of(&survey, source).then_some(stored)
    }
}
