//! Two buttons for files that belong together: one for a folder, one for a zip file.

use leptos::html;
use leptos::prelude::*;
use web_sys::{File, FileList};

use crate::text::text;

/// The buttons, their hint, and a line while files are looked through.
#[component]
pub fn FolderOrZip(
    /// What the identifiers and the names for tests begin with.
    name: &'static str,
    /// What may be chosen.
    hint: &'static str,
    /// Whether files are being looked through.
    reading: RwSignal<bool>,
    /// Takes the files of a folder.
    on_folder: impl Fn(&FileList) + 'static,
    /// Takes a zip file.
    on_zip: impl Fn(File) + 'static,
) -> impl IntoView {
    let folder = NodeRef::<html::Input>::new();
    let archive = NodeRef::<html::Input>::new();
    folder.on_load(|input| {
        // Not yet known to the library of elements.
        let _ = input.set_attribute("webkitdirectory", "");
    });
    let choose_folder = move |_| {
        if let Some(input) = folder.get_untracked() {
            if let Some(files) = input.files().filter(|files| files.length() > 0) {
                on_folder(&files);
            }
            // Choosing the same again must count as a change.
            input.set_value("");
        }
    };
    let choose_zip = move |_| {
        if let Some(input) = archive.get_untracked() {
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                on_zip(file);
            }
            input.set_value("");
        }
    };
    let id = move |part: &str| format!("{name}-{part}");
    view! {
        <p class="hint" id=id("hint")>
            {hint}
        </p>
        <div class="actions">
            <div>
                <input
                    node_ref=folder
                    id=id("folder")
                    class="visually-hidden"
                    type="file"
                    aria-describedby=id("hint")
                    data-testid=id("folder")
                    on:change=choose_folder
                />
                <label for=id("folder") class="button">
                    {text().own_folder}
                </label>
            </div>
            <div>
                <input
                    node_ref=archive
                    id=id("zip")
                    class="visually-hidden"
                    type="file"
                    accept=".zip,application/zip"
                    aria-describedby=id("hint")
                    data-testid=id("zip")
                    on:change=choose_zip
                />
                <label for=id("zip") class="button">
                    {text().own_zip}
                </label>
            </div>
        </div>
        <Show when=move || reading.get()>
            <p class="working" data-testid=id("reading")>
                <span class="lamp" aria-hidden="true"></span>
                {text().own_reading}
            </p>
        </Show>
    }
}
