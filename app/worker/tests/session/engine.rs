//! The engine's queue with a page around it that remembers every event.

use std::{cell::RefCell, rc::Rc};

use genoderm_engine::{Queue, Session};
use genoderm_protocol::{Event, Phase, Progress, Refinement, Request, envelope};
use js_sys::{ArrayBuffer, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Response, WorkerGlobalScope};

use crate::BACKEND;

/// Where the bundle is; nothing listens there.
pub const MANIFEST_URL: &str = "http://127.0.0.1:9/bundle/manifest.json";

type Events = Rc<RefCell<Vec<(Event, Vec<ArrayBuffer>)>>>;

/// An engine and all that it has said.
pub struct Engine {
    queue: Queue,
    events: Events,
}

impl Engine {
    /// A fresh engine whose `fetch` answers with these files.
    pub fn serving(files: Vec<(String, Vec<u8>)>) -> Self {
        Self::with_session(files, Session::new(BACKEND))
    }

    /// The same, whose pool's members are started so.
    #[cfg(not(feature = "webgpu"))]
    pub fn pooled(files: Vec<(String, Vec<u8>)>, starter: genoderm_engine::pool::Starter) -> Self {
        Self::with_session(files, Session::with_pool(BACKEND, starter))
    }

    fn with_session(files: Vec<(String, Vec<u8>)>, session: Session) -> Self {
        serve(files);
        let events = Events::default();
        let heard = Rc::clone(&events);
        let outbox = move |event: &Event, buffers: &[ArrayBuffer]| {
            heard.borrow_mut().push((event.clone(), buffers.to_vec()));
        };
        Self {
            queue: Queue::new(session, Rc::new(outbox)),
            events,
        }
    }

    /// Hands over a request with its buffers.
    pub fn post(&self, request: Request, buffers: &[&[u8]]) {
        let buffers = buffers
            .iter()
            .map(|bytes| envelope::buffer_of(bytes))
            .collect();
        self.queue.take(request, buffers);
    }

    /// Hands over a request after some milliseconds, as a task of its own.
    pub fn post_later(&self, request: Request, ms: i32) {
        let queue = self.queue.clone();
        spawn_local(async move {
            sleep(ms).await;
            queue.take(request, vec![]);
        });
    }

    /// Does something after some milliseconds.
    #[cfg(not(feature = "webgpu"))]
    pub async fn after(&self, ms: i32, act: impl FnOnce()) {
        sleep(ms).await;
        act();
    }

    /// Waits for the final event of a request, and takes it out.
    pub async fn wait(&self, id: u32) -> (Event, Vec<ArrayBuffer>) {
        loop {
            {
                let mut events = self.events.borrow_mut();
                let is_it = |(event, _): &(Event, _)| event.id() == Some(id) && event.is_final();
                if let Some(place) = events.iter().position(is_it) {
                    return events.remove(place);
                }
            }
            sleep(5).await;
        }
    }

    /// Posts, then waits.
    pub async fn ask(&self, request: Request, buffers: &[&[u8]]) -> (Event, Vec<ArrayBuffer>) {
        let id = request.id().unwrap();
        self.post(request, buffers);
        self.wait(id).await
    }

    /// Asks for a bundle that the page holds, and hands over each file that is wanted.
    #[cfg(not(feature = "webgpu"))]
    pub async fn ask_handing(&self, id: u32, files: &[(String, Vec<u8>)]) -> Event {
        self.post(Request::LoadHanded { id, workers: 1 }, &[]);
        loop {
            let wanted = {
                let mut events = self.events.borrow_mut();
                let is_it = |(event, _): &(Event, _)| match event {
                    Event::Wanted { id: of, .. } => *of == id,
                    other => other.id() == Some(id) && other.is_final(),
                };
                let place = events.iter().position(is_it);
                place.map(|place| events.remove(place).0)
            };
            match wanted {
                Some(Event::Wanted { file, .. }) => {
                    let found = files.iter().find(|(name, _)| *name == file);
                    let bytes: Vec<&[u8]> = found.iter().map(|(_, bytes)| &bytes[..]).collect();
                    self.post(Request::Hand { id }, &bytes);
                }
                Some(done) => return done,
                None => sleep(5).await,
            }
        }
    }

    /// Forgets what was said so far, as a page does.
    #[cfg(not(feature = "webgpu"))]
    pub fn forget_events(&self) {
        self.events.borrow_mut().clear();
    }

    /// The maps that a request has shown while they grew.
    pub fn refinements(&self, id: u32) -> Vec<(Refinement, Vec<ArrayBuffer>)> {
        let events = self.events.borrow();
        let of_it = events.iter().filter_map(|(event, buffers)| match event {
            Event::Refined { id: of, refinement } if *of == id => {
                Some((*refinement, buffers.clone()))
            }
            _ => None,
        });
        of_it.collect()
    }

    /// The progress that a request has reported in a phase.
    pub fn progress(&self, id: u32, wanted: Phase) -> Vec<Progress> {
        let events = self.events.borrow();
        let of_it = events.iter().filter_map(|(event, _)| match event {
            Event::Progress { id: of, progress } if *of == id => Some(progress.clone()),
            _ => None,
        });
        of_it.filter(|progress| progress.phase == wanted).collect()
    }
}

/// Bytes of wasm's memory, which grows but never shrinks.
#[cfg(not(feature = "webgpu"))]
pub fn wasm_memory_bytes() -> u32 {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    memory
        .buffer()
        .unchecked_into::<ArrayBuffer>()
        .byte_length()
}

fn scope() -> WorkerGlobalScope {
    js_sys::global().unchecked_into()
}

async fn sleep(ms: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        scope()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms)
            .unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// Replaces the worker's `fetch` by one that serves from memory, by the last part of the address's path.
fn serve(files: Vec<(String, Vec<u8>)>) {
    let answer = move |url: JsValue, _init: JsValue| -> Promise {
        let url = url.as_string().unwrap();
        let (path, query) = url.split_once('?').unwrap();
        assert_eq!(query, "v=1%202", "the version belongs to every address");
        let name = path.strip_prefix("http://127.0.0.1:9/bundle/").unwrap();
        let response = match files.iter().find(|(file, _)| file == name) {
            Some((_, bytes)) => {
                let body = envelope::buffer_of(bytes);
                Response::new_with_opt_buffer_source(Some(&body)).unwrap()
            }
            None => Response::error(),
        };
        Promise::resolve(&JsValue::from(response))
    };
    let fetch = Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(answer);
    Reflect::set(&scope(), &"fetch".into(), &fetch.into_js_value()).unwrap();
}
