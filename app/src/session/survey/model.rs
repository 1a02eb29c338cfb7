//! The model's side of a survey: it looks at one photograph after another while the reader answers, and says nothing aloud.
//!
//! Each is classified by the whole set of networks for its view and explained for the label that the model prefers, by the
//! method that was chosen. The photograph that is shown comes first, then those that follow in the survey's order.

use std::sync::Arc;

use genoderm_protocol::{Classification, ExplainSettings, Request};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::Blob;

use crate::decode;
use crate::format;
use crate::overlay::Heat;
use crate::problem::Problem;
use crate::session::photograph::unusable;
use crate::state::{AppState, is_refused};
use crate::survey::Phase;
use crate::survey::row::{ModelReading, Row, Turn};
use crate::survey::tally::{Answered, Tally};
use crate::text::{fill, text};

impl AppState {
    /// Whether a photograph of the survey is to be handed to the engine.
    pub(in crate::session) fn survey_wants_engine(self) -> bool {
        let holds = untrack(|| self.survey.holds_photographs());
        let whole = self.loaded.with_untracked(|loaded| {
            let loaded = loaded.as_ref();
            loaded.is_some_and(|(_, bundle)| bundle.is_whole())
        });
        holds && whole && self.survey.with_model.get_untracked() && self.next_turn().is_some()
    }

    /// The photograph whose turn is next.
    fn next_turn(self) -> Option<usize> {
        let shown = self.survey.place.get_untracked();
        self.survey.rows.with_untracked(|rows| {
            let waits = |place: &usize| {
                let row = rows.get(*place);
                row.is_some_and(|row| row.model.with_untracked(Turn::is_waiting))
            };
            Some(shown)
                .filter(waits)
                .or_else(|| (0..rows.len()).find(waits))
        })
    }

    /// Hands the next photograph to the engine.
    pub(in crate::session) fn ask_about_survey(self) {
        let Some(place) = self.next_turn() else {
            return;
        };
        let file = self
            .survey
            .pictures
            .with_value(|pictures| pictures.get(place).cloned());
        let (Some(file), Some(row)) = (file, self.row_at(place)) else {
            return;
        };
        if let Some(problem) = unusable(&file) {
            row.model.set(Turn::Failed(problem));
            self.go_on();
            return;
        }
        let id = self.survey_job();
        row.model.set(Turn::Running);
        self.survey.at_work.set_value(Some((place, None)));
        let view = row.question.view.to_string();
        let set = untrack(|| {
            let known = self.sets().into_iter().find(|set| *set == view);
            known.or_else(|| self.set())
        });
        spawn_local(self.hand_photograph(id, file, set));
    }

    async fn hand_photograph(self, id: u32, file: Blob, set: Option<String>) {
        let bytes = decode::for_engine(&file).await;
        // The survey may have been closed while the file was read.
        let current = self.worker.with_value(|engine| {
            let engine = engine.as_ref();
            engine.is_some_and(|engine| engine.survey == Some(id))
        });
        match bytes {
            _ if !current => {}
            Ok(bytes) => {
                let region = None;
                self.send(&Request::Classify { id, set, region }, &[bytes]);
            }
            Err(problem) => self.survey_failed(problem),
        }
    }

    /// A number for what is asked of the engine next.
    fn survey_job(self) -> u32 {
        let id = self.next_number();
        self.worker.update_value(|engine| {
            if let Some(engine) = engine {
                engine.survey = Some(id);
            }
        });
        id
    }

    fn row_at(self, place: usize) -> Option<Row> {
        self.survey
            .rows
            .with_untracked(|rows| rows.get(place).cloned())
    }

    /// The photograph is answered: its map comes next.
    pub(in crate::session) fn survey_classified(self, classification: Classification) {
        let place = self
            .survey
            .at_work
            .with_value(|work| work.as_ref().map(|work| work.0));
        let answer = classification.sets.into_iter().next();
        let (Some(place), Some(answer)) = (place, answer) else {
            self.survey_failed(Problem::Sentence(|text| text.engine_stopped));
            return;
        };
        let labels = self.survey_labels();
        let ranking = &answer.ranking;
        let preferred = ranking.iter().find(|label| labels.contains(&label.key));
        let target = preferred.or(ranking.first()).map(|label| label.key.clone());
        let set = answer.set.clone();
        self.survey.at_work.set_value(Some((place, Some(answer))));
        let Some(target) = target else {
            self.survey_read(None);
            return;
        };
        let method = self.map_choice.method.get_untracked();
        let settings = ExplainSettings {
            steps: self.steps.get_untracked(),
            baseline: self.baseline.get_untracked(),
            ..ExplainSettings::of_method(method, set, target)
        };
        let id = self.survey_job();
        self.send(&Request::Explain { id, settings }, &[]);
    }

