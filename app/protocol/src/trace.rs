//! The answer to [`Request::Trace`](crate::Request::Trace): Integrated Gradients point by point.

use serde::{Deserialize, Serialize};

use crate::ExplainSettings;

/// The path from the baseline to the photograph, for one network. The event's envelope holds three buffers, each with one
/// frame of `width * height` pixels, row by row, for each of [`points`](Trace::points), one frame after the other:
///
/// - buffer 0, the pictures: RGBA, 8 bits each, opaque;
/// - buffer 1, the gradients there: little-endian `f32`, gradient times (photograph - baseline), channels added up;
/// - buffer 2, the running sums: little-endian `f32`, the weighted sum of the gradients up to and with this point. The
///   last frame is the map that [`Request::Explain`](crate::Request::Explain) gives with `points` steps for this network.
///
/// Buffers 1 and 2 are in units of the one [`scale`](Trace::scale), so that frames can be compared; 99 percent of the
/// strength of every frame lies in -1..1, and nothing is clipped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// The settings that were used: `steps` is the number of points, `folds` the one network's.
    pub settings: ExplainSettings,
    /// The fold whose network was traced.
    pub fold: usize,
    /// Pixels across a frame: those of the networks' input that the photograph covers.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The contribution, in logits, that a value of 1 stands for; 0 where no pixel matters anywhere.
    pub scale: f32,
    /// From the baseline to the photograph.
    pub points: Vec<TracePoint>,
    /// The label's logit for the photograph itself, the end of the path.
    pub logit: f32,
    /// The label's logit for the baseline, its beginning.
    pub baseline_logit: f32,
    /// |sum of the last frame's contributions, over all of the input - (logit - baseline logit)|.
    pub completeness_gap: f32,
    /// Milliseconds from the arrival of the request.
    pub total_ms: f64,
}

/// One point of the path.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TracePoint {
    /// Where, from 0 (the baseline) to 1 (the photograph). Most rules do not touch the ends.
    pub position: f64,
    /// The gradient's weight in the running sum.
    pub weight: f64,
    /// The label's logit for the picture there.
    pub logit: f32,
}
