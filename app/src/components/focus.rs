//! Keeping the keyboard's place: a button that vanishes when it is pressed must hand the focus on, or the reader who
//! works with the keyboard or a screen reader starts again at the top of the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The panel of the model.
pub const MODEL: &str = "model";
/// The panel of the explanation.
pub const EXPLANATION: &str = "explanation";
/// The model card.
pub const CARD: &str = "model-card";
/// The button that opens it.
pub const CARD_BUTTON: &str = "open-card";
/// The panel of a batch.
pub const BATCH: &str = "batch";
/// The panel of saved cases.
pub const CASES: &str = "cases";
/// The panel where photographs are chosen.
pub const CHOOSER: &str = "chooser";

/// Moves the focus to the element of this id, once the page has been brought up to date.
pub fn focus_later(id: &'static str) {
    request_animation_frame(move || {
        let panel = document().get_element_by_id(id);
        if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok()) {
            let _ = panel.focus();
        }
    });
}
