//! What the engine says, and what the page makes of it.

use genoderm_protocol::{Event, Failure, FailureKind, Phase, Progress, SetAnswer, envelope};
use js_sys::ArrayBuffer;
use leptos::prelude::*;

use super::keep::now;
use crate::engine_client::EngineMessage;
use crate::joining::network_values;
use crate::overlay::Heat;
use crate::problem::Problem;
use crate::state::{Answer, AppState, Engine, EngineState, Map, is_refused};
use crate::text::{engine_name, fill, kind_name, text};
use crate::{format, probe};

/// Which of the page's requests an event belongs to.
#[derive(Clone, Copy, PartialEq)]
enum Job {
    Load,
    Join,
    Classify,
    Explain,
    Trace,
    Batch,
    Survey,
    Upright,
}

impl AppState {
    pub(super) fn on_message(self, message: EngineMessage) {
        match message {
            EngineMessage::Event(event, buffers) => self.on_event(event, &buffers),
            EngineMessage::Requests(requests) => self.requests.note(requests),
            EngineMessage::Died(detail) => self.engine_died(&detail),
        }
    }

    fn on_event(self, event: Event, buffers: &[ArrayBuffer]) {
        // An event of a request that was replaced by a newer one has no job and is passed over.
        let job = event.id().and_then(|id| self.job(id));
        if let Some(id) = event.id().filter(|_| event.is_final()) {
            self.job_ended(id);
        }
        match (event, job) {
            (Event::Booted { version, .. }, _) => {
                if version == env!("CARGO_PKG_VERSION") {
                    self.send_load();
                } else {
                    self.fail(Problem::Sentence(|text| text.engine_version_mismatch));
                }
            }
            (Event::Progress { progress, .. }, Some(job)) => self.on_progress(job, progress),
            (Event::Wanted { id, file, limit }, Some(Job::Load)) => self.hand(id, file, limit),
            (Event::Loaded { engine, bundle, .. }, Some(Job::Load)) => {
                let ready = fill(text().ready, &[("engine", engine_name(engine.backend))]);
                self.first_network_took(engine.load_ms);
                self.bytes_loaded.set(bundle.loaded_bytes);
                self.loaded.set(Some((engine, *bundle)));
                self.engine.set(EngineState::Ready);
                self.announcement.set(ready);
                self.count_for_held();
                self.go_on();
            }
            // One that was to be cancelled may have been quicker.
            (Event::Joined { bundle, golden, .. }, _) => self.joined(*bundle, golden),
            (Event::Classified { classification, .. }, Some(Job::Classify)) => {
                let renewed = matches!(self.answer.get_untracked(), Answer::Done(_));
                self.answered.set(now());
                self.answer.set(Answer::Done(classification));
                self.tell_answer();
                self.show_kept_map();
                if renewed {
                    self.explain_again();
                }
                self.go_on();
            }
            (Event::Classified { classification, .. }, Some(Job::Batch)) => {
                self.batch_answered(classification);
            }
            (Event::Classified { classification, .. }, Some(Job::Survey)) => {
                self.survey_classified(classification);
            }
            (Event::Explained { explanation, .. }, Some(Job::Survey)) => {
                self.survey_read(heat_of(explanation.width, explanation.height, buffers));
            }
            (Event::Upright { photo, .. }, Some(Job::Upright)) => {
                self.case_upright(photo, buffers.first().cloned());
            }
            (Event::Refined { refinement, .. }, Some(Job::Explain)) => {
                let heat = heat_of(refinement.width, refinement.height, buffers);
                if heat.is_some() {
                    self.heat.set(heat);
                }
            }
            (Event::Explained { explanation, .. }, Some(Job::Explain)) => {
                let Some(heat) = heat_of(explanation.width, explanation.height, buffers) else {
                    self.on_failure(
                        Job::Explain,
                        Failure::new(FailureKind::Internal, "heat of a wrong size"),
                    );
                    return;
                };
                let name = untrack(|| self.label_name(&explanation.settings.target));
                self.heat.set(Some(heat));
                self.map.set(Map::Done(explanation));
                self.announcement
                    .set(fill(text().explain_ready, &[("label", &name)]));
                self.go_on();
            }
            (Event::Traced { trace, .. }, Some(Job::Trace)) => {
                self.path_traced(*trace, buffers);
            }
            (Event::Failed { failure, .. }, Some(job)) => self.on_failure(job, failure),
            (Event::Crashed { failure }, _) => self.engine_crashed(failure),
            _ => {}
        }
    }

