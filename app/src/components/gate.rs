//! What the reader is told once, before the first use.
//!
//! A native modal dialog: the browser keeps the focus and screen readers within it. Behind it the page already reads the
//! model's description, but downloads nothing large.

use leptos::html;
use leptos::prelude::*;

use super::language_choice::LanguageChoice;
use crate::settings;
use crate::text::text;

/// The setting that remembers that the gate was passed. Another number asks everybody again.
const SETTING: &str = "gate";
/// Its value.
const PASSED: &str = "1";

/// The dialog; nothing for a reader who has passed it before.
#[component]
pub fn Gate() -> impl IntoView {
    let shown = RwSignal::new(settings::read(SETTING).as_deref() != Some(PASSED));
    view! {
        <Show when=move || shown.get()>
            <Dialog shown />
        </Show>
    }
}

#[component]
fn Dialog(shown: RwSignal<bool>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let title = NodeRef::<html::H2>::new();
    let open = move || {
        if let Some(dialog) = dialog.get_untracked() {
            // An error means that it is open already.
            let _ = dialog.show_modal();
        }
    };
    dialog.on_load(move |_| {
        request_animation_frame(move || {
            open();
            // Reading begins at the top, and not at the menu of languages.
            if let Some(title) = title.get_untracked() {
                let _ = title.focus();
            }
        });
    });
    // The Escape key agrees to nothing. A browser lets a second one through: then the dialog comes back.
    let reopen = move |_| {
        if shown.get_untracked() {
            open();
        }
    };
    let accept = move |_| {
        settings::write(SETTING, PASSED);
        shown.set(false);
    };
    view! {
        <dialog
            node_ref=dialog
            class="gate"
            aria-labelledby="gate-title"
            aria-describedby="gate-purpose"
            data-testid="gate"
            on:cancel=move |event: leptos::ev::Event| event.prevent_default()
            on:close=reopen
        >
            <div class="masthead-title">
                <h2 node_ref=title id="gate-title" tabindex="-1">
                    {move || text().gate_title}
                </h2>
                <LanguageChoice id="gate-language" />
            </div>
            <p id="gate-purpose">
                <strong>{move || text().gate_purpose}</strong>
            </p>
            <h3>{move || text().gate_does}</h3>
            <ul class="plain-list">
                <li>{move || text().gate_does_classify}</li>
                <li>{move || text().gate_does_explain}</li>
                <li>{move || text().gate_does_local}</li>
            </ul>
            <h3>{move || text().gate_does_not}</h3>
            <ul class="plain-list">
                <li>{move || text().gate_does_not_diagnose}</li>
                <li>{move || text().gate_does_not_replace}</li>
            </ul>
            <button type="button" class="primary" data-testid="gate-accept" on:click=accept>
                {move || text().gate_accept}
            </button>
        </dialog>
    }
}
