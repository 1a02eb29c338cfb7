//! The engine's side of one member of the pool.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use futures_channel::oneshot;
use genoderm_protocol::{Failure, FailureKind, envelope};
use js_sys::ArrayBuffer;

use super::task::{Done, Message, Report, Task};

/// Hears the reports of a task before its last, with their buffers.
pub(crate) type Listener = Rc<dyn Fn(&Report, &[ArrayBuffer])>;

type Answer = Result<(Done, Vec<ArrayBuffer>), Failure>;

/// What a member will answer.
pub(crate) struct Reply(oneshot::Receiver<Answer>);

impl Reply {
    /// The answer of a member that is not there.
    pub fn lost() -> Self {
        Self(oneshot::channel().1)
    }

    /// Waits for it.
    ///
    /// # Errors
    /// What the member says, and [`FailureKind::WorkerLost`] when it broke.
    pub async fn answer(self) -> Answer {
        let lost = |_| Err(Failure::new(FailureKind::WorkerLost, ""));
        self.0.await.unwrap_or_else(lost)
    }
}

/// One member. Clones are the same; the last one ends it.
#[derive(Clone)]
pub struct Member(Rc<Inner>);

/// Posts an envelope's text and buffers to the member; the buffers change hands.
pub type Line = Box<dyn Fn(&str, &[ArrayBuffer]) -> Result<(), String>>;

struct Inner {
    line: Line,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// Why it broke, once it did.
    broken: Option<Failure>,
    booted: bool,
    /// Who waits for it to boot.
    waiting: Option<oneshot::Sender<()>>,
    last_id: u32,
    pending: HashMap<u32, Pending>,
}

struct Pending {
    answer: oneshot::Sender<Answer>,
    listener: Option<Listener>,
}

impl Member {
    /// A member at the other end of a line. What comes from there goes to [`hear`](Self::hear) or [`break_off`](Self::break_off).
    pub fn new(line: Line) -> Self {
        Self(Rc::new(Inner {
            line,
            state: RefCell::default(),
        }))
    }

    /// A way to it that does not keep it.
    pub fn downgrade(&self) -> WeakMember {
        WeakMember(Rc::downgrade(&self.0))
    }

    /// Whether it has not broken.
    pub(crate) fn is_well(&self) -> bool {
        self.0.state.borrow().broken.is_none()
    }

    /// Waits until it runs; false when it broke instead.
    pub(crate) async fn booted(&self) -> bool {
        let receiver = {
            let mut state = self.0.state.borrow_mut();
            if state.booted || state.broken.is_some() {
                return state.booted;
            }
            let (sender, receiver) = oneshot::channel();
            state.waiting = Some(sender);
            receiver
        };
        let _ = receiver.await;
        self.0.state.borrow().booted && self.is_well()
    }

    /// Gives it a task.
    pub(crate) fn ask(
        &self,
        task: &Task,
        buffers: &[ArrayBuffer],
        listener: Option<Listener>,
    ) -> Reply {
        let (answer, reply) = oneshot::channel();
        let id = {
            let mut state = self.0.state.borrow_mut();
            if state.broken.is_some() {
                return Reply::lost();
            }
            state.last_id += 1;
            let id = state.last_id;
            state.pending.insert(id, Pending { answer, listener });
            id
        };
        let message = Message::Task(id, task.clone());
        let posted = serde_json::to_string(&message)
            .map_err(|error| error.to_string())
            .and_then(|json| (self.0.line)(&json, buffers));
        if let Err(cause) = posted {
            self.break_off(Failure::new(FailureKind::WorkerLost, cause));
        }
        Reply(reply)
    }

    /// Stops all its tasks.
    pub fn cancel(&self) {
        if let Ok(json) = serde_json::to_string(&Message::Cancel) {
            // One that cannot be reached fails at the next task.
            let _ = (self.0.line)(&json, &[]);
        }
    }

    /// Takes a message from it.
    pub fn hear(&self, data: &wasm_bindgen::JsValue) {
        let report = envelope::unpack(data).map_err(|error| error.to_string());
        let report = report.and_then(|(json, buffers)| {
            let report = serde_json::from_str(&json).map_err(|error| error.to_string())?;
            Ok((report, buffers))
        });
        match report {
            Ok((report, buffers)) => self.take(report, buffers),
            Err(cause) => self.break_off(Failure::new(FailureKind::WorkerLost, cause)),
        }
    }

    /// It will say nothing more: its tasks have failed.
    pub fn break_off(&self, failure: Failure) {
        let (pending, waiting) = {
            let mut state = self.0.state.borrow_mut();
            state.broken.get_or_insert(failure.clone());
            (std::mem::take(&mut state.pending), state.waiting.take())
        };
        for Pending { answer, .. } in pending.into_values() {
            let lost = Failure::new(FailureKind::WorkerLost, &failure);
            let _ = answer.send(Err(lost));
        }
        // Dropped, it ends the waiting.
        drop(waiting);
    }

    /// As [`break_off`](Self::break_off), if it has not said yet that it runs.
    pub(crate) fn break_off_unless_booted(&self) {
        let booted = self.0.state.borrow().booted;
        if !booted {
            let silent = "a worker did not start in time";
            self.break_off(Failure::new(FailureKind::WorkerLost, silent));
        }
    }

    fn take(&self, report: Report, buffers: Vec<ArrayBuffer>) {
        match report {
            Report::Booted => {
                let waiting = {
                    let mut state = self.0.state.borrow_mut();
                    state.booted = true;
                    state.waiting.take()
                };
                if let Some(waiting) = waiting {
                    let _ = waiting.send(());
                }
            }
            Report::Progress { id, .. } | Report::Partial { id } => {
                let state = self.0.state.borrow();
                let listener = state
                    .pending
                    .get(&id)
                    .and_then(|task| task.listener.clone());
                drop(state);
                if let Some(listener) = listener {
                    listener(&report, &buffers);
                }
            }
            Report::Done { id, done } => self.answer(id, Ok((done, buffers))),
            Report::Failed { id, failure } => self.answer(id, Err(failure)),
            Report::Crashed { failure } => self.break_off(failure),
        }
    }

    fn answer(&self, id: u32, answer: Answer) {
        let pending = self.0.state.borrow_mut().pending.remove(&id);
        if let Some(pending) = pending {
            // Nobody waits any more: nobody is told.
            let _ = pending.answer.send(answer);
        }
    }
}

/// See [`Member::downgrade`].
pub struct WeakMember(std::rc::Weak<Inner>);

impl WeakMember {
    /// Does something with the member, if there is one still.
    pub fn with(&self, act: impl FnOnce(&Member)) {
        if let Some(inner) = self.0.upgrade() {
            act(&Member(inner));
        }
    }
}
