//! The messages between Genoderm's page and its engine, which runs in a web worker.
//!
//! The page sends a [`Request`], the engine answers with [`Event`]s. Both travel as one JSON string; photographs and
//! heat maps travel beside it as transferred `ArrayBuffer`s, so that megabytes are never copied or spelled out in JSON.
//! The exact shape of what is posted is written down in [`envelope`].
//!
//! # A session
//!
//! ```text
//! page                                   engine
//!      <---------------------------------- Booted            the worker's wasm runs and listens
//! Load {id: 1} ------------------------->
//!      <---------------------------------- Progress {id: 1}   device, download, build, check: many
//!      <---------------------------------- Loaded {id: 1}     what the bundle holds, how the engine runs
//! Join {id: 9} ------------------------->                     where only a first network was loaded: one more
//!      <---------------------------------- Joined {id: 9}     what is loaded now
//! Classify {id: 2} + [photograph] ------>
//!      <---------------------------------- Progress {id: 2}   one per fold
//!      <---------------------------------- Classified {id: 2}
//! Explain {id: 3} ---------------------->                     of the photograph classified last
//!      <---------------------------------- Progress {id: 3}
//!      <---------------------------------- Refined {id: 3}    the map while it grows, where that was wanted
//! Cancel {id: 3} ----------------------->
//!      <---------------------------------- Failed {id: 3, kind: cancelled}
//! Trace {id: 4} ------------------------>                     how such a map comes about, point by point
//!      <---------------------------------- Progress {id: 4}
//!      <---------------------------------- Traced {id: 4}
//! ```
//!
//! Every request but [`Request::Cancel`], [`Request::Hand`] and [`Request::Forget`] ends in exactly one final event with its id: the
//! result or [`Event::Failed`]. Requests are worked off one at a time, in the order of arrival.
//! A page that wants an answer at once cancels a [`Request::Join`] before it posts the photograph.
//! After [`Event::Crashed`], or after an `error` event of the worker, the engine is gone: end the worker and start a
//! fresh one.

mod classification;
pub mod envelope;
mod event;
mod explain_settings;
mod explanation;
mod failure;
mod info;
mod region;
mod request;
mod trace;

pub use classification::{
    Classification, FoldAnswer, GuardVerdict, PhotoInfo, PredictionSet, RankedLabel, SetAnswer,
    Timings,
};
pub use event::{Event, Phase, Progress};
pub use explain_settings::{Baseline, ExplainSettings, Method, Quadrature, Sign};
pub use explanation::{Explanation, FoldExplanation, Refinement};
pub use failure::{Failure, FailureKind};
pub use info::{Backend, BundleInfo, EngineInfo, GoldenReport, LabelInfo, SetInfo};
pub use region::Region;
pub use request::Request;
pub use trace::{Trace, TracePoint};

/// A message that could not be read: the two sides come from different builds, or something else posted it.
#[derive(Debug, thiserror::Error)]
#[error("a message between page and engine could not be read: {0}")]
pub struct MessageError(pub String);

impl From<serde_json::Error> for MessageError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}
