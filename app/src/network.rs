//! The page's network requests, so that the reader can see what was loaded, and that nothing is for a photograph.
//!
//! The browser's own resource timing is the witness: it lists each request, whoever made it. The page sees its own list
//! only; that of the engine's worker is posted by `www/engine.js`. `blob:` and `data:` addresses never touch the network and
//! are left out.

use js_sys::{Array, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{
    PerformanceEntry, PerformanceObserver, PerformanceObserverEntryList, PerformanceObserverInit,
};

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkRequest {
    /// The full address.
    pub address: String,
    /// When it began, in milliseconds since 1970.
    pub start: f64,
    /// Bytes that came over the network, with headers; 0 for what the browser had kept.
    pub bytes: f64,
    /// Whether the engine made it, and not the page.
    pub by_engine: bool,
}

impl NetworkRequest {
    /// What the engine's worker says of its requests: `[[address, start, bytes], ...]`; what is not like this is left out.
    pub fn of_engine(told: &Array) -> Vec<Self> {
        let read = |entry: JsValue| {
            let entry: Array = entry.dyn_into().ok()?;
            Some(Self {
                address: entry.get(0).as_string()?,
                start: entry.get(1).as_f64()?,
                bytes: entry.get(2).as_f64()?,
                by_engine: true,
            })
        };
        let requests = told.iter().filter_map(read);
        requests.filter(Self::is_over_network).collect()
    }

    fn of_page(entry: JsValue) -> Option<Self> {
        let entry: PerformanceEntry = entry.dyn_into().ok()?;
        // `PerformanceResourceTiming` has it.
        let bytes = Reflect::get(&entry, &"transferSize".into()).ok()?.as_f64();
        let request = Self {
            address: entry.name(),
            start: time_origin() + entry.start_time(),
            bytes: bytes.unwrap_or_default(),
            by_engine: false,
        };
        request.is_over_network().then_some(request)
    }

    fn is_over_network(&self) -> bool {
        self.address.starts_with("http")
    }
}

/// The page's requests so far, and the moment at which the photograph was opened.
#[derive(Clone, Copy)]
pub struct RequestCounter {
    /// All requests, in the order in which they were noticed.
    pub requests: RwSignal<Vec<NetworkRequest>>,
    opened: RwSignal<Option<f64>>,
    readings: StoredValue<Vec<Reading>>,
}

/// A file that was read from the browser's own store, by a call that cannot reach the network. The browser lists it as if it
/// were a request.
#[derive(Clone, Debug)]
struct Reading {
    address: String,
    began: f64,
    ended: f64,
}

impl RequestCounter {
    /// Starts watching. Requests made before now are counted too.
    pub fn watch() -> Self {
        let counter = Self {
            requests: RwSignal::new(Vec::new()),
            opened: RwSignal::new(None),
            readings: StoredValue::new(Vec::new()),
        };
        let note = move |list: PerformanceObserverEntryList| {
            let entries = list.get_entries();
            counter.note(entries.iter().filter_map(NetworkRequest::of_page).collect());
        };
        let callback = Closure::<dyn FnMut(PerformanceObserverEntryList)>::new(note);
        if let Ok(observer) = PerformanceObserver::new(callback.as_ref().unchecked_ref()) {
            let options = js_sys::Object::new();
            // `type` with `buffered` tells of past requests too; web-sys only knows the older `entryTypes`.
            let _ = Reflect::set(&options, &"type".into(), &"resource".into());
            let _ = Reflect::set(&options, &"buffered".into(), &JsValue::TRUE);
            observer.observe(options.unchecked_ref::<PerformanceObserverInit>());
        }
        // The observer lives as long as the page.
        callback.forget();
        counter
    }

    /// Adds requests that were noticed.
    pub fn note(&self, new: Vec<NetworkRequest>) {
        if !new.is_empty() {
            self.requests.update(|requests| requests.extend(new));
        }
    }

    /// Counts from now on. A request that began earlier does not count, even where it ends later.
    pub fn photo_opened(&self) {
        self.opened.set(Some(now()));
    }

    /// No photograph is open any more.
    pub fn photo_closed(&self) {
        self.opened.set(None);
    }

    /// Whether a photograph is open that was handed to the engine: from then on no request may be made.
    pub fn is_counting(&self) -> bool {
        self.opened.with(Option::is_some)
    }

    /// Requests begun since the photograph was opened; `None` while none is open.
    pub fn since_photo(&self) -> Option<usize> {
        let opened = self.opened.get()?;
        Some(self.requests.with(|requests| {
            let later = requests
                .iter()
                .filter(|request| request.start >= opened && !self.is_reading(request));
            later.count()
        }))
    }

    /// A file is about to be read from the browser's own store. Returns what [`Self::ends_reading`] is to be told.
    pub fn begins_reading(&self, address: String) -> usize {
        self.readings
            .try_update_value(|readings| {
                readings.push(Reading {
                    address,
                    began: now(),
                    ended: f64::INFINITY,
                });
                readings.len() - 1
            })
            .unwrap_or_default()
    }

    /// The file was read, or is not there.
    pub fn ends_reading(&self, reading: usize) {
        self.readings.update_value(|readings| {
            if let Some(reading) = readings.get_mut(reading) {
                reading.ended = now();
            }
        });
    }

    fn is_reading(&self, request: &NetworkRequest) -> bool {
        self.readings.with_value(|readings| {
            readings.iter().any(|reading| {
                let then = (reading.began..=reading.ended).contains(&request.start);
                then && !request.by_engine && reading.address == request.address
            })
        })
    }
}

/// The moment, in milliseconds since 1970.
fn now() -> f64 {
    let clock = window().performance();
    time_origin() + clock.map_or(0.0, |clock| clock.now())
}

/// What the page's times count from, in milliseconds since 1970: a worker's count from another moment.
fn time_origin() -> f64 {
    let clock = window().performance();
    clock.map_or(0.0, |clock| clock.time_origin())
}
