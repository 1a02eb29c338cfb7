//! Where a running job gets what it asked the page for.

use std::cell::RefCell;

use js_sys::{ArrayBuffer, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A place for one buffer.
#[derive(Default)]
pub struct Mailbox {
    /// Ends the waiting; `None` while nobody waits.
    waiting: RefCell<Option<Function>>,
}

impl Mailbox {
    /// Asks by `ask`, and waits for what is put here; `None` for "there is no such thing".
    pub async fn wait(&self, ask: impl FnOnce()) -> Option<ArrayBuffer> {
        let promise = Promise::new(&mut |resolve, _| {
            self.waiting.replace(Some(resolve));
        });
        ask();
        let put = JsFuture::from(promise).await.ok()?;
        put.dyn_into().ok()
    }

    /// Puts something here. Passed over where nobody waits.
    pub fn put(&self, buffer: Option<ArrayBuffer>) {
        if let Some(resolve) = self.waiting.take() {
            let value = buffer.map_or(JsValue::UNDEFINED, JsValue::from);
            let _ = resolve.call1(&JsValue::UNDEFINED, &value);
        }
    }
}
