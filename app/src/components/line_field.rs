//! One line that the reader writes.
//!
//! It is no field of a form, about which some browsers ask their maker's server, and nobody is to check its spelling.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlElement;

/// The line with its label and a hint.
#[component]
pub fn LineField(
    /// What the ids of label and hint begin with.
    id: &'static str,
    /// Its name.
    label: &'static str,
    /// What it is for.
    hint: &'static str,
    /// Its test id.
    test_id: &'static str,
    /// What stands in it at first.
    value: String,
    /// Takes what is written, with single blanks between words.
    write: impl Fn(String) + 'static,
) -> impl IntoView {
    let field = NodeRef::<html::Div>::new();
    field.on_load(|field| {
        // Too new for the library of elements.
        let _ = field.set_attribute("writingsuggestions", "false");
    });
    let input = move |event: ev::Event| {
        let field: HtmlElement = event_target(&event);
        let text = field.inner_text();
        let words: Vec<_> = text.split_whitespace().collect();
        write(words.join(" "));
    };
    let one_line = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    view! {
        <div class="field">
            <span id=format!("{id}-label")>{label}</span>
            <div
                node_ref=field
                class="note-field one-line"
                contenteditable="plaintext-only"
                role="textbox"
                aria-labelledby=format!("{id}-label")
                aria-describedby=format!("{id}-hint")
                spellcheck="false"
                data-testid=test_id
                on:input=input
                on:keydown=one_line
            >
                {value}
            </div>
            <p class="hint" id=format!("{id}-hint")>
                {hint}
            </p>
        </div>
    }
}
