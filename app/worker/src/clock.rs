//! Elapsed time. `std::time::Instant` panics in the browser.

/// A moment to measure from.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    started_ms: f64,
}

impl Stopwatch {
    /// Starts measuring now.
    pub fn start() -> Self {
        Self {
            started_ms: now_ms(),
        }
    }

    /// Milliseconds since the start.
    pub fn ms(&self) -> f64 {
        now_ms() - self.started_ms
    }
}

/// Milliseconds since the worker began; where there is no `performance`, since 1970.
fn now_ms() -> f64 {
    use wasm_bindgen::JsCast as _;
    js_sys::global()
        .unchecked_into::<web_sys::WorkerGlobalScope>()
        .performance()
        .map_or_else(js_sys::Date::now, |performance| performance.now())
}
