//! Saving the open case on this device: what that means, what it is called, and the button.

use leptos::ev;
use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::state::AppState;
use crate::text::text;

/// A part of the panel "Keep or share".
#[component]
pub fn SaveCase() -> impl IntoView {
    let state = AppState::get();
    let saved = move || state.cases.opened.with(Option::is_some);
    let words = move || match (state.cases.saving.get(), saved()) {
        (true, _) => text().cases_saving,
        (false, true) => text().cases_save_again,
        (false, false) => text().cases_save,
    };
    view! {
        <div class="save-case" role="group" aria-labelledby="save-case-title" data-testid="save-case-part">
            <h3 id="save-case-title">{text().cases_save_title}</h3>
            <p class="hint" id="save-case-hint">
                {text().cases_save_hint}
            </p>
            <Name />
            <div class="actions">
                <button
                    type="button"
                    aria-describedby="save-case-hint"
                    aria-disabled=move || state.cases.saving.get().to_string()
                    data-testid="save-case"
                    data-saved=move || saved().to_string()
                    on:click=move |_| state.save_case()
                >
                    {words}
                </button>
            </div>
            <Show when=saved>
                <p class="hint" data-testid="case-saved">
                    {text().cases_is_saved}
                </p>
            </Show>
        </div>
    }
}

/// The case's name. No field of a form, for the same reasons as the note; one line only.
#[component]
fn Name() -> impl IntoView {
    let state = AppState::get();
    let proposed = untrack(|| {
        let named = state.cases.name.get();
        named.unwrap_or_else(|| state.proposed_name())
    });
    let write = move |event: ev::Event| {
        let field: HtmlElement = event_target(&event);
        let name = field.inner_text();
        let line: Vec<_> = name.split_whitespace().collect();
        state.cases.name.set(Some(line.join(" ")));
    };
    let one_line = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    view! {
        <div class="field">
            <span id="case-name-label">{text().cases_name_label}</span>
            <div
                class="note-field one-line"
                contenteditable="plaintext-only"
                role="textbox"
                aria-labelledby="case-name-label"
                aria-describedby="case-name-hint"
                spellcheck="false"
                data-testid="case-name-field"
                on:input=write
                on:keydown=one_line
            >
                {proposed}
            </div>
            <p class="hint" id="case-name-hint">
                {text().cases_name_hint}
            </p>
        </div>
    }
}
