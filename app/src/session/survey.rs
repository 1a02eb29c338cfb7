//! The reader mode's way: settings, photographs and model, answers one after another, the result.
//!
//! No photograph of a survey is open before the model is loaded, so that no request need be made from then on. The engine
//! works while the reader answers (`survey_model`), and nothing that it says is shown before its time.

use std::sync::Arc;

use genoderm_study::{Sheet, Survey, Surveys, write_answers};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{Blob, File, FileList, Url};

use super::own_model::with_path;
use crate::fetch;
use crate::joining::Joining;
use crate::keep::download::save_text;
use crate::lesion::Lesion;
use crate::problem::Problem;
use crate::samples::Sample;
use crate::state::{AppState, EngineState};
use crate::survey::bundle::SurveyFiles;
use crate::survey::row::Row;
use crate::survey::stored::{SETTING, Stored, StoredRow};
use crate::survey::{Feedback, Phase, Source, built_in};
use crate::text::{fill, text};

/// What belongs to one photograph: its file, and its lesion if that is known.
type Picture = (Blob, Option<Arc<Lesion>>);

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
    pub(super) fn is_kept_by_survey(self) -> bool {
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
    fn surveys_of_source(&self) -> Option<Arc<Surveys>> {
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
    pub(super) fn begin_prepared_survey(self) {
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

    /// The reader's answer to the photograph that is shown, by the position of its label; `None` takes it back.
    pub fn answer_survey(self, label: Option<usize>) {
        let Some(row) = self.shown_row() else { return };
        let labels = self.survey_labels();
        let known = label.is_none_or(|label| label < labels.len());
        if !known || self.is_settled(&row) {
            return;
        }
        row.answer.set(label);
        let words = match label.and_then(|label| labels.get(label)) {
            Some(key) => {
                let values = [("label", untrack(|| self.label_name(key)))];
                fill(text().survey_chosen, &values)
            }
            None => text().survey_taken_back.to_owned(),
        };
        self.announcement.set(words);
        self.store_survey();
    }

    /// Whether the answer about a photograph stands.
    fn is_settled(self, row: &Row) -> bool {
        self.survey.phase.get_untracked() != Phase::Asking || row.shown.get_untracked()
    }

    /// The photograph that is shown.
    pub fn shown_row(&self) -> Option<Row> {
        let place = self.survey.place.get_untracked();
        self.survey
            .rows
            .with_untracked(|rows| rows.get(place).cloned())
    }

    /// The keys of the survey's labels, in its order.
    pub fn survey_labels(&self) -> Vec<String> {
        self.survey.surveys.with_untracked(|surveys| {
            let surveys = surveys.as_ref();
            surveys.map_or_else(Vec::new, |surveys| surveys.labels.clone())
        })
    }

    /// Goes on from the photograph that is shown: to what the model says of it, if the reader is to see that now, else to
    /// the next, and from the last to the first without an answer. False when there is nowhere to go.
    pub fn next_in_survey(self) -> bool {
        let Some(row) = self.shown_row() else {
            return false;
        };
        let each = self.survey.feedback.get_untracked() == Feedback::AfterEach;
        let answered = row.answer.get_untracked().is_some();
        if each && answered && !row.shown.get_untracked() {
            row.shown.set(true);
            self.store_survey();
            self.announcement.set(untrack(|| self.verdict_words(&row)));
            // Its turn comes first.
            self.go_on();
            return true;
        }
        let place = self.survey.place.get_untracked();
        let next = self.survey.rows.with_untracked(|rows| {
            let open = |row: &Row| row.answer.get_untracked().is_none();
            let following = (place + 1 < rows.len()).then_some(place + 1);
            following.or_else(|| rows.iter().position(open).filter(|first| *first != place))
        });
        match next {
            Some(next) => {
                self.show_in_survey(next);
                true
            }
            None => false,
        }
    }

    /// Goes back by one photograph. False at the first.
    pub fn back_in_survey(self) -> bool {
        let before = self.survey.place.get_untracked().checked_sub(1);
        before.is_some_and(|place| {
            self.show_in_survey(place);
            true
        })
    }

    /// Shows another photograph.
    pub fn show_in_survey(self, place: usize) {
        self.survey.place.set(place);
        self.store_survey();
        self.tell_place();
    }

    fn tell_place(self) {
        self.announcement.set(untrack(|| self.place_words()));
    }

    /// Which photograph is shown, and how many are answered.
    pub fn place_words(&self) -> String {
        let (answered, total) = self.survey.answered();
        let values = [
            ("number", (self.survey.place.get() + 1).to_string()),
            ("total", total.to_string()),
            ("answered", answered.to_string()),
        ];
        if self.survey.phase.get() == Phase::Finished {
            fill(text().survey_finished_told, &values)
        } else {
            fill(text().survey_place, &values)
        }
    }

    /// Ends the questions: from now on answers stand, and everything is shown.
    pub fn finish_survey(self) {
        if self.survey.phase.get_untracked() != Phase::Asking {
            return;
        }
        self.survey.phase.set(Phase::Finished);
        self.survey.place.set(0);
        self.store_survey();
        self.tell_place();
    }

    /// The drawn region has changed.
    pub fn survey_region_changed(self) {
        self.store_survey();
    }

    /// Keeps the survey on this device where the reader allows it.
    fn store_survey(self) {
        if !self.survey.may_store.get_untracked() {
            return;
        }
        let Some((_, survey)) = untrack(|| self.survey.survey()) else {
            return;
        };
        let labels = self.survey_labels();
        let rows = self.survey.rows.with_untracked(|rows| {
            let kept = rows.iter().map(|row| StoredRow {
                image: row.question.image.clone(),
                answer: row
                    .answer
                    .get_untracked()
                    .and_then(|label| labels.get(label).cloned()),
                region: row.region.get_untracked().map(StoredRow::sides),
                shown: row.shown.get_untracked(),
            });
            kept.collect()
        });
        let source = self.survey.source.get_untracked();
        let feedback = self.survey.feedback.get_untracked();
        let who = untrack(|| self.survey.who());
        let mut stored = Stored::new(&survey, source, who, feedback, rows);
        stored.place = self.survey.place.get_untracked();
        stored.finished = self.survey.phase.get_untracked() == Phase::Finished;
        stored.write();
        self.survey.stored.set(Some(stored));
    }

    /// Forgets what is stored of a survey, and stores no more of the open one.
    pub fn forget_stored_survey(self) {
        Stored::forget();
        self.survey.stored.set(None);
        self.survey.may_store.set(false);
    }

    /// The settings were cleared as a whole, the stored survey among them.
    pub fn settings_were_cleared(self) {
        if crate::settings::read(SETTING).is_none() {
            self.forget_stored_survey();
        }
    }

    /// Closes the survey. What is stored stays, so that the reader can go on later, until all is answered.
    pub fn close_survey(self) {
        if self.survey.phase.get_untracked() == Phase::Finished {
            self.forget_stored_survey();
        }
        self.asked_for.set_value(self.next_number());
        self.drop_survey();
        self.survey.phase.set(Phase::Closed);
        self.survey.filed.set(None);
        self.survey.files.set_value(None);
        self.survey.reader.set(String::new());
        self.survey.group.set(String::new());
        self.error.set(None);
        self.announcement.set(text().survey_closed.to_owned());
        self.go_on();
    }

    /// Forgets photographs and answers, here and in the engine.
    fn drop_survey(self) {
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

    /// Saves the answers as the table that `genoderm study score` reads.
    pub fn save_answers(self) {
        let Some((index, survey)) = untrack(|| self.survey.survey()) else {
            return;
        };
        let Some(surveys) = self.survey.surveys.get_untracked() else {
            return;
        };
        let answers = self.survey.rows.with_untracked(|rows| {
            let answers = rows.iter().map(|row| row.answer.get_untracked());
            answers.collect()
        });
        let sheet = Sheet {
            survey: index,
            reader: untrack(|| self.survey.who()),
            answers,
        };
        let name = file_name(&[&survey.name, &sheet.reader.name]);
        let table = write_answers(&sheet.rows(&surveys));
        self.tell_saved(save_text(&table, "text/csv;charset=utf-8", &name));
    }

    /// Saves the description of the page's own survey, which `genoderm study score` reads beside the answers.
    pub fn save_description(self) {
        let surveys = self.survey.surveys.get_untracked();
        let Some(json) = surveys.and_then(|surveys| serde_json::to_string_pretty(&*surveys).ok())
        else {
            return;
        };
        self.tell_saved(save_text(&json, "application/json", "surveys.json"));
    }
}

/// A file's name from words that may hold anything.
fn file_name(words: &[&str]) -> String {
    let plain = |word: &&str| -> String {
        let letters = word.chars().take(40);
        letters
            .map(|letter| {
                if letter.is_alphanumeric() {
                    letter
                } else {
                    '-'
                }
            })
            .collect()
    };
    let words: Vec<String> = words.iter().map(plain).collect();
    format!("genoderm-answers-{}.csv", words.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_name_is_no_path() {
        assert_eq!(
            file_name(&["S01", "../R 1"]),
            "genoderm-answers-S01----R-1.csv"
        );
    }
}
