//! The worker's ears and mouth.

use std::rc::Rc;

use genoderm_protocol::{Backend, Event, Request, envelope};
use js_sys::ArrayBuffer;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::{crash, queue::Queue, session::Session};

/// Runs the engine in this worker until the page ends it.
pub fn start(backend: Backend) {
    crash::report_panics();
    let queue = Queue::new(Session::new(backend), Rc::new(post));
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        receive(&queue, &message);
    });
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    // The listener lives as long as the worker.
    listener.forget();
    post(
        &Event::Booted {
            backend,
            version: env!("CARGO_PKG_VERSION").into(),
        },
        &[],
    );
}

/// Posts an event to the page. There is nobody to tell when that fails, but for the console.
pub fn post(event: &Event, buffers: &[ArrayBuffer]) {
    let posted = event
        .to_json()
        .map_err(|error| error.to_string())
        .and_then(|json| {
            let (message, transfer) = envelope::pack(&json, buffers);
            scope()
                .post_message_with_transfer(&message, &transfer)
                .map_err(|error| crate::download::words(&error))
        });
    if let Err(cause) = posted {
        console_error(&format!("an event could not be posted: {cause}"));
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn receive(queue: &Queue, message: &MessageEvent) {
    let request = envelope::unpack(&message.data())
        .and_then(|(json, buffers)| Ok((Request::from_json(&json)?, buffers)));
    match request {
        Ok((request, buffers)) => queue.take(request, buffers),
        // Without an id there is no request to fail.
        Err(error) => console_error(&error.to_string()),
    }
}

/// `console.error`, found by name: the typed one would need one more feature of web-sys.
fn console_error(text: &str) {
    use js_sys::{Function, Reflect};
    let console = Reflect::get(&js_sys::global(), &"console".into()).unwrap_or_default();
    let method = Reflect::get(&console, &"error".into()).unwrap_or_default();
    if let Ok(method) = method.dyn_into::<Function>() {
        let _ = method.call1(&console, &text.into());
    }
}
