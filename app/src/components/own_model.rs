//! A model of the reader's own: choosing it, what is in use, and the way back.

use leptos::html;
use leptos::prelude::*;

use super::focus::{MODEL, focus_later};
use crate::state::AppState;
use crate::text::{fill, text};

/// A part of the model's panel.
#[component]
pub fn OwnModel() -> impl IntoView {
    let state = AppState::get();
    view! {
        <Show when=move || state.own.is_in_use()>
            <InUse />
        </Show>
        <details class="settings own-model" data-testid="own-model">
            <summary>{text().own_title}</summary>
            <Choice />
        </details>
    }
}

#[component]
fn InUse() -> impl IntoView {
    let state = AppState::get();
    let words = move || {
        let name = state.own.name.get().unwrap_or_default();
        fill(text().own_in_use, &[("name", name)])
    };
    let back = move |_| {
        state.use_page_model();
        focus_later(MODEL);
    };
    view! {
        <div class="own-in-use">
            <p data-testid="own-in-use" data-name=move || state.own.name.get()>
                {words}
            </p>
            <Show
                when=move || !state.holds_photographs()
                fallback=|| view! { <p class="hint" data-testid="own-back-later">{text().own_back_later}</p> }
            >
                <button type="button" class="fitting" data-testid="own-back" on:click=back>
                    {text().own_back}
                </button>
            </Show>
        </div>
    }
}

#[component]
fn Choice() -> impl IntoView {
    let state = AppState::get();
    let folder = NodeRef::<html::Input>::new();
    let archive = NodeRef::<html::Input>::new();
    folder.on_load(|input| {
        // Not yet known to the library of elements.
        let _ = input.set_attribute("webkitdirectory", "");
    });
    let choose_folder = move |_| {
        if let Some(input) = folder.get_untracked() {
            if let Some(files) = input.files().filter(|files| files.length() > 0) {
                state.use_folder(&files);
            }
            // Choosing the same again must count as a change.
            input.set_value("");
        }
    };
    let choose_zip = move |_| {
        if let Some(input) = archive.get_untracked() {
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                state.use_zip(file);
            }
            input.set_value("");
        }
    };
    view! {
        <div class="own-choice">
            <p class="hint" id="own-hint">
                {text().own_hint}
            </p>
            <div class="actions">
                <div class="own-input">
                    <input
                        node_ref=folder
                        id="own-folder"
                        class="visually-hidden"
                        type="file"
                        aria-describedby="own-hint"
                        data-testid="own-folder"
                        on:change=choose_folder
                    />
                    <label for="own-folder" class="button">
                        {text().own_folder}
                    </label>
                </div>
                <div class="own-input">
                    <input
                        node_ref=archive
                        id="own-zip"
                        class="visually-hidden"
                        type="file"
                        accept=".zip,application/zip"
                        aria-describedby="own-hint"
                        data-testid="own-zip"
                        on:change=choose_zip
                    />
                    <label for="own-zip" class="button">
                        {text().own_zip}
                    </label>
                </div>
            </div>
            <Show when=move || state.own.reading.get()>
                <p class="working" data-testid="own-reading">
                    <span class="lamp" aria-hidden="true"></span>
                    {text().own_reading}
                </p>
            </Show>
        </div>
    }
}
