//! The order of requests: worked off one at a time as they came, but cancelling, and what a running request waits
//! for, jump the queue.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use genoderm_protocol::{Event, Failure, FailureKind, Request};
use js_sys::ArrayBuffer;

use crate::{
    job::{Job, Outbox},
    session::Session,
};

/// The engine's queue with the session that works it off. Clones are the same queue.
#[derive(Clone)]
pub struct Queue {
    state: Rc<RefCell<State>>,
}

/// A request that has not begun, with its buffers.
type Waiting = (Request, Vec<ArrayBuffer>, Job);

struct State {
    /// `None` while it works.
    session: Option<Session>,
    waiting: VecDeque<Waiting>,
    running: Option<Job>,
    outbox: Outbox,
}

impl Queue {
    /// A queue whose events go to `outbox`.
    pub fn new(session: Session, outbox: Outbox) -> Self {
        let state = State {
            session: Some(session),
            waiting: VecDeque::new(),
            running: None,
            outbox,
        };
        Self {
            state: Rc::new(RefCell::new(state)),
        }
    }

    /// Takes a request. It is worked on when those before it are done; cancelling acts at once.
    pub fn take(&self, request: Request, buffers: Vec<ArrayBuffer>) {
        if let Request::Cancel { id } = request {
            self.state.borrow_mut().cancel(id);
        } else if let Request::Hand { id } = request {
            self.state.borrow().hand(id, buffers.into_iter().next());
        } else {
            self.state.borrow_mut().push(request, buffers);
            self.work_off();
        }
    }

    /// Works off what waits, unless that is going on already.
    fn work_off(&self) {
        let Some(mut session) = self.state.borrow_mut().session.take() else {
            return;
        };
        let state = Rc::clone(&self.state);
        wasm_bindgen_futures::spawn_local(async move {
            loop {
                let next = state.borrow_mut().next();
                let Some((request, buffers, job)) = next else {
                    break;
                };
                session.handle(request, buffers, &job).await;
            }
            state.borrow_mut().session = Some(session);
        });
    }
}

impl State {
    fn push(&mut self, request: Request, buffers: Vec<ArrayBuffer>) {
        let job = Job::new(request.id().unwrap_or_default(), Rc::clone(&self.outbox));
        self.waiting.push_back((request, buffers, job));
    }

    fn cancel(&mut self, id: u32) {
        if let Some(job) = self.running.as_ref().filter(|job| job.id() == id) {
            job.cancel();
        }
        let is_it = |(request, ..): &Waiting| request.id() == Some(id);
        if let Some(place) = self.waiting.iter().position(is_it) {
            self.waiting.remove(place);
            let failure = Failure::new(FailureKind::Cancelled, "");
            (self.outbox)(&Event::Failed { id, failure }, &[]);
        }
    }

    fn hand(&self, id: u32, file: Option<ArrayBuffer>) {
        if let Some(job) = self.running.as_ref().filter(|job| job.id() == id) {
            job.mailbox().put(file);
        }
    }

    fn next(&mut self) -> Option<Waiting> {
        let next = self.waiting.pop_front();
        self.running = next.as_ref().map(|(_, _, job)| job.clone());
        next
    }
}
