//! Several workers on one bundle: wasm without threads computes on one core, so the engine on the processor starts more
//! workers of its own program, and gives each some of the networks, and of an attribution's steps.
//!
//! The worker that the page started then computes nothing itself: it downloads, decodes, hands out, and puts together. Each
//! member builds and checks its networks as the engine does alone. A member that breaks is not replaced, since that would
//! need requests while a photograph is open: what it was asked fails as [`FailureKind::WorkerLost`], and the page starts
//! the engine again with one worker.

mod boot;
mod member;
mod serve;
mod share;
mod task;

use std::{ops::Range, rc::Rc};

use genoderm_protocol::{Failure, FailureKind};
use js_sys::ArrayBuffer;
use wasm_bindgen_futures::spawn_local;

use crate::{event_loop, job::Canceller};

pub use boot::of_workers;
pub use member::{Line, Member, WeakMember};
pub(crate) use member::{Listener, Reply};
pub use serve::{Post, Server};
pub(crate) use share::{Load, holders, parts};
pub(crate) use task::{Done, Report, Task};

/// Starts one member, or says why not.
pub type Starter = Rc<dyn Fn() -> Result<Member, String>>;

/// The most workers that are started, whatever is asked for.
const MOST: usize = 16;
/// How long a member may take to start, in milliseconds. It need not download or compile anything.
const STARTING: i32 = 15_000;

/// The members; none where the engine computes by itself.
pub(crate) struct Pool {
    members: Vec<Member>,
    /// Those that were started and have not said yet that they run.
    starting: Vec<Member>,
    starter: Starter,
}

impl Pool {
    /// No members yet; `starter` makes them.
    pub fn new(starter: Starter) -> Self {
        Self {
            members: Vec::new(),
            starting: Vec::new(),
            starter,
        }
    }

    /// Starts as many members as there should be workers; none for one worker, which is this one. Those that are there
    /// already are kept if their number is right. [`settle`](Self::settle) waits for them.
    pub fn start(&mut self, workers: usize) {
        let wanted = match workers.min(MOST) {
            0 | 1 => 0,
            several => several,
        };
        // Those of a load that failed before it waited for them.
        self.starting.clear();
        if self.members.len() == wanted && self.members.iter().all(Member::is_well) {
            return;
        }
        self.members.clear();
        self.starting = (0..wanted).map_while(|_| (self.starter)().ok()).collect();
        for member in &self.starting {
            give_up_in_time(member);
        }
    }

    /// Waits for the members that were started. Where not all could be, or one does not say in time that it runs, fewer do
    /// the work.
    pub async fn settle(&mut self) {
        if self.starting.is_empty() {
            return;
        }
        for member in core::mem::take(&mut self.starting) {
            if member.booted().await {
                self.members.push(member);
            }
        }
        if self.members.len() < 2 {
            self.members.clear();
        }
    }

    /// How many members compute; 0 where the engine computes by itself.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether the engine computes by itself.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Gives a member a task; it does its tasks one after the other.
    pub fn ask(&self, member: usize, task: &Task, buffers: &[ArrayBuffer]) -> Reply {
        self.ask_listening(member, task, buffers, None)
    }

    /// As [`ask`](Self::ask), hearing what the member says meanwhile.
    pub fn ask_listening(
        &self,
        member: usize,
        task: &Task,
        buffers: &[ArrayBuffer],
        listener: Option<Listener>,
    ) -> Reply {
        match self.members.get(member) {
            Some(member) => member.ask(task, buffers, listener),
            None => Reply::lost(),
        }
    }

    /// Gives all of these members a task, and waits for all.
    ///
    /// # Errors
    /// The first failure, once all have answered.
    pub async fn ask_all(
        &self,
        members: Range<usize>,
        task: &Task,
        buffers: impl Fn() -> Vec<ArrayBuffer>,
    ) -> Result<Vec<Done>, Failure> {
        let replies = members.map(|member| self.ask(member, task, &buffers()));
        let replies: Vec<Reply> = replies.collect();
        let all = all(replies).await?;
        Ok(all.into_iter().map(|(done, _)| done).collect())
    }

    /// Stops what all members are doing; their tasks fail as cancelled.
    pub fn canceller(&self) -> Canceller {
        let members: Vec<Member> = self.members.clone();
        Box::new(move || members.iter().for_each(Member::cancel))
    }
}

/// Ends a member that does not start: nothing is heard of a worker whose messages a browser loses.
fn give_up_in_time(member: &Member) {
    let member = member.downgrade();
    spawn_local(async move {
        event_loop::after(STARTING).await;
        member.with(Member::break_off_unless_booted);
    });
}

/// Waits for all, so that none is still at work when the next request begins.
///
/// # Errors
/// The first failure; one that is not a cancelling before one that is.
pub(crate) async fn all(replies: Vec<Reply>) -> Result<Vec<(Done, Vec<ArrayBuffer>)>, Failure> {
    let mut answers = Vec::with_capacity(replies.len());
    let mut failure: Option<Failure> = None;
    for reply in replies {
        match reply.answer().await {
            Ok(answer) => answers.push(answer),
            Err(new) => {
                let milder = |known: &Failure| known.kind == FailureKind::Cancelled;
                if failure.as_ref().is_none_or(milder) {
                    failure = Some(new);
                }
            }
        }
    }
    failure.map_or(Ok(answers), Err)
}
