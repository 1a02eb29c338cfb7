//! What the engine tells the page.

use serde::{Deserialize, Serialize};

use crate::{
    Backend, BundleInfo, Classification, EngineInfo, Explanation, Failure, GoldenReport,
    MessageError, PhotoInfo, Refinement, Trace,
};

/// An event from the engine. Those with an `id` belong to the request of that id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// The worker's wasm runs and reads requests. Sent once, unasked; requests posted earlier than this are lost.
    Booted {
        /// What this build of the engine computes on.
        backend: Backend,
        /// The engine's version, to be compared with the page's own.
        version: String,
    },
    /// How far a request has come.
    Progress {
        /// The request.
        id: u32,
        /// How far.
        progress: Progress,
    },
    /// [`Request::LoadHanded`](crate::Request::LoadHanded) goes on when it gets this file by
    /// [`Request::Hand`](crate::Request::Hand).
    Wanted {
        /// The request.
        id: u32,
        /// The file's name in the bundle, without a folder.
        file: String,
        /// The most bytes that it may have.
        limit: u64,
    },
    /// [`Request::Load`](crate::Request::Load) is done: photographs can be classified.
    Loaded {
        /// The request.
        id: u32,
        /// How the engine runs.
        engine: EngineInfo,
        /// What was loaded.
        bundle: Box<BundleInfo>,
    },
    /// [`Request::Join`](crate::Request::Join) is done: one more network answers, or none was missing.
    Joined {
        /// The request.
        id: u32,
        /// What is loaded now.
        bundle: Box<BundleInfo>,
        /// The golden check of all networks so far.
        golden: GoldenReport,
    },
    /// [`Request::Classify`](crate::Request::Classify) is done.
    Classified {
        /// The request.
        id: u32,
        /// The answer.
        classification: Classification,
    },
    /// [`Request::Upright`](crate::Request::Upright) is done. Buffer 0 of the envelope is the PNG.
    Upright {
        /// The request.
        id: u32,
        /// The size of the upright photograph.
        photo: PhotoInfo,
    },
    /// The map of a [`Request::Explain`](crate::Request::Explain) that asked for it, as far as it has come: at most about
    /// four a second, and once when all is computed. The envelope holds two buffers, see [`Refinement`].
    Refined {
        /// The request.
        id: u32,
        /// The map, but for its pixels.
        refinement: Refinement,
    },
    /// [`Request::Explain`](crate::Request::Explain) is done. The envelope holds two buffers, see [`Explanation`].
    Explained {
        /// The request.
        id: u32,
        /// The answer, but for its pixels.
        explanation: Explanation,
    },
    /// [`Request::Trace`](crate::Request::Trace) is done. The envelope holds three buffers, see [`Trace`].
    Traced {
        /// The request.
        id: u32,
        /// The answer, but for its frames.
        trace: Box<Trace>,
    },
    /// The request ended without a result; the engine is well and takes further requests.
    Failed {
        /// The request.
        id: u32,
        /// Why.
        failure: Failure,
    },
    /// The engine broke, with whatever it was doing. It answers nothing more: end the worker.
    /// (Where memory runs out, wasm stops without a chance to say even this: the worker's `error` event is all there is.)
    Crashed {
        /// Why.
        failure: Failure,
    },
}

impl Event {
    /// As it is posted.
    ///
    /// # Errors
    /// When the value cannot be written as JSON, which no event of ours is.
    pub fn to_json(&self) -> Result<String, MessageError> {
        Ok(serde_json::to_string(self)?)
    }

    /// From what was posted.
    ///
    /// # Errors
    /// When the text is not one of these events.
    pub fn from_json(text: &str) -> Result<Self, MessageError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The request that this event is about.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        match self {
            Self::Booted { .. } | Self::Crashed { .. } => None,
            Self::Progress { id, .. }
            | Self::Wanted { id, .. }
            | Self::Loaded { id, .. }
            | Self::Upright { id, .. }
            | Self::Joined { id, .. }
            | Self::Classified { id, .. }
            | Self::Refined { id, .. }
            | Self::Explained { id, .. }
            | Self::Traced { id, .. }
            | Self::Failed { id, .. } => Some(*id),
        }
    }

    /// Whether the request of [`Event::id`] is over with this event.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Loaded { .. }
                | Self::Upright { .. }
                | Self::Joined { .. }
                | Self::Classified { .. }
                | Self::Explained { .. }
                | Self::Traced { .. }
                | Self::Failed { .. }
        )
    }
}

/// How far a request has come within its present phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// How much of [`Progress::total`] is done: bytes while downloading, gradients (or hidden squares) while explaining, else
    /// folds. When a network joins others, the bytes are those of the whole bundle.
    pub done: u64,
    /// How much there is; at least 1, and never less than `done`.
    pub total: u64,
    /// While downloading, the file that the last bytes belong to.
    pub file: Option<String>,
}

impl Progress {
    /// The share done, from 0 to 1.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        (self.done as f64 / self.total.max(1) as f64).clamp(0.0, 1.0)
    }
}

/// The phases of work, in the order in which a request goes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Asking for the GPU. The CPU engine passes through at once.
    StartingDevice,
    /// Fetching the manifest and the shards, checking each shard's SHA-256, and turning shards into networks as they
    /// arrive.
    Downloading,
    /// The golden check: do the networks answer as they did where they were exported?
    Checking,
    /// Running the networks on a photograph.
    Classifying,
    /// Computing a map or a trace.
    Explaining,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::FailureKind;

    #[test]
    fn events_survive_the_journey() {
        let progress = Progress {
            phase: Phase::Downloading,
            done: 1,
            total: 4,
            file: Some("focused-0.safetensors".into()),
        };
        assert_eq!(progress.fraction(), 0.25);
        let event = Event::Progress { id: 9, progress };
        let json = event.to_json().unwrap();
        assert_eq!(
            json,
            r#"{"type":"progress","id":9,"progress":{"phase":"downloading","done":1,"total":4,"file":"focused-0.safetensors"}}"#
        );
        assert_eq!(Event::from_json(&json).unwrap(), event);
        assert!(!event.is_final());
    }

    #[test]
    fn a_refinement_ends_nothing_and_names_its_request() {
        let refinement = Refinement {
            width: 2,
            height: 1,
            scale: 0.5,
            done: 3,
            total: 4,
        };
        let event = Event::Refined { id: 3, refinement };
        let json = event.to_json().unwrap();
        assert_eq!(
            json,
            r#"{"type":"refined","id":3,"refinement":{"width":2,"height":1,"scale":0.5,"done":3,"total":4}}"#
        );
        assert_eq!(Event::from_json(&json).unwrap(), event);
        assert_eq!((event.id(), event.is_final()), (Some(3), false));
    }

    #[test]
    fn a_failure_ends_its_request_but_a_crash_belongs_to_none() {
        let failure = Failure::new(FailureKind::Checksum, "focused-0.safetensors");
        let failed = Event::Failed {
            id: 4,
            failure: failure.clone(),
        };
        assert!(failed.is_final());
        assert_eq!(failed.id(), Some(4));
        assert_eq!(Event::Crashed { failure }.id(), None);
    }

    #[test]
    fn progress_of_nothing_does_not_divide_by_zero() {
        let progress = Progress {
            phase: Phase::Checking,
            done: 0,
            total: 0,
            file: None,
        };
        assert_eq!(progress.fraction(), 0.0);
    }
}
