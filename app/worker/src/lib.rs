//! Genoderm's engine: the bundle's networks in a web worker, away from the page's thread.
//!
//! Built as `engine-cpu`, `engine-cpu-relaxed` and `engine-webgpu`; the page downloads the one that suits browser and
//! machine. It speaks the messages of [`genoderm_protocol`] and leaves all of the method to [`genoderm_model`]: here are
//! only the device, the download, the order of requests and their cancelling.

mod checksum;
mod classify;
mod clock;
mod crash;
mod describe;
pub mod device;
mod download;
mod event_loop;
mod explain;
mod failures;
mod golden;
mod job;
mod join;
mod kept;
mod load;
mod mailbox;
mod messages;
mod network;
pub mod pool;
mod prepared;
mod queue;
mod session;
mod source;
mod upright;

pub use job::Outbox;
pub use messages::start;
pub use queue::Queue;
pub use session::Session;
