//! One request while it is worked on: whom to tell, and whether to go on.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use genoderm_protocol::{Event, Failure, FailureKind, Phase, Progress};
use js_sys::{Array, ArrayBuffer, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::{clock::Stopwatch, event_loop, mailbox::Mailbox};

/// Where events go: to the page, or to a test.
pub type Outbox = Rc<dyn Fn(&Event, &[ArrayBuffer])>;

/// Stops others.
pub type Canceller = Box<dyn Fn()>;

/// A request being worked on. Clones are the same job.
#[derive(Clone)]
pub struct Job {
    id: u32,
    outbox: Outbox,
    cancelled: Rc<Cell<bool>>,
    abort: Option<AbortController>,
    mailbox: Rc<Mailbox>,
    /// Stops others who work for this job.
    canceller: Rc<RefCell<Option<Canceller>>>,
    clock: Stopwatch,
}

impl Job {
    /// The job for request `id`, from now on.
    pub fn new(id: u32, outbox: Outbox) -> Self {
        Self {
            id,
            outbox,
            cancelled: Rc::default(),
            abort: AbortController::new(),
            mailbox: Rc::default(),
            canceller: Rc::default(),
            clock: Stopwatch::start(),
        }
    }

    /// The request's number.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Milliseconds since the job began.
    pub fn ms(&self) -> f64 {
        self.clock.ms()
    }

    /// Stops the job at its next [`Job::check`] and its downloads at once.
    pub fn cancel(&self) {
        self.cancelled.set(true);
        if let Some(abort) = &self.abort {
            abort.abort();
        }
        self.mailbox.put(None);
        if let Some(canceller) = self.canceller.borrow().as_ref() {
            canceller();
        }
    }

    /// Sets what [`Job::cancel`] calls, too.
    pub fn on_cancel(&self, canceller: Canceller) {
        self.canceller.replace(Some(canceller));
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// [`FailureKind::Cancelled`] after [`Job::cancel`].
    pub fn check(&self) -> Result<(), Failure> {
        if self.cancelled.get() {
            Err(Failure::new(FailureKind::Cancelled, ""))
        } else {
            Ok(())
        }
    }

    /// Lets waiting messages in, then [checks](Job::check).
    ///
    /// # Errors
    /// [`FailureKind::Cancelled`] when one of them was this job's `Cancel`.
    pub async fn breathe(&self) -> Result<(), Failure> {
        event_loop::turn().await;
        self.check()
    }

    /// What `fetch` takes as `signal`.
    pub fn abort_signal(&self) -> Option<&JsValue> {
        self.abort.as_ref().map(|abort| &abort.signal)
    }

    /// Where the page puts a file that the job asks for.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Tells how far the job has come.
    pub fn progress(&self, phase: Phase, done: u64, total: u64, file: Option<&str>) {
        let progress = Progress {
            phase,
            done,
            total: total.max(done).max(1),
            file: file.map(str::to_owned),
        };
        self.send(
            &Event::Progress {
                id: self.id,
                progress,
            },
            &[],
        );
    }

    /// Tells anything.
    pub fn send(&self, event: &Event, buffers: &[ArrayBuffer]) {
        (self.outbox)(event, buffers);
    }
}

/// The browser's `AbortController`, found by name: the typed one would need more features of web-sys, which everything
/// below burn would then be compiled with.
#[derive(Clone)]
struct AbortController {
    controller: JsValue,
    signal: JsValue,
}

impl AbortController {
    fn new() -> Option<Self> {
        let class: Function = Reflect::get(&js_sys::global(), &"AbortController".into())
            .ok()?
            .dyn_into()
            .ok()?;
        let controller = Reflect::construct(&class, &Array::new()).ok()?;
        let signal = Reflect::get(&controller, &"signal".into()).ok()?;
        Some(Self { controller, signal })
    }

    fn abort(&self) {
        let method = Reflect::get(&self.controller, &"abort".into());
        if let Some(method) = method
            .ok()
            .and_then(|method| method.dyn_into::<Function>().ok())
        {
            // Nothing to do where aborting fails: the job ends at its next check.
            let _ = method.call0(&self.controller);
        }
    }
}
