//! The bridge to `www/offline.js`, which keeps the page's files on the device: a few calls out, one kind of event in.
//!
//! The functions are found by name, so that a page without that script (a test of one component) works as it did.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::CustomEvent;

/// The part of the files that is the page itself.
pub const SHELL: &str = "shell";
/// The part of the files that is the model.
pub const MODEL: &str = "model";

/// How far keeping the files has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keeping {
    /// Nothing is known yet.
    #[default]
    Unknown,
    /// This browser, or this way of opening the page, has no service workers.
    Unsupported,
    /// What is wanted is kept.
    Idle,
    /// Files are being fetched.
    Fetching,
    /// Files are missing, and are fetched when the photograph is closed.
    Waiting,
    /// Files are missing, and could not be fetched or stored.
    Failed,
}

/// What `www/offline.js` tells.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Offline {
    /// How far it has come.
    pub state: Keeping,
    /// The parts of which every file is kept: [`SHELL`], [`MODEL`], `samples`, and [`engine_part`]s.
    pub complete: Vec<String>,
    /// What is kept of each part.
    pub parts: Vec<KeptPart>,
    /// Bytes that are kept.
    pub kept: u64,
    /// Bytes of all that is not kept.
    pub rest: u64,
    /// While fetching, the bytes that have come.
    pub done: u64,
    /// While fetching, the bytes that are to come.
    pub total: u64,
    /// Whether a newer version of the page waits to be taken.
    pub offered: bool,
}

/// What is kept of a part of the files.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct KeptPart {
    /// The part.
    pub part: String,
    /// Bytes of it that are kept.
    pub kept: u64,
}

impl Offline {
    /// Whether all files of a part are kept.
    pub fn has(&self, part: &str) -> bool {
        self.complete.iter().any(|complete| complete == part)
    }
}

/// The part of the files that is the engine of this key.
pub fn engine_part(key: &str) -> String {
    format!("engine-{key}")
}

/// Starts the service worker; `listen` hears of every change.
pub fn begin(listen: impl Fn(Offline) + 'static) {
    let event = leptos::ev::Custom::<CustomEvent>::new("genoderm-offline");
    window_event_listener(event, move |event: CustomEvent| {
        let told = event.detail().as_string().unwrap_or_default();
        match serde_json::from_str(&told) {
            Ok(offline) => listen(offline),
            Err(error) => leptos::logging::warn!("offline use: {error}"),
        }
    });
    call("begin", &JsValue::UNDEFINED);
}

/// Waits until what is fetched is kept too, if that does not take long.
pub async fn settled() {
    let promise = call("settled", &JsValue::UNDEFINED);
    if let Some(promise) = promise.and_then(|promise| promise.dyn_into::<Promise>().ok()) {
        let _ = JsFuture::from(promise).await;
    }
}

/// Nothing is fetched to be kept while a photograph is open.
pub fn photograph(open: bool) {
    call("photograph", &open.into());
}

/// Keeps the model and the engine of this key that has loaded it.
pub fn keep_model(engine: &str) {
    call("keepModel", &engine.into());
}

/// Keeps all there is.
pub fn keep_everything() {
    call("keepEverything", &JsValue::UNDEFINED);
}

/// Removes engines, model and samples from the device; the page itself stays.
pub fn forget() {
    call("forget", &JsValue::UNDEFINED);
}

/// Reloads the page with the version that waits.
pub fn take_new_version() {
    call("takeNewVersion", &JsValue::UNDEFINED);
}

fn call(name: &str, argument: &JsValue) -> Option<JsValue> {
    let bridge = Reflect::get(&window(), &"genodermOffline".into()).ok()?;
    let function: Function = Reflect::get(&bridge, &name.into()).ok()?.dyn_into().ok()?;
    function.call1(&bridge, argument).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_the_script_tells_is_understood() {
        let told = r#"{"state":"fetching","complete":["shell"],"parts":[{"part":"shell","kept":1}],"kept":1,"rest":9,"done":2,"total":5,"offered":true}"#;
        let offline: Offline = serde_json::from_str(told).unwrap();
        assert_eq!(offline.state, Keeping::Fetching);
        assert!(offline.has(SHELL) && !offline.has(MODEL) && offline.offered);
        assert!(serde_json::from_str::<Offline>(r#"{"state":"other"}"#).is_err());
    }
}
