//! Choosing, starting, stopping and replacing the engine.

use genoderm_protocol::{Backend, FailureKind, Request};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::engine_client::{EngineClient, EngineMessage};
use crate::joining::Joining;
use crate::probe::{self, Reason};
use crate::problem::Problem;
use crate::state::{Answer, AppState, Engine, EngineState, Map};
use crate::survey::Phase;
use crate::text::text;
use crate::{fetch, manifest, offline, program, samples};

impl AppState {
    /// What a page does first: asks the device what it offers, and reads the model's description. Downloads no engine.
    pub fn begin(self) {
        self.picked.set(probe::engine_in_address());
        self.begin_offline();
        self.begin_cases();
        self.begin_camera();
        spawn_local(async move {
            let found = probe::probe_device().await;
            // What the engine fetches before that is not kept, and would have to be fetched again.
            offline::settled().await;
            self.probe.set(Some(found));
            self.choose_backend();
            // The reader may have asked for the model before the device had answered.
            if self.engine.get_untracked() == EngineState::Probing {
                self.engine.set(EngineState::Idle);
            }
            if self.answer.get_untracked() == Answer::Waiting
                || self.batch.running.get_untracked()
                || self.survey.phase.get_untracked() == Phase::Preparing
            {
                self.load();
            }
        });
        spawn_local(async move {
            self.set_page_summary(fetch::json(manifest::ADDRESS).await);
        });
        spawn_local(async move {
            match fetch::json(samples::ADDRESS).await {
                Ok(found) => self.samples.set(found),
                Err(detail) => leptos::logging::warn!("no samples: {detail}"),
            }
        });
    }

    /// Follows the reader's choice in the menu; a running engine is replaced and its work done again.
    pub fn pick_backend(self, picked: Option<Backend>) {
        self.picked.set(picked);
        let before = self.backend_now();
        self.choose_backend();
        // After a fall-back the same name may be picked again: then the reader wants another try.
        let running = self.engine.get_untracked() != EngineState::Idle;
        if running
            && (before != self.backend_now() || self.engine.get_untracked() == EngineState::Failed)
        {
            self.restart();
        }
    }

    /// Follows the reader's limit of workers; a running engine that has another number is replaced and its work done again.
    pub fn pick_workers(self, picked: Option<usize>) {
        let before = untrack(|| self.workers.now());
        self.workers.pick(picked);
        let changed = before != untrack(|| self.workers.now());
        let running = !matches!(
            self.engine.get_untracked(),
            EngineState::Probing | EngineState::Idle | EngineState::Failed
        );
        if changed && running && self.backend_now() == Some(Backend::Cpu) {
            self.restart();
        }
    }

    fn choose_backend(self) {
        let choice = match (self.picked.get_untracked(), self.probe.get_untracked()) {
            (Some(picked), _) if probe::engine_in_address() == Some(picked) => {
                Some((picked, Reason::Address))
            }
            (Some(picked), _) => Some((picked, Reason::Picked)),
            (None, Some(found)) => Some(probe::choose(&found)),
            (None, None) => None,
        };
        if let Some((backend, _)) = &choice {
            self.measure_engine(*backend);
        }
        self.backend.set(choice);
    }

    /// Asks how large the engine's program is, for the button that loads it.
    fn measure_engine(self, backend: Backend) {
        self.engine_bytes.set(None);
        spawn_local(async move {
            let size = fetch::size(&format!("./{}_bg.wasm", program::of(backend))).await;
            if self.backend_now() == Some(backend) {
                self.engine_bytes.set(size);
            }
        });
    }

    /// Starts the worker, which then loads the model. Does nothing while an engine runs or starts.
    pub fn load(self) {
        let state = self.engine.get_untracked();
        let Some(backend) = self.backend_now() else {
            return; // The probe has not answered yet; `begin` comes back to this.
        };
        if state.is_busy() || state == EngineState::Ready {
            return;
        }
        self.error.set(None);
        self.loaded.set(None);
        self.bytes_loaded.set(0);
        self.joining.set(Joining::Resting);
        self.engine.set(EngineState::Starting);
        if self.photo.with_untracked(Option::is_some) {
            self.answer.set(Answer::Waiting);
        }
        let generation = self.next_number();
        let listen = move |message: EngineMessage| {
            let current = self
                .worker
                .with_value(|engine| engine.as_ref().map(|engine| engine.generation));
            if current == Some(generation) {
                self.on_message(message);
            }
        };
        match EngineClient::start(backend, listen) {
            Ok(client) => self.worker.set_value(Some(Engine {
                client,
                generation,
                load: None,
                join: None,
                classify: None,
                explain: None,
                trace: None,
                batch: None,
                survey: None,
                upright: None,
            })),
            Err(detail) => self.engine_died(&detail),
        }
    }

