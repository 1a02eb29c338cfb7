//! Inside a member: a session with some of the networks, and tasks one after the other.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use genoderm_model::{
    attribution::HeatMap, bundle::BundleManifest, calibration::FoldOutput, preprocess::Photo,
};
use genoderm_protocol::{Event, Failure, FailureKind, Progress, envelope};
use js_sys::ArrayBuffer;
use wasm_bindgen::JsValue;

use super::task::{Done, Message, Report, Task};
use crate::{
    device, failures, golden,
    job::{Job, Outbox},
    load::Place,
    network::{LoadedNetwork, Seat},
    prepared::PreparedPhotos,
    session::{LoadedBundle, Session},
};

/// Takes an envelope's text and buffers to the engine; the buffers change hands.
pub type Post = Rc<dyn Fn(&str, &[ArrayBuffer])>;

type Answer = Result<(Done, Vec<ArrayBuffer>), Failure>;

/// A member at work. Clones are the same.
#[derive(Clone)]
pub struct Server {
    state: Rc<RefCell<State>>,
    post: Post,
}

struct State {
    /// `None` while it works.
    session: Option<Session>,
    waiting: VecDeque<(u32, Task, Vec<ArrayBuffer>)>,
    running: Option<Job>,
}

impl Server {
    /// One that has no networks yet.
    pub fn new(session: Session, post: Post) -> Self {
        Self {
            state: Rc::new(RefCell::new(State {
                session: Some(session),
                waiting: VecDeque::new(),
                running: None,
            })),
            post,
        }
    }

    /// Says that it listens.
    pub fn announce(&self) {
        self.report(&Report::Booted, &[]);
    }

    fn report(&self, report: &Report, buffers: &[ArrayBuffer]) {
        // No report of ours cannot be written.
        if let Ok(json) = serde_json::to_string(report) {
            (self.post)(&json, buffers);
        }
    }

    /// Takes a message of the engine. One that cannot be read is of another version, and then nothing can be done together.
    pub fn take(&self, data: &JsValue) {
        let message = envelope::unpack(data).map_err(|error| error.to_string());
        let message = message.and_then(|(json, buffers)| {
            let message = serde_json::from_str(&json).map_err(|error| error.to_string())?;
            Ok((message, buffers))
        });
        match message {
            Ok((Message::Task(id, task), buffers)) => {
                self.state
                    .borrow_mut()
                    .waiting
                    .push_back((id, task, buffers));
                self.work_off();
            }
            Ok((Message::Cancel, _)) => self.cancel(),
            Err(cause) => {
                let failure = Failure::new(FailureKind::Internal, cause);
                self.report(&Report::Crashed { failure }, &[]);
            }
        }
    }

    fn cancel(&self) {
        let waiting = {
            let mut state = self.state.borrow_mut();
            if let Some(job) = &state.running {
                job.cancel();
            }
            std::mem::take(&mut state.waiting)
        };
        for (id, ..) in waiting {
            let failure = Failure::new(FailureKind::Cancelled, "");
            self.report(&Report::Failed { id, failure }, &[]);
        }
    }

    /// Works off what waits, unless that is going on already.
    fn work_off(&self) {
        let Some(mut session) = self.state.borrow_mut().session.take() else {
            return;
        };
        let server = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            loop {
                let next = server.state.borrow_mut().waiting.pop_front();
                let Some((id, task, buffers)) = next else {
                    break;
                };
                let job = Job::new(id, server.outbox(id));
                server.state.borrow_mut().running = Some(job.clone());
                let answer = session.perform(task, &buffers, &job, &server).await;
                server.state.borrow_mut().running = None;
                match answer {
                    Ok((done, buffers)) => server.report(&Report::Done { id, done }, &buffers),
                    Err(failure) => server.report(&Report::Failed { id, failure }, &[]),
                }
            }
            server.state.borrow_mut().session = Some(session);
        });
    }

    /// Of the events that a session has for a page, the engine wants the number of steps.
    fn outbox(&self, id: u32) -> Outbox {
        let server = self.clone();
        Rc::new(move |event, _| {
            if let Event::Progress {
                progress: Progress { done, .. },
                ..
            } = event
            {
                server.report(&Report::Progress { id, done: *done }, &[]);
            }
        })
    }
}

