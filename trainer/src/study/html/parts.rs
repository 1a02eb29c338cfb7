//! What several sections share: cells of tables and reasons.

use genoderm_study::analysis::Finding;
use maud::{Markup, html};

/// The cells of a row that a finding fills, or its reason over all of them.
pub(super) fn cells<T>(
    finding: &Finding<T>,
    columns: usize,
    fill: impl FnOnce(&T) -> Markup,
) -> Markup {
    match finding {
        Finding::Value(value) => fill(value),
        Finding::Undefined { undefined } => html! {
            td.soft.reason colspan=(columns) { (undefined) }
        },
    }
}

/// A number and, softly beside it, its interval.
pub(super) fn with_interval(value: String, interval: String) -> Markup {
    html! {
        td.number { (value) }
        td.number.soft { (interval) }
    }
}

/// The word for the level of confidence in a table's head: `95%`.
pub(super) fn level(confidence: f64) -> String {
    format!("{}%", (1000.0 * confidence).round() / 10.0)
}