    /// The worker listens: tell it where the model is.
    pub(super) fn send_load(self) {
        let id = self.next_number();
        let workers = untrack(|| self.workers.now());
        let request = if self.own.name.with_untracked(Option::is_some) {
            Request::LoadHanded { id, workers }
        } else {
            Request::Load {
                id,
                bundle_url: fetch::absolute(manifest::ADDRESS),
                version: None,
                first: Some(untrack(|| self.set()).unwrap_or_default()),
                workers,
            }
        };
        self.worker.update_value(|engine| {
            if let Some(engine) = engine {
                engine.load = Some(id);
            }
        });
        self.send(&request, &[]);
    }

    /// Posts to the worker. A worker that cannot be reached counts as dead.
    pub(super) fn send(self, request: &Request, buffers: &[js_sys::ArrayBuffer]) {
        let sent = self.worker.with_value(|engine| match engine {
            Some(engine) => engine.client.send(request, buffers),
            None => Err(String::new()),
        });
        if let Err(detail) = sent {
            self.engine_died(&detail);
        }
    }

    /// Stops a load. Ending the worker is the surest way: it stops downloads and computations alike.
    pub fn cancel_load(self) {
        self.end_worker();
        self.engine.set(EngineState::Idle);
        self.announcement.set(text().load_cancelled.to_owned());
        // The photograph stays open; loading again takes it up again.
        if self.answer.get_untracked() == Answer::Waiting {
            self.answer.set(Answer::None);
        }
        self.batch.running.set(false);
    }

    pub(super) fn restart(self) {
        self.end_worker();
        self.engine.set(EngineState::Idle);
        self.wait_again();
        // The photograph went with the engine; it counts as opened again when the next one gets it.
        self.requests.photo_closed();
        self.load();
    }

    fn end_worker(self) {
        self.worker.set_value(None);
        self.loaded.set(None);
        self.stop_saving();
        self.joining.set(Joining::Resting);
    }

    /// An open photograph must be classified again by the next engine; its old map goes with the old engine.
    pub(super) fn wait_again(self) {
        self.map.set(Map::None);
        self.heat.set(None);
        self.drop_path();
        if self.photo.with_untracked(Option::is_some) {
            self.answer.set(Answer::Waiting);
        }
        self.batch_lost_engine(None);
        self.survey_lost_engine(None);
    }

    /// Whether one worker may do what several could not.
    pub(super) fn should_go_on_alone(self, kind: FailureKind) -> bool {
        let several = untrack(|| self.workers.now()) > 1;
        let cause = matches!(kind, FailureKind::WorkerLost | FailureKind::OutOfMemory);
        self.backend_now() == Some(Backend::Cpu) && several && cause
    }

    /// Goes on with one worker: the photograph is kept and classified again.
    pub(super) fn go_on_alone(self) {
        let with_photo = self.photo.with_untracked(Option::is_some);
        self.workers.alone.set(true);
        self.restart();
        self.error.set(Some(Problem::WorkerLost(with_photo)));
    }

    /// Whether a failure on the graphics card is better answered by the processor than by a message.
    pub(super) fn should_fall_back(self, kind: FailureKind) -> bool {
        let doubtful = matches!(kind, FailureKind::OutOfMemory | FailureKind::Internal);
        self.backend_now() == Some(Backend::Webgpu) && (kind.calls_for_cpu() || doubtful)
    }

    /// Goes on with the CPU engine: the photograph is kept and classified again.
    pub(super) fn fall_back(self, kind: FailureKind) {
        let with_photo = self.photo.with_untracked(Option::is_some);
        // Setting the menu back to automatic would hide that the processor is in use now.
        self.picked.set(Some(Backend::Cpu));
        self.backend
            .set(Some((Backend::Cpu, Reason::FellBack(kind))));
        self.restart();
        self.error.set(Some(Problem::FellBack(kind, with_photo)));
    }

    /// The worker is gone: from the graphics card fall back, from the processor tell the reader.
    pub(super) fn engine_died(self, detail: &str) {
        if !detail.is_empty() {
            leptos::logging::warn!("engine: {detail}");
        }
        if self.backend_now() == Some(Backend::Webgpu) {
            self.fall_back(FailureKind::Internal);
            return;
        }
        let never_spoke = self.engine.get_untracked() == EngineState::Starting;
        // An engine that stops without a word has most likely run out of memory.
        if !never_spoke && self.should_go_on_alone(FailureKind::OutOfMemory) {
            self.go_on_alone();
            return;
        }
        self.fail(Problem::Sentence(if never_spoke {
            |text| text.engine_did_not_start
        } else {
            |text| text.engine_stopped
        }));
    }

    /// The engine does not run, and no other can help.
    pub(super) fn fail(self, problem: Problem) {
        self.end_worker();
        self.map.set(Map::None);
        self.heat.set(None);
        self.drop_path();
        self.answer.set(Answer::None);
        self.batch_lost_engine(Some(problem));
        self.survey_without_engine(problem);
        self.engine.set(EngineState::Failed);
        self.error.set(Some(problem));
    }
}
