//! Saving the open case on this device: what that means, what it is called, and the button.

use leptos::prelude::*;

use super::line_field::LineField;
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

/// The case's name.
#[component]
fn Name() -> impl IntoView {
    let state = AppState::get();
    let proposed = untrack(|| {
        let named = state.cases.name.get();
        named.unwrap_or_else(|| state.proposed_name())
    });
    view! {
        <LineField
            id="case-name"
            label=text().cases_name_label
            hint=text().cases_name_hint
            test_id="case-name-field"
            value=proposed
            write=move |name| state.cases.name.set(Some(name))
        />
    }
}