    /// Everything that the model says of a photograph is there; the map may be missing.
    pub(in crate::session) fn survey_read(self, heat: Option<Heat>) {
        let work = self.survey.at_work.try_update_value(Option::take).flatten();
        let Some((place, Some(answer))) = work else {
            self.go_on();
            return;
        };
        let labels = self.survey_labels();
        let mut keys = answer.ranking.iter().map(|label| &label.key);
        let label = keys.find_map(|key| labels.iter().position(|label| label == key));
        if let Some(row) = self.row_at(place) {
            row.model.set(Turn::Done(Arc::new(ModelReading {
                answer,
                label,
                heat,
            })));
            // The reader waits for it.
            if row.shown.get_untracked() && place == self.survey.place.get_untracked() {
                self.announcement.set(untrack(|| self.model_words(&row)));
            }
        }
        let (settled, total) = untrack(|| (self.survey.settled(), self.survey.answered().1));
        if settled == total {
            self.send(&Request::Forget, &[]);
            if self.survey.phase.get_untracked() == Phase::Finished {
                self.announcement.set(text().survey_model_ready.to_owned());
            }
        }
        self.go_on();
    }

    /// The engine cannot do what it was asked. An answer without a map is still one.
    pub(in crate::session) fn survey_failed(self, problem: Problem) {
        self.worker.update_value(|engine| {
            if let Some(engine) = engine {
                engine.survey = None;
            }
        });
        let classified = self.survey.at_work.with_value(|work| {
            let work = work.as_ref();
            work.is_some_and(|(_, answer)| answer.is_some())
        });
        if classified {
            self.survey_read(None);
            return;
        }
        self.survey_lost_engine(Some(problem));
        self.go_on();
    }

    /// The engine ended, or cannot do it: the photograph that it worked on waits again, or is not tried any more.
    pub(in crate::session) fn survey_lost_engine(self, problem: Option<Problem>) {
        let work = self.survey.at_work.try_update_value(Option::take).flatten();
        if let Some(row) = work.and_then(|(place, _)| self.row_at(place)) {
            row.model.set(problem.map_or(Turn::Waiting, Turn::Failed));
        }
    }

    /// No engine will come any more: what waits is not answered.
    pub(in crate::session) fn survey_without_engine(self, problem: Problem) {
        self.survey_lost_engine(Some(problem));
        if !untrack(|| self.survey.holds_photographs()) {
            return;
        }
        self.survey.rows.with_untracked(|rows| {
            for row in rows {
                if row.model.with_untracked(Turn::is_waiting) {
                    row.model.set(Turn::Failed(problem));
                }
            }
        });
    }

    /// Takes the survey's photograph back from the engine.
    pub(in crate::session) fn stop_survey_model(self) {
        self.survey.at_work.set_value(None);
        let id = self
            .worker
            .try_update_value(|engine| engine.as_mut()?.survey.take());
        if let Some(id) = id.flatten() {
            self.send(&Request::Cancel { id }, &[]);
        }
        if self.engine.get_untracked() == crate::state::EngineState::Ready {
            self.send(&Request::Forget, &[]);
        }
    }

    /// Every photograph with both answers, for counting.
    pub fn survey_answers(&self) -> Vec<Answered> {
        self.survey.rows.with(|rows| {
            let answered = rows.iter().map(|row| Answered {
                view: row.question.view,
                truth: row.truth,
                reader: row.answer.get(),
                model: row.reading().and_then(|reading| reading.label),
            });
            answered.collect()
        })
    }

    /// What was answered for what, by both, in one view or in all.
    pub fn survey_tally(&self, view: Option<genoderm_study::View>) -> Option<Tally> {
        let labels = self.survey_labels().len();
        Tally::of(labels, &self.survey_answers(), view)
    }

    /// What a photograph shows and whether the reader knew, in a sentence.
    pub fn verdict_words(&self, row: &Row) -> String {
        let name = |label: usize| {
            let labels = self.survey_labels();
            labels
                .get(label)
                .map_or_else(String::new, |key| self.label_name(key))
        };
        let truth = name(row.truth);
        match row.answer.get() {
            Some(answer) if answer == row.truth => {
                fill(text().survey_verdict_right, &[("truth", &truth)])
            }
            Some(answer) => fill(
                text().survey_verdict_wrong,
                &[("truth", &truth), ("answer", &name(answer))],
            ),
            None => fill(text().survey_verdict_none, &[("truth", &truth)]),
        }
    }

    /// What the model says of a photograph, in a sentence or two.
    pub fn model_words(&self, row: &Row) -> String {
        let reading = match row.model.get() {
            Turn::Done(reading) => reading,
            Turn::Failed(problem) => return problem.sentence(),
            Turn::Waiting if !self.survey.with_model.get() => {
                return text().survey_without_model.to_owned();
            }
            Turn::Waiting | Turn::Running => return text().survey_model_works.to_owned(),
        };
        let labels = self.survey_labels();
        let key = reading.label.and_then(|label| labels.get(label));
        let Some(key) = key else {
            return text().survey_model_none.to_owned();
        };
        let ranked = reading
            .answer
            .ranking
            .iter()
            .find(|label| label.key == *key);
        let values = [
            ("label", self.label_name(key)),
            (
                "percent",
                format::percent(ranked.map_or(0.0, |label| label.probability)),
            ),
        ];
        let right = reading.label == Some(row.truth);
        let template = if right {
            text().survey_model_right
        } else {
            text().survey_model_wrong
        };
        let mut words = fill(template, &values);
        if is_refused(&reading.answer) {
            words = format!("{words} {}", text().survey_model_refused);
        } else if reading.answer.fallback {
            words = format!("{words} {}", text().survey_model_unsure);
        }
        words
    }
}
