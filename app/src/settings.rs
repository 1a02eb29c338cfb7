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

/// Forgets a setting.
pub fn remove(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&key(name));
    }
}

/// Name and value of every setting that is kept, by name.
pub fn kept() -> Vec<(String, String)> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let mut kept: Vec<_> = names(&storage)
        .into_iter()
        .filter_map(|name| {
            let value = storage.get_item(&name).ok().flatten()?;
            Some((name.strip_prefix(PREFIX)?.to_owned(), value))
        })
        .collect();
    kept.sort();
    kept
}

/// Forgets all of them.
pub fn clear() {
    let Some(storage) = storage() else { return };
    for name in names(&storage) {
        let _ = storage.remove_item(&name);
    }
}

/// The page's own keys.
fn names(storage: &Storage) -> Vec<String> {
    (0..storage.length().unwrap_or_default())
        .filter_map(|place| storage.key(place).ok().flatten())
        .filter(|name| name.starts_with(PREFIX))
        .collect()
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn key(name: &str) -> String {
    format!("{PREFIX}{name}")
}
