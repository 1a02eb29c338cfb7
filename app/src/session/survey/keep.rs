//! What stays of a survey: the table of answers, and, where the reader allows it, what is needed to go on after a reload.

use genoderm_study::{Sheet, write_answers};
use leptos::prelude::*;

use crate::keep::download::save_text;
use crate::settings;
use crate::state::AppState;
use crate::survey::Phase;
use crate::survey::stored::{SETTING, Stored, StoredRow};
use crate::text::text;

impl AppState {
    /// Keeps the survey on this device where the reader allows it.
    pub(super) fn store_survey(self) {
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
        if settings::read(SETTING).is_none() {
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
