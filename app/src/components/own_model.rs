//! A model of the reader's own: choosing it, what is in use, and the way back.

use leptos::prelude::*;

use super::focus::{MODEL, focus_later};
use super::folder_or_zip::FolderOrZip;
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
            <div class="own-choice">
                <FolderOrZip
                    name="own"
                    hint=text().own_hint
                    reading=state.own.reading
                    on_folder=move |files| state.use_folder(files)
                    on_zip=move |file| state.use_zip(file)
                />
            </div>
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
