//! A part of the photograph.

use serde::{Deserialize, Serialize};

/// A rectangle on the upright photograph, in fractions of its width and height, turned about its own centre.
///
/// The first four numbers describe it before the turn. It must lie within the photograph as turned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// The left edge, from the photograph's left.
    pub x: f64,
    /// The upper edge, from the photograph's top.
    pub y: f64,
    /// The width, more than 0.
    pub width: f64,
    /// The height, more than 0.
    pub height: f64,
    /// Clockwise, -360 to 360; the upper edge of the turned rectangle is up for the networks.
    #[serde(default)]
    pub degrees: f64,
}
