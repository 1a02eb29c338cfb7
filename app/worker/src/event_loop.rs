//! Waiting for the worker's event loop: for a turn of it, so that a `Cancel` which the page has posted is seen, or for longer.
//!
//! A future that wakes itself is resumed as a microtask, before any message is delivered. Only a task of the event loop
//! lets messages through, and a timer is one that every worker has.

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::WorkerGlobalScope;

/// Comes back after all messages that were waiting have been delivered.
pub async fn turn() {
    after(0).await;
}

/// Comes back after so many milliseconds.
pub async fn after(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, _reject| {
        let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
        if scope
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds)
            .is_err()
        {
            // Without timers there is nothing better than to go on at once.
            let _ = resolve.call0(&wasm_bindgen::JsValue::UNDEFINED);
        }
    });
    // The promise is never rejected.
    let _ = JsFuture::from(promise).await;
}
