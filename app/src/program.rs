//! Which build of an engine this browser runs, as `www/program.js` says.

use genoderm_protocol::Backend;
use js_sys::{Function, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

/// The name of the program's files: `NAME_loader.js` starts `NAME_bg.wasm` in a worker. Without that script (in a test of
/// one component) the build that all browsers run.
pub fn of(backend: Backend) -> String {
    let engine = backend.engine_name();
    said(engine).unwrap_or_else(|| engine.to_owned())
}

fn said(engine: &str) -> Option<String> {
    let function = Reflect::get(&window(), &"genodermProgramOf".into()).ok()?;
    let function: Function = function.dyn_into().ok()?;
    let program = function.call1(&JsValue::UNDEFINED, &engine.into()).ok()?;
    program.as_string()
}
