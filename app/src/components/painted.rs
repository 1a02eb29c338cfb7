//! A canvas that is painted anew whenever what it shows changes.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::HtmlCanvasElement;

/// The node of a canvas that `paint` paints: once it is there, and whenever a signal that `paint` reads changes.
pub fn painted_canvas(
    paint: impl Fn(&HtmlCanvasElement) -> Option<Result<(), JsValue>> + 'static,
) -> NodeRef<html::Canvas> {
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        let painted = canvas.get().and_then(|canvas| paint(&canvas));
        if let Some(Err(error)) = painted {
            leptos::logging::warn!("canvas: {error:?}");
        }
    });
    canvas
}
