//! Saying so when the engine panics: wasm stops there, and the page must know that nothing more will come.

use genoderm_protocol::{Event, Failure, FailureKind};

use crate::messages;

/// Reports panics to the console and, as [`Event::Crashed`], to the page.
///
/// Where memory runs out wasm stops without a panic; the page then only sees the worker's `error` event.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let text = info.to_string();
        let failure = Failure::new(kind_of(&text), text);
        messages::post(&Event::Crashed { failure }, &[]);
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
