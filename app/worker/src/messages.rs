//! The worker's ears and mouth.

use std::rc::Rc;

use genoderm_protocol::{Backend, Event, Failure, Request, envelope};
use js_sys::{ArrayBuffer, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::{
    crash,
    pool::{Report, Server},
    queue::Queue,
    session::Session,
};

/// What the names of a pool's members end with.
pub const MEMBER: &str = "member";

/// Runs the engine in this worker until the page ends it; a worker that an engine named so becomes a member of its pool.
pub fn start(backend: Backend) {
    let name = Reflect::get(&js_sys::global(), &"name".into()).unwrap_or_default();
    if name.as_string().is_some_and(|name| name.ends_with(MEMBER)) {
        start_member(backend);
    } else {
        start_engine(backend);
    }
}

fn start_engine(backend: Backend) {
    crash::report_panics(|failure| post(&Event::Crashed { failure }, &[]));
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

fn start_member(backend: Backend) {
    crash::report_panics(tell_engine);
    let server = Server::new(Session::new(backend), Rc::new(post_text));
    let announced = server.clone();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        server.take(&message.data());
    });
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
    announced.announce();
}

/// Posts an event to the page. There is nobody to tell when that fails, but for the console.
pub fn post(event: &Event, buffers: &[ArrayBuffer]) {
    match event.to_json() {
        Ok(json) => post_text(&json, buffers),
        Err(error) => console_error(&error.to_string()),
    }
}

/// Tells a member's engine that the member broke.
fn tell_engine(failure: Failure) {
    if let Ok(json) = serde_json::to_string(&Report::Crashed { failure }) {
        post_text(&json, &[]);
    }
}

fn post_text(json: &str, buffers: &[ArrayBuffer]) {
    let (message, transfer) = envelope::pack(json, buffers);
    if let Err(error) = scope().post_message_with_transfer(&message, &transfer) {
        let cause = crate::download::words(&error);
        console_error(&format!("a message could not be posted: {cause}"));
    }
}

/// Posts to the page what a member posted.
pub fn pass_on(data: &JsValue) {
    if scope().post_message(data).is_err() {
        console_error("a member's message could not be passed on");
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
    use js_sys::Function;
    let console = Reflect::get(&js_sys::global(), &"console".into()).unwrap_or_default();
    let method = Reflect::get(&console, &"error".into()).unwrap_or_default();
    if let Ok(method) = method.dyn_into::<Function>() {
        let _ = method.call1(&console, &text.into());
    }
}
