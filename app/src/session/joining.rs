//! The networks after the first: when they are fetched, and what happens when one has come.
//!
//! Work on a photograph comes first. From the moment in which the engine gets one until it is closed no request is made:
//! networks then join only from what is kept on this device.

use genoderm_protocol::{BundleInfo, FailureKind, GoldenReport, Progress, Request, SetInfo};
use leptos::prelude::*;

use crate::joining::{Joining, can_be_renewed};
use crate::problem::Problem;
use crate::state::{Answer, AppState, BOTH, EngineState};
use crate::text::{fill, text};

impl AppState {
    /// Where the engine is free: does what waits for it, and else has the next network come.
    pub(super) fn go_on(self) {
        if self.engine.get_untracked() != EngineState::Ready || self.engine_works() {
            return;
        }
        self.begin_prepared_survey();
        let photo = self.can_answer();
        let batch = self.batch.running.get_untracked() && self.can_run_batch();
        let survey = self.survey_wants_engine();
        let renew = self.can_renew();
        let joining = self.running_join().is_some();
        if !(photo || batch || survey || renew) {
            if !joining {
                self.join_next();
            }
        } else if joining {
            // Its last word comes back to this: until then it could make a request.
            self.stop_join();
        } else if photo {
            self.classify();
        } else if batch {
            self.take_up_batch();
        } else if survey {
            self.ask_about_survey();
        } else {
            self.renew();
        }
    }

    /// Whether the engine is at work on a photograph.
    fn engine_works(self) -> bool {
        self.worker.with_value(|engine| {
            engine.as_ref().is_some_and(|engine| {
                [
                    engine.load,
                    engine.classify,
                    engine.explain,
                    engine.trace,
                    engine.batch,
                    engine.survey,
                ]
                .iter()
                .any(Option::is_some)
            })
        })
    }

    /// Whether the photograph that waits is to be answered now. One network is enough, unless the others are near, or the
    /// reader wants to wait for all.
    fn can_answer(self) -> bool {
        let waits = self.photo.with_untracked(Option::is_some)
            && self.answer.get_untracked() == Answer::Waiting;
        if self.whole_first.get_value() {
            return waits && self.asked_are_whole();
        }
        waits
            && self.with_set(untrack(|| self.set()), |set| {
                let some = !set.present.is_empty();
                set.is_whole() || (some && !self.waits_a_moment(set))
            })
    }

    /// Whether all networks that are asked are there.
    fn asked_are_whole(self) -> bool {
        let asked = untrack(|| self.asked_sets());
        !asked.is_empty() && asked.iter().all(SetInfo::is_whole)
    }

    /// Whether the batch's set is complete: a table whose rows were answered by different networks would mislead.
    fn can_run_batch(self) -> bool {
        let set = self.batch.set.get_untracked();
        self.with_set(set.or_else(|| untrack(|| self.set())), SetInfo::is_whole)
    }

    /// Whether the answer on screen lacks networks that have come since.
    fn can_renew(self) -> bool {
        let asked = untrack(|| self.asked_sets());
        self.answer.with_untracked(|answer| match answer {
            Answer::Done(classification) => can_be_renewed(&classification.sets, &asked),
            _ => false,
        })
    }

    fn with_set(self, name: Option<String>, ask: impl FnOnce(&SetInfo) -> bool) -> bool {
        self.loaded.with_untracked(|loaded| {
            let (Some((_, bundle)), Some(name)) = (loaded, name) else {
                return false;
            };
            bundle.set(&name).is_some_and(ask)
        })
    }

    /// Has the next network come, those of the reader's kind of photograph first.
    fn join_next(self) {
        if !self.joining.with_untracked(Joining::goes_on) {
            self.count_for_held();
            return;
        }
        let whole = self.loaded.with_untracked(|loaded| {
            let loaded = loaded.as_ref();
            loaded.is_none_or(|(_, bundle)| bundle.is_whole())
        });
        if whole {
            self.joining.set(Joining::Resting);
            self.count_for_held();
            return;
        }
        let id = self.next_number();
        self.worker.update_value(|engine| {
            if let Some(engine) = engine {
                engine.join = Some(id);
            }
        });
        if self.joining.get_untracked() == Joining::Resting {
            self.joining.set(Joining::Running(None));
        }
        self.network_asked();
        let request = Request::Join {
            id,
            set: untrack(|| self.set()),
            kept_only: untrack(|| self.requests.is_counting()),
        };
        self.send(&request, &[]);
    }

    fn running_join(self) -> Option<u32> {
        self.worker.with_value(|engine| engine.as_ref()?.join)
    }

