//! The bridge to the engine: one web worker, requests out, events in.

use genoderm_protocol::{Backend, Event, Request, envelope};
use js_sys::{Array, ArrayBuffer, Reflect};
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::network::NetworkRequest;
use crate::program;

/// What the worker runs first; its name tells it which program to start. Relative to the page, so that the page may live
/// under any path.
const SCRIPT: &str = "./engine.js";

/// What comes from the worker.
pub enum EngineMessage {
    /// An event, with the buffers that travelled beside it.
    Event(Event, Vec<ArrayBuffer>),
    /// Requests that the worker made.
    Requests(Vec<NetworkRequest>),
    /// The worker itself failed: its script did not load, or wasm stopped.
    Died(String),
}

/// A running worker. Dropping it ends the worker at once, whatever it is doing.
pub struct EngineClient {
    worker: Worker,
    // JavaScript calls these for as long as the worker lives.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl EngineClient {
    /// Starts the worker of one engine; `listen` gets every message of it, in order.
    ///
    /// # Errors
    /// When the browser refuses to make a worker; the text is the browser's own.
    pub fn start(
        backend: Backend,
        listen: impl Fn(EngineMessage) + Clone + 'static,
    ) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(&program::of(backend));
        let worker =
            Worker::new_with_options(SCRIPT, &options).map_err(|error| describe(&error))?;

        // The listener may drop this client, so it must not run inside the client's own callbacks.
        let deliver = move |message| {
            let listen = listen.clone();
            spawn_local(async move { listen(message) });
        };
        let deliver_error = deliver.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            deliver(read(&message.data()));
        });
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            let detail = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
            deliver_error(EngineMessage::Died(detail.unwrap_or_default()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Posts a request; the buffers change hands and are empty here afterwards.
    ///
    /// # Errors
    /// When it cannot be posted; the text says why.
    pub fn send(&self, request: &Request, buffers: &[ArrayBuffer]) -> Result<(), String> {
        let json = request.to_json().map_err(|error| error.to_string())?;
        let (message, transfer) = envelope::pack(&json, buffers);
        self.worker
            .post_message_with_transfer(&message, &transfer)
            .map_err(|error| describe(&error))
    }
}

impl Drop for EngineClient {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn read(data: &JsValue) -> EngineMessage {
    let requests = Reflect::get(data, &"requests".into()).unwrap_or_default();
    if let Some(requests) = requests.dyn_ref::<Array>() {
        return EngineMessage::Requests(NetworkRequest::of_engine(requests));
    }
    let message =
        envelope::unpack(data).and_then(|(json, buffers)| Ok((Event::from_json(&json)?, buffers)));
    match message {
        Ok((event, buffers)) => EngineMessage::Event(event, buffers),
        Err(error) => EngineMessage::Died(error.to_string()),
    }
}

/// A thrown JavaScript value as text.
pub fn describe(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}
