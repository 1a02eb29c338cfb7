//! Taking the answer along: a note of the reader's own, a report to print or to process, and the map as a picture.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlElement;

use super::save_case::SaveCase;
use crate::state::{Answer, AppState, Map};
use crate::text::text;

/// The panel below the answer; there once a photograph is classified.
#[component]
pub fn KeepPanel() -> impl IntoView {
    let state = AppState::get();
    let classified = move || matches!(state.answer.get(), Answer::Done(_));
    let mapped = move || state.map.with(|map| matches!(map, Map::Done(_)));
    view! {
        <Show when=classified>
            <section class="panel" aria-labelledby="keep-title" data-testid="keep">
                <h2 id="keep-title">{text().keep_title}</h2>
                <p class="hint">{text().keep_hint}</p>
                <Note />
                <div class="actions">
                    <button type="button" data-testid="print-report" on:click=move |_| state.print_report()>
                        {text().keep_print}
                    </button>
                    <button type="button" data-testid="save-report" on:click=move |_| state.save_report()>
                        {text().keep_json}
                    </button>
                    <Show when=mapped>
                        <button type="button" data-testid="save-overlay" on:click=move |_| state.save_picture(true)>
                            {text().keep_overlay}
                        </button>
                        <button type="button" data-testid="save-map" on:click=move |_| state.save_picture(false)>
                            {text().keep_map}
                        </button>
                    </Show>
                </div>
                <SaveCase />
            </section>
        </Show>
    }
}

/// Where the reader writes.
///
/// It is an element that can be edited, and no `textarea`: for a field of a form Chromium asks its maker's server what could
/// be filled in, and the page promises that nothing is asked while a photograph is open. For the same reason nobody is
/// to check the spelling or to finish the sentences.
#[component]
fn Note() -> impl IntoView {
    let state = AppState::get();
    let field = NodeRef::<html::Div>::new();
    field.on_load(|field| {
        // Too new for the library of elements.
        let _ = field.set_attribute("writingsuggestions", "false");
    });
    let write = move |event: ev::Event| {
        let field: HtmlElement = event_target(&event);
        state.note.set(field.inner_text());
    };
    view! {
        <div class="field">
            <span id="note-label">{text().note_label}</span>
            <div
                node_ref=field
                class="note-field"
                contenteditable="plaintext-only"
                role="textbox"
                aria-multiline="true"
                aria-labelledby="note-label"
                aria-describedby="note-hint"
                spellcheck="false"
                data-testid="note"
                on:input=write
            >
                {state.note.get_untracked()}
            </div>
            <p class="hint" id="note-hint">
                {text().note_hint}
            </p>
        </div>
    }
}