    /// Has the engine leave the network that is on its way. What is asked of it next is done at once.
    pub(super) fn stop_join(self) {
        if let Some(id) = self.running_join() {
            self.send(&Request::Cancel { id }, &[]);
        }
    }

    /// What held it back, or went wrong, may be over.
    pub(super) fn try_joining_again(self) {
        if matches!(
            self.joining.get_untracked(),
            Joining::Held | Joining::Failed
        ) {
            self.joining.set(Joining::Resting);
        }
    }

    pub(super) fn join_progressed(self, progress: Progress) {
        if progress.phase == genoderm_protocol::Phase::Downloading
            && self.joining.with_untracked(Joining::goes_on)
        {
            self.bytes_loaded.set(progress.done);
            self.joining.set(Joining::Running(Some(progress)));
        }
    }

    /// One more network answers.
    pub(super) fn joined(self, bundle: BundleInfo, golden: GoldenReport) {
        self.network_came();
        let before = self.asked_are_whole();
        self.bytes_loaded.set(bundle.loaded_bytes);
        self.loaded.update(|loaded| {
            if let Some((engine, known)) = loaded {
                engine.golden = golden;
                *known = bundle;
            }
        });
        if !before && self.asked_are_whole() {
            self.whole_first.set_value(false);
            self.announcement.set(text().fast_set_whole.to_owned());
        }
        self.go_on();
    }

    /// The network did not come. Those that are there go on answering.
    pub(super) fn join_failed(self, kind: FailureKind) {
        match kind {
            FailureKind::Cancelled => {}
            // The photograph may have been closed meanwhile.
            FailureKind::NotKept if !untrack(|| self.requests.is_counting()) => {}
            FailureKind::NotKept => {
                self.joining.set(Joining::Held);
                self.survey_without_engine(Problem::Failure(kind));
            }
            _ => {
                self.joining.set(Joining::Failed);
                self.survey_without_engine(Problem::Failure(kind));
                self.whole_first.set_value(false);
                self.error.set(Some(Problem::NotJoined(kind)));
            }
        }
        self.go_on();
    }

    /// Stops it, at the reader's wish. A photograph that waited for all networks is answered by those that are there.
    pub fn stop_joining(self) {
        self.joining.set(Joining::Stopped);
        self.whole_first.set_value(false);
        self.announcement.set(text().fast_stopped.to_owned());
        self.stop_join();
        self.go_on();
    }

    /// Has the missing networks come, at the reader's wish. An open photograph is taken back from the engine before any
    /// request is made, and answered anew when its set is complete.
    pub fn load_rest(self) {
        self.error.set(None);
        self.joining.set(Joining::Resting);
        if untrack(|| self.requests.is_counting()) {
            self.put_aside();
        }
        self.go_on();
    }

    fn put_aside(self) {
        self.stop_running_jobs();
        if self.photo.with_untracked(Option::is_some) {
            self.remove_map();
            self.answer.set(Answer::Waiting);
            self.whole_first.set_value(true);
        }
        self.send(&Request::Forget, &[]);
        self.requests.photo_closed();
        self.announcement.set(text().fast_put_aside.to_owned());
    }

    /// Networks that are loaded, and all: `None` before the first is there.
    pub fn network_count(&self) -> Option<(usize, usize)> {
        self.loaded.with(|loaded| {
            let (_, bundle) = loaded.as_ref()?;
            Some((bundle.present(), bundle.networks()))
        })
    }

    /// The set that is asked, as far as it is loaded.
    pub fn set_now(&self) -> Option<SetInfo> {
        let name = self.set()?;
        self.loaded
            .with(|loaded| loaded.as_ref()?.1.set(&name).cloned())
    }

    /// The sets that are asked about a photograph, as far as they are loaded: that of its kind, or all for both kinds.
    pub fn asked_sets(&self) -> Vec<SetInfo> {
        let one = self.set();
        let both = self.kind_now().as_deref() == Some(BOTH);
        self.loaded.with(|loaded| {
            let sets = loaded.iter().flat_map(|(_, bundle)| &bundle.sets);
            sets.filter(|set| both || one.as_ref() == Some(&set.name))
                .cloned()
                .collect()
        })
    }

    /// How many networks there are, for the model's panel.
    pub fn network_words(&self) -> Option<String> {
        let (present, networks) = self.network_count()?;
        let values = [
            ("present", present.to_string()),
            ("networks", networks.to_string()),
        ];
        Some(fill(text().fast_networks, &values))
    }
}