impl Session {
    async fn perform(
        &mut self,
        task: Task,
        buffers: &[ArrayBuffer],
        job: &Job,
        server: &Server,
    ) -> Answer {
        match task {
            Task::Open => self.open(buffers).await,
            Task::Build { place } => self.build(place, buffers),
            Task::Check { place } => {
                let (bundle, device) = self.loaded()?;
                let report = golden::check(bundle, &[place], &device.device, job).await?;
                let worst = report.worst;
                Ok((Done::Checked { worst }, vec![]))
            }
            Task::Output { place, wanted } => {
                let (bundle, device) = self.loaded()?;
                let photo = self.square(buffers)?;
                let input = bundle
                    .manifest
                    .preprocessing
                    .tensor(&photo, &device.device)
                    .map_err(failures::photo)?;
                let network = bundle.network(place)?.here()?;
                let output = network.output(input, wanted.into()).await?;
                let FoldOutput {
                    logits,
                    features,
                    texture,
                } = output;
                let buffers = [logits, features, texture].map(|row| floats(&row));
                Ok((Done::Well, buffers.into()))
            }
            Task::Attribute {
                settings,
                first,
                end,
            } => {
                let photo = self.square(buffers)?;
                let told = |map: &HeatMap| {
                    let report = Report::Partial { id: job.id() };
                    server.report(&report, &[floats(map.values())]);
                };
                let found = self
                    .attribute_part(&settings, &photo, first..end, job, &told)
                    .await;
                self.clean_device();
                let found = found?;
                let baseline_logit = found.completeness.map(|known| known.logit_baseline);
                let done = Done::Attribution {
                    shape: found.shape(),
                    logit: found.logit_input,
                    baseline_logit,
                };
                Ok((done, vec![floats(&found.values)]))
            }
            Task::Trace {
                settings,
                points,
                content,
            } => {
                let photo = self.square(buffers)?;
                self.photo = Some(PreparedPhotos::seen(photo, content.into()));
                let traced = self.trace(settings, points, job).await;
                self.photo = None;
                let (trace, frames) = traced?;
                let trace = Box::new(trace);
                Ok((Done::Trace { trace }, frames))
            }
            Task::Clean => {
                self.clean_device();
                Ok((Done::Well, vec![]))
            }
        }
    }

    async fn open(&mut self, buffers: &[ArrayBuffer]) -> Answer {
        self.bundle = None;
        self.device = Some(device::open(self.backend).await?);
        let manifest = envelope::bytes_of(first(buffers)?);
        let manifest = BundleManifest::parse(&manifest).map_err(failures::bundle)?;
        self.bundle = Some(LoadedBundle::of_member(manifest));
        Ok((Done::Well, vec![]))
    }

    /// Builds a network in place of an earlier one.
    fn build(&mut self, place: Place, buffers: &[ArrayBuffer]) -> Answer {
        let (Some(bundle), Some(device)) = (&mut self.bundle, &self.device) else {
            return Err(Failure::new(FailureKind::NotLoaded, ""));
        };
        let shards: Vec<Vec<u8>> = buffers.iter().map(envelope::bytes_of).collect();
        let (fold, network) = bundle.build(place, &shards, &device.device)?;
        let networks = &mut bundle.sets[place.set].networks;
        networks.retain(|known| known.fold != fold);
        let seat = Seat::Here(Box::new(network));
        networks.push(LoadedNetwork { fold, seat });
        Ok((Done::Well, vec![]))
    }

    /// The square whose pixels came with a task.
    fn square(&self, buffers: &[ArrayBuffer]) -> Result<Photo, Failure> {
        let (bundle, _) = self.loaded()?;
        let side = bundle.manifest.preprocessing.size;
        let pixels = envelope::bytes_of(first(buffers)?);
        Photo::from_rgb8(side, side, pixels).map_err(failures::photo)
    }
}

fn first(buffers: &[ArrayBuffer]) -> Result<&ArrayBuffer, Failure> {
    buffers
        .first()
        .ok_or_else(|| Failure::new(FailureKind::BadRequest, "a task without its buffer"))
}

/// Numbers as an envelope's buffer.
fn floats(values: &[f32]) -> ArrayBuffer {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    envelope::buffer_of(&bytes)
}
