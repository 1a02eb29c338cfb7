//! Starting a member: a worker of the engine's own script, which gets the program that runs here, compiled as it is. It need
//! not be downloaded or compiled again.

use std::{cell::RefCell, rc::Rc};

use genoderm_protocol::{Failure, FailureKind, envelope};
use js_sys::{Array, ArrayBuffer, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{ErrorEvent, MessageEvent};

use super::{Starter, member::Member};
use crate::{download::words, messages};

/// The engine's script, beside this worker's own.
const SCRIPT: &str = "./engine.js";

/// Makes members of real workers.
pub fn of_workers() -> Starter {
    Rc::new(|| start().map_err(|error| words(&error)))
}

/// A running worker; dropping it ends it. `Worker` is found by name: the typed one would need more features of web-sys,
/// which everything below burn would then be compiled with.
struct RunningWorker {
    worker: JsValue,
    // JavaScript calls these for as long as the worker lives.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        for listener in ["onmessage", "onerror"] {
            let _ = Reflect::set(&self.worker, &listener.into(), &JsValue::NULL);
        }
        let _ = call(&self.worker, "terminate", &Array::new());
    }
}

fn start() -> Result<Member, JsValue> {
    let global = js_sys::global();
    let class: Function = Reflect::get(&global, &"Worker".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &"type".into(), &"module".into())?;
    // The name of a worker is that of the program that it runs.
    let program = Reflect::get(&global, &"name".into())?.as_string();
    let name = format!("{} {}", program.unwrap_or_default(), messages::MEMBER);
    Reflect::set(&options, &"name".into(), &name.into())?;
    let worker = Reflect::construct(&class, &Array::of2(&SCRIPT.into(), &options))?;

    // The line keeps the worker, and the member the line.
    let running = Rc::new(RefCell::new(None));
    let kept = Rc::clone(&running);
    let line = worker.clone();
    let member = Member::new(Box::new(move |json: &str, buffers: &[ArrayBuffer]| {
        if kept.borrow().is_none() {
            return Err("the worker has ended".into());
        }
        let (message, transfer) = envelope::pack(json, buffers);
        let arguments = Array::of2(&message, &transfer);
        let posted = call(&line, "postMessage", &arguments);
        posted.map(drop).map_err(|error| words(&error))
    }));

    let hearing = member.downgrade();
    let awake = worker.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let data = message.data();
        let has = |key: &str| Reflect::has(&data, &key.into()).unwrap_or(false);
        // Requests that it made are told to the page.
        if has("requests") {
            messages::pass_on(&data);
        } else if has("awake") {
            let posted = call(&awake, "postMessage", &Array::of1(&wasm_bindgen::module()));
            if let Err(error) = posted {
                let failure = Failure::new(FailureKind::WorkerLost, words(&error));
                hearing.with(|member| member.break_off(failure));
            }
        } else {
            hearing.with(|member| member.hear(&data));
        }
    });
    let hearing = member.downgrade();
    let on_error = Closure::<dyn FnMut(JsValue)>::new(move |error: JsValue| {
        let text = error.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
        let failure = Failure::new(FailureKind::WorkerLost, text.unwrap_or_default());
        hearing.with(|member| member.break_off(failure));
    });
    Reflect::set(&worker, &"onmessage".into(), on_message.as_ref())?;
    Reflect::set(&worker, &"onerror".into(), on_error.as_ref())?;
    running.replace(Some(RunningWorker {
        worker,
        _on_message: on_message,
        _on_error: on_error,
    }));
    Ok(member)
}

fn call(object: &JsValue, name: &str, arguments: &Array) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &name.into())?.dyn_into()?;
    method.apply(object, arguments)
}