    /// Says aloud what the rankings show.
    fn tell_answer(self) {
        let answers = untrack(|| self.answers());
        let told: Vec<String> = match answers.as_slice() {
            [only] => vec![self.answer_words(only)],
            several => several
                .iter()
                .map(|answer| {
                    let values = [
                        ("kind", kind_name(&answer.set)),
                        ("answer", self.answer_words(answer)),
                    ];
                    fill(text().both_answer, &values)
                })
                .collect(),
        };
        self.announcement.set(told.join(" "));
    }

    fn answer_words(self, answer: &SetAnswer) -> String {
        let told = match answer.ranking.first() {
            _ if is_refused(answer) => text().answer_not_skin.to_owned(),
            Some(first) if !answer.fallback => {
                let values = [
                    ("label", untrack(|| self.label_name(&first.key))),
                    ("percent", format::percent(first.probability)),
                ];
                fill(text().answer_ready, &values)
            }
            _ => text().answer_unsure.to_owned(),
        };
        if answer.is_preliminary() {
            let note = fill(text().fast_told, &network_values(answer));
            format!("{note} {told}")
        } else {
            told
        }
    }

    fn job(self, id: u32) -> Option<Job> {
        self.worker.with_value(|engine| {
            let engine = engine.as_ref()?;
            [
                (engine.load, Job::Load),
                (engine.join, Job::Join),
                (engine.classify, Job::Classify),
                (engine.explain, Job::Explain),
                (engine.trace, Job::Trace),
                (engine.batch, Job::Batch),
                (engine.survey, Job::Survey),
                (engine.upright, Job::Upright),
            ]
            .into_iter()
            .find_map(|(known, job)| (known == Some(id)).then_some(job))
        })
    }

    /// The engine has nothing more to say about a request.
    fn job_ended(self, id: u32) {
        self.worker.update_value(|engine| {
            let Some(engine) = engine else { return };
            let Engine {
                load,
                join,
                classify,
                explain,
                trace,
                survey,
                ..
            } = engine;
            for job in [load, join, classify, explain, trace, survey] {
                job.take_if(|known| *known == id);
            }
        });
    }

    fn on_progress(self, job: Job, progress: Progress) {
        match job {
            Job::Load => {
                if progress.phase == Phase::Downloading {
                    self.bytes_loaded.set(progress.done);
                }
                self.engine.set(EngineState::Loading(progress));
            }
            Job::Join => self.join_progressed(progress),
            // An answer that is renewed stays until then.
            Job::Classify => {
                if !matches!(self.answer.get_untracked(), Answer::Done(_)) {
                    self.answer.set(Answer::Running(Some(progress)));
                }
            }
            Job::Explain => self.map.update(|map| {
                if let Map::Running(_, known) = map {
                    *known = Some(progress);
                }
            }),
            Job::Trace => self.path_progressed(progress),
            // The table says which one it is; a survey is not disturbed; a case is saved soon.
            Job::Batch | Job::Survey | Job::Upright => {}
        }
    }

    fn on_failure(self, job: Job, failure: Failure) {
        if !failure.detail.is_empty() {
            leptos::logging::warn!("engine: {failure}");
        }
        if self.should_fall_back(failure.kind) {
            self.fall_back(failure.kind);
            return;
        }
        if self.should_go_on_alone(failure.kind) {
            self.go_on_alone();
            return;
        }
        let problem = Problem::Failure(failure.kind);
        let cancelled = failure.kind == FailureKind::Cancelled;
        match job {
            Job::Load if cancelled => self.cancel_load(),
            Job::Load => self.fail(self.load_problem(failure.kind)),
            Job::Join => self.join_failed(failure.kind),
            Job::Classify => {
                // What cannot be classified is not kept beside somebody else's answer.
                self.close_photo_quietly();
                if !cancelled {
                    self.error.set(Some(problem));
                }
                self.go_on();
            }
            Job::Trace => self.path_failed(&failure),
            Job::Batch => self.batch_failed(problem),
            Job::Survey => self.survey_failed(problem),
            Job::Upright => {
                self.stop_saving();
                self.error.set(Some(problem));
            }
            Job::Explain => {
                self.remove_map();
                if cancelled {
                    self.announcement.set(text().explain_cancelled.to_owned());
                } else {
                    self.error.set(Some(problem));
                }
                self.go_on();
            }
        }
    }

    fn engine_crashed(self, failure: Failure) {
        if self.should_fall_back(failure.kind) {
            self.fall_back(failure.kind);
        } else {
            self.engine_died(&failure.to_string());
        }
    }

    /// The menu's present choice.
    pub fn picked_key(self) -> &'static str {
        self.picked.get().map_or("auto", probe::engine_key)
    }
}

/// The heat beside a map's event; `None` when it has not the size that the event says.
fn heat_of(width: u32, height: u32, buffers: &[ArrayBuffer]) -> Option<Heat> {
    let values = buffers.get(1).map(envelope::floats_of).unwrap_or_default();
    Heat::new(width, height, values)
}
