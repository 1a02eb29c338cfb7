//! Answering: one photograph after another, back and forth, until the reader ends it.

use leptos::prelude::*;

use crate::state::AppState;
use crate::survey::row::Row;
use crate::survey::tally::share_words;
use crate::survey::{Feedback, Phase};
use crate::text::{fill, text};

impl AppState {
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
            let told = untrack(|| [self.verdict_words(&row), self.model_words(&row)]);
            self.announcement.set(told.join(" "));
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

    pub(super) fn tell_place(self) {
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
        let place = untrack(|| self.place_words());
        let shares = untrack(|| self.survey_tally(None)).map(|tally| tally.shares());
        self.announcement.set(match shares {
            Some([Some(share), _]) => {
                format!("{}: {}. {place}", text().survey_right, share_words(&share))
            }
            _ => place,
        });
    }

    /// The drawn region has changed.
    pub fn survey_region_changed(self) {
        self.store_survey();
    }
}
