//! What the page keeps in the browser from one visit to the next: settings in the local storage, and nothing else.

use leptos::prelude::window;
use web_sys::Storage;

/// Name and value of every setting that is kept, by name.
pub fn kept() -> Vec<(String, String)> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let names = (0..storage.length().unwrap_or_default())
        .filter_map(|place| storage.key(place).ok().flatten());
    let mut kept: Vec<_> = names
        .filter_map(|name| {
            let value = storage.get_item(&name).ok().flatten()?;
            Some((name, value))
        })
        .collect();
    kept.sort();
    kept
}

/// Forgets all of them.
pub fn clear() {
    if let Some(storage) = storage() {
        let _ = storage.clear();
    }
}

/// Browsers may forbid it.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
