//! Saying so when the engine panics: wasm stops there, and the page must know that nothing more will come.

use genoderm_protocol::{Failure, FailureKind};

/// Reports panics to the console and, by `tell`, to whoever started this worker.
///
/// Where memory runs out wasm stops without a panic; the page then only sees the worker's `error` event.
pub fn report_panics(tell: fn(Failure)) {
    std::panic::set_hook(Box::new(move |info| {
        console_error_panic_hook::hook(info);
        let text = info.to_string();
        tell(Failure::new(kind_of(&text), text));
    }));
}

/// Guesses the cause from the words of a panic or of a device's error.
pub fn kind_of(text: &str) -> FailureKind {
    let text = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&[
        "out of memory",
        "out-of-memory",
        "outofmemory",
        "capacity overflow",
        "allocat",
    ]) {
        FailureKind::OutOfMemory
    } else if says(&[
        "poisoned",
        "device lost",
        "device was lost",
        "wgpu error",
        "lost device",
        "mapasync",
    ]) {
        FailureKind::DeviceLost
    } else {
        FailureKind::Internal
    }
}
