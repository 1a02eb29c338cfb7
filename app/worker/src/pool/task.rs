//! What the engine and the members of its pool say to each other. Envelopes are those of [`genoderm_protocol::envelope`].

use genoderm_model::{calibration::Wanted, preprocess::ContentBox};
use genoderm_protocol::{ExplainSettings, Failure, Trace};
use serde::{Deserialize, Serialize};

use crate::load::Place;

/// What a member is asked to do; answered by [`Report::Done`] or [`Report::Failed`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum Task {
    /// Start the device for this bundle, with no network yet. Buffer 0: the manifest's JSON.
    Open,
    /// Build a network. Buffers: its shards.
    Build { place: Place },
    /// Compare a network's answer with the exporter's.
    Check { place: Place },
    /// A network's output. Buffer 0: the square's RGB pixels. The answer's buffers: logits, features, texture as `f32`.
    Output { place: Place, wanted: WantedOutput },
    /// The attribution of some pieces of the work on one network, `settings.folds`. Buffer 0: the square's RGB pixels.
    /// The answer's buffer 0: the contributions as `f32`.
    Attribute {
        settings: ExplainSettings,
        first: usize,
        end: usize,
    },
    /// A trace. Buffer 0: the square's RGB pixels; the answer's buffers are those of the trace.
    Trace {
        settings: ExplainSettings,
        points: usize,
        content: Content,
    },
    /// Give memory back.
    Clean,
}

/// A task, or the wish to stop the one that is worked on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Message {
    /// A task with its number.
    Task(u32, Task),
    /// Stop all tasks.
    Cancel,
}

/// What a member says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum Report {
    /// It runs.
    Booted,
    /// Steps of a task are done.
    Progress { id: u32, done: u64 },
    /// What the steps that are done add to the map. Buffer 0: one `f32` for each pixel of the square.
    Partial { id: u32 },
    /// A task is done.
    Done { id: u32, done: Done },
    /// A task ended without a result; the member is well.
    Failed { id: u32, failure: Failure },
    /// The member broke.
    Crashed { failure: Failure },
}

/// The result of a task, but for its buffers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum Done {
    /// Nothing to tell.
    Well,
    /// The largest relative difference of a logit.
    Checked { worst: f32 },
    /// Of [`Task::Attribute`].
    Attribution {
        shape: [usize; 3],
        logit: f32,
        baseline_logit: Option<f32>,
    },
    /// Of [`Task::Trace`].
    Trace { trace: Box<Trace> },
}

/// [`Wanted`] on its way.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct WantedOutput {
    features: bool,
    texture: bool,
}

impl From<Wanted> for WantedOutput {
    fn from(wanted: Wanted) -> Self {
        let Wanted { features, texture } = wanted;
        Self { features, texture }
    }
}

impl From<WantedOutput> for Wanted {
    fn from(wanted: WantedOutput) -> Self {
        let WantedOutput { features, texture } = wanted;
        Self { features, texture }
    }
}

/// [`ContentBox`] on its way: left, top, width, height.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Content(u32, u32, u32, u32);

impl From<ContentBox> for Content {
    fn from(content: ContentBox) -> Self {
        Self(content.left, content.top, content.width, content.height)
    }
}

impl From<Content> for ContentBox {
    fn from(Content(left, top, width, height): Content) -> Self {
        Self {
            left,
            top,
            width,
            height,
        }
    }
}
