//! Keeping the keyboard's place: a button that vanishes when it is pressed must hand the focus on, or the reader who
//! works with the keyboard or a screen reader starts again at the top of the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};

/// The panel of the model.
pub const MODEL: &str = "model";
/// The panel of the explanation.
pub const EXPLANATION: &str = "explanation";
/// The part on how a map comes about.
pub const PATH: &str = "path";
/// The panel of two maps side by side.
pub const COMPARE: &str = "compare";
/// The rectangle of the region's editor.
pub const CROP: &str = "crop-frame";
/// The button that opens the editor.
pub const CROP_BUTTON: &str = "open-crop";
/// The button that takes the photograph of the camera's picture.
pub const CAMERA_TAKE: &str = "camera-take";
/// The button that opens the camera's view.
pub const CAMERA_BUTTON: &str = "use-camera";
/// The model card.
pub const CARD: &str = "model-card";
/// The button that opens it.
pub const CARD_BUTTON: &str = "open-card";
/// The panel of the answer.
pub const ANSWER: &str = "answer";
/// The panel of a batch.
pub const BATCH: &str = "batch";
/// The panel of saved cases.
pub const CASES: &str = "cases";
/// The panel of the reader mode.
pub const SURVEY: &str = "survey";
/// The button that ends its questions.
pub const SURVEY_FINISH: &str = "survey-finish";
/// The photograph of a finished survey that is looked at.
pub const SURVEY_SHOWN: &str = "survey-shown";
/// The panel where photographs are chosen.
pub const CHOOSER: &str = "chooser";

/// Keeps the focus where it is although the panel of this id is about to be built anew: on the element of the same
/// test id.
pub fn keep_focus_in(panel: &'static str) {
    let focused = document().active_element().filter(|element| {
        let inside = element.closest(&format!("#{panel}"));
        inside.is_ok_and(|inside| inside.is_some()) && element.id() != panel
    });
    let Some(name) = focused.and_then(|element| element.get_attribute("data-testid")) else {
        return;
    };
    request_animation_frame(move || {
        let same = document().query_selector(&format!("#{panel} [data-testid='{name}']"));
        focus(same.ok().flatten());
    });
}

/// Moves the focus to the element of this id, once the page has been brought up to date.
pub fn focus_later(id: &'static str) {
    request_animation_frame(move || {
        focus(document().get_element_by_id(id));
    });
}

/// Moves the focus to the first of these elements that is there, if what had the focus has vanished meanwhile.
pub fn focus_if_lost(ids: &'static [&'static str]) {
    request_animation_frame(move || {
        let focused = document().active_element();
        if focused.is_none_or(|element| element.tag_name() == "BODY") {
            let mut found = ids.iter().map(|id| document().get_element_by_id(id));
            focus(found.find_map(|element| element));
        }
    });
}

/// Moves the focus to the element of this id and lets the page stand where it is: a pointer is at work there.
pub fn focus_in_place(id: &str) {
    let panel = document().get_element_by_id(id);
    if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok()) {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = panel.focus_with_options(&options);
    }
}

fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
