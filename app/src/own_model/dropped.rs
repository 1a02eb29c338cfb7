//! A folder that is dropped on the page. Browsers hand it over as entries that are read one folder at a time, by callbacks.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

/// The most files that are looked at.
const MOST_FILES: usize = 10_000;
/// How many folders deep is looked.
const DEEPEST: usize = 2;

/// The folder of a drop; `None` where files were dropped. Must be called while the drop is handled.
pub fn folder(data: &DataTransfer) -> Option<FileSystemDirectoryEntry> {
    let items = data.items();
    (0..items.length())
        .filter_map(|place| items.get(place)?.webkit_get_as_entry().ok().flatten())
        .find(FileSystemEntry::is_directory)
        // Chromium does not name the kinds of entries, so that they cannot be asked for their class.
        .map(JsCast::unchecked_into)
}

/// The files of a folder and of the folders in it, each with its path below it.
///
/// # Errors
/// What the browser throws when it cannot read one.
pub async fn files(folder: FileSystemDirectoryEntry) -> Result<Vec<(String, File)>, JsValue> {
    let mut files = Vec::new();
    let mut folders = vec![(String::new(), folder)];
    while let Some((path, folder)) = folders.pop() {
        for entry in entries(&folder).await? {
            let name = format!("{path}{}", entry.name());
            if entry.is_directory() {
                let inner = format!("{name}/");
                if inner.matches('/').count() <= DEEPEST {
                    folders.push((inner, entry.unchecked_into()));
                }
            } else if files.len() < MOST_FILES {
                files.push((name, file(&entry.unchecked_into()).await?));
            }
        }
    }
    Ok(files)
}

/// All entries of a folder: a reader gives some at a time, and none at the end.
async fn entries(folder: &FileSystemDirectoryEntry) -> Result<Vec<FileSystemEntry>, JsValue> {
    let reader = folder.create_reader();
    let mut all = Vec::new();
    loop {
        let asked = Promise::new(&mut |resolve, reject| {
            if let Err(error) = reader.read_entries_with_callback_and_callback(&resolve, &reject) {
                let _ = reject.call1(&JsValue::NULL, &error);
            }
        });
        let some: Array = JsFuture::from(asked).await?.dyn_into()?;
        if some.length() == 0 || all.len() >= MOST_FILES {
            return Ok(all);
        }
        all.extend(some.iter().map(JsCast::unchecked_into));
    }
}

async fn file(entry: &FileSystemFileEntry) -> Result<File, JsValue> {
    let asked = Promise::new(&mut |resolve, reject| {
        entry.file_with_callback_and_callback(&resolve, &reject);
    });
    JsFuture::from(asked).await?.dyn_into()
}
