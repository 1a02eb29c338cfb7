//! The answers to [`Request::Explain`](crate::Request::Explain): the map while it grows, and the map.

use serde::{Deserialize, Serialize};

use crate::ExplainSettings;

/// The answer, averaged over folds. The event's envelope holds two buffers beside it:
///
/// - buffer 0, the overlay: `width * height` RGBA pixels, 8 bits each, not premultiplied, row by row: an `ImageData`
///   ready to be stretched over the photograph;
/// - buffer 1, the heat: `width * height` little-endian `f32`, row by row, in units of [`scale`](Explanation::scale):
///   positive speaks for the label. 99 percent of the map's strength lies in values from -1 to 1; outliers are beyond and
///   NOT clipped. Clamp to -1..1 to draw; multiply by `scale` for contributions in logits.
///
/// Shares are to be computed from buffer 1 as it is: the sum of its positive values inside a region over that of all its
/// positive values is exactly the region's share of the positive attribution. From clamped values, or from the overlay, the
/// share would be wrong: they have lost what the outliers have more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The settings that were used, with the folds spelled out.
    pub settings: ExplainSettings,
    /// Pixels across both buffers: those of the networks' input that the photograph covers, not the photograph's own.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The contribution, in logits, that a heat of 1 stands for; 0 where no pixel mattered at all.
    pub scale: f32,
    /// What each network said.
    pub folds: Vec<FoldExplanation>,
    /// The mean over folds of the label's logit for the photograph.
    pub logit: f32,
    /// The largest completeness gap of a fold, in logits. Near 0 is good; more steps make it smaller. Only Integrated
    /// Gradients has one: the values of the other methods are not meant to add up.
    #[serde(default)]
    pub completeness_gap: Option<f32>,
    /// Milliseconds from the arrival of the request.
    pub total_ms: f64,
}

/// The bookkeeping of one network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoldExplanation {
    /// The fold's number.
    pub fold: usize,
    /// The label's logit for the photograph.
    pub logit: f32,
    /// Integrated Gradients: the label's logit for the baseline.
    #[serde(default)]
    pub baseline_logit: Option<f32>,
    /// Integrated Gradients: |sum of attributions - (logit - baseline logit)|.
    #[serde(default)]
    pub completeness_gap: Option<f32>,
}

/// A map that still grows. The event's envelope holds the same two buffers as that of [`Explanation`], of the same size.
///
/// It is made of what was computed so far: whole networks, and the one at work as far as it is. The last refinement is
/// the map of the answer that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refinement {
    /// Pixels across both buffers.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The contribution, in logits, that a heat of 1 stands for; it changes while the map grows.
    pub scale: f32,
    /// Gradients, or hidden squares, done over all networks.
    pub done: u64,
    /// In all.
    pub total: u64,
}
