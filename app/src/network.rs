//! Counting the page's network requests, so that the reader can see that none is made for a photograph.
//!
//! The browser's own resource timing is the witness: it lists each request of the page, whoever made
//! it. `blob:` and `data:` addresses never touch the network and are left out.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{
    PerformanceEntry, PerformanceObserver, PerformanceObserverEntryList, PerformanceObserverInit,
};

/// The page's requests so far, and the moment at which the photograph was opened.
#[derive(Clone, Copy)]
pub struct RequestCounter {
    /// When each request began, in milliseconds since the page was opened.
    starts: RwSignal<Vec<f64>>,
    opened: RwSignal<Option<f64>>,
}

impl RequestCounter {
    /// Starts watching. Requests made before now are counted too.
    pub fn watch() -> Self {
        let starts = RwSignal::new(Vec::new());
        let note = move |list: PerformanceObserverEntryList| {
            let new: Vec<f64> = list
                .get_entries()
                .iter()
                .filter_map(start_over_network)
                .collect();
            if !new.is_empty() {
                starts.update(|starts| starts.extend(new));
            }
        };
        let callback = Closure::<dyn FnMut(PerformanceObserverEntryList)>::new(note);
        if let Ok(observer) = PerformanceObserver::new(callback.as_ref().unchecked_ref()) {
            let options = js_sys::Object::new();
            // `type` with `buffered` tells of past requests too; web-sys only knows the older `entryTypes`.
            let _ = js_sys::Reflect::set(&options, &"type".into(), &"resource".into());
            let _ = js_sys::Reflect::set(&options, &"buffered".into(), &JsValue::TRUE);
            observer.observe(options.unchecked_ref::<PerformanceObserverInit>());
        }
        // The observer lives as long as the page.
        callback.forget();
        Self {
            starts,
            opened: RwSignal::new(None),
        }
    }

    /// Counts from now on. A request that began earlier does not count, even where it ends later.
    pub fn photo_opened(&self) {
        self.opened
            .set(window().performance().map(|clock| clock.now()));
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
        Some(
            self.starts
                .with(|starts| starts.iter().filter(|start| **start >= opened).count()),
        )
    }
}

fn start_over_network(entry: JsValue) -> Option<f64> {
    let entry: PerformanceEntry = entry.dyn_into().ok()?;
    entry.name().starts_with("http").then(|| entry.start_time())
}
