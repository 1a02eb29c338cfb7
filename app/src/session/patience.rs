//! Whether a photograph is answered by the networks that are there, or waits a moment for those that will soon be.
//!
//! On a fast line a complete answer comes about as soon as a preliminary one, which would then keep the others from being
//! fetched until the photograph is closed. Nothing has been handed to the engine while the photograph waits.

use std::time::Duration;

use genoderm_protocol::SetInfo;
use leptos::prelude::*;

use crate::joining::Joining;
use crate::state::AppState;

/// A complete answer is worth so much waiting, in milliseconds.
const LONGEST: f64 = 3_000.0;

/// How fast networks come, and since when a photograph waits for them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Patience {
    /// Milliseconds that the last network took: download, building and check.
    pace: f64,
    /// When the next one was asked for.
    asked: f64,
    /// Since when the photograph could have been answered.
    waiting: Option<f64>,
}

impl Patience {
    /// Whether so many networks are worth waiting for.
    fn is_enough(self, now: f64, missing: usize) -> bool {
        let waited = now - self.waiting.unwrap_or(now);
        waited < LONGEST && self.pace * missing as f64 <= LONGEST - waited
    }
}

impl AppState {
    /// The first network has come, after so many milliseconds.
    pub(super) fn first_network_took(self, ms: f64) {
        self.patience.update_value(|patience| patience.pace = ms);
    }

    /// One more network is asked for.
    pub(super) fn network_asked(self) {
        self.patience
            .update_value(|patience| patience.asked = now());
    }

    /// It has come.
    pub(super) fn network_came(self) {
        self.patience
            .update_value(|patience| patience.pace = now() - patience.asked);
    }

    /// Another photograph has its own time.
    pub(super) fn patience_begins_anew(self) {
        self.patience
            .update_value(|patience| patience.waiting = None);
    }

    /// Whether a photograph that was not handed to the engine should wait for the rest of its set. Comes back to it when
    /// that takes too long.
    pub(super) fn waits_a_moment(self, set: &SetInfo) -> bool {
        let held = untrack(|| self.requests.is_counting());
        if held || !self.joining.with_untracked(Joining::goes_on) {
            return false;
        }
        let missing = set.folds.len().saturating_sub(set.present.len());
        let mut patience = self.patience.get_value();
        let worth = patience.is_enough(now(), missing);
        if worth && patience.waiting.is_none() {
            patience.waiting = Some(now());
            self.patience.set_value(patience);
            set_timeout(
                move || self.go_on(),
                Duration::from_millis(LONGEST as u64 + 1),
            );
        }
        worth
    }
}

/// Milliseconds since the page was opened.
fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_photograph_waits_for_what_is_near_and_never_for_long() {
        let mut patience = Patience {
            pace: 500.0,
            ..Patience::default()
        };
        assert!(patience.is_enough(10_000.0, 4));
        assert!(!patience.is_enough(10_000.0, 7));
        patience.waiting = Some(10_000.0);
        assert!(patience.is_enough(11_000.0, 4));
        assert!(!patience.is_enough(12_000.0, 4));
        assert!(patience.is_enough(12_000.0, 1));
        assert!(!patience.is_enough(13_000.0, 1));
    }
}
