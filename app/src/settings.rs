//! What the page remembers of the reader's choices, in the browser's local storage. Nothing of a photograph goes there.
//!
//! A browser may refuse to store; then each visit is the first.

use leptos::prelude::window;
use web_sys::Storage;

/// Other pages of the same server share the storage.
const PREFIX: &str = "genoderm.";

/// A remembered setting.
pub fn read(name: &str) -> Option<String> {
    storage()?.get_item(&key(name)).ok().flatten()
}

/// Remembers a setting.
pub fn write(name: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&key(name), value);
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn key(name: &str) -> String {
    format!("{PREFIX}{name}")
}
