//! The menu of languages.

use leptos::prelude::*;

use crate::language::{self, Language};
use crate::state::AppState;
use crate::text::text;

/// The menu. It stands in the header and in the gate, which hides the header.
#[component]
pub fn LanguageChoice(
    /// The menu's id, which is its test id too.
    id: &'static str,
) -> impl IntoView {
    let state = AppState::get();
    let options = Language::ALL.map(|language| {
        view! {
            <option
                value=language.code()
                lang=language.code()
                prop:selected=move || language::current() == language
            >
                {language.name()}
            </option>
        }
    });
    let choose = move |event| {
        if let Some(language) = Language::from_tag(&event_target_value(&event)) {
            language::choose(language);
            state.announcement.set(text().language_changed.to_owned());
        }
    };
    view! {
        <div class="language">
            <label for=id>{move || text().language_label}</label>
            <select id=id data-testid=id on:change=choose>
                {options.collect_view()}
            </select>
        </div>
    }
}
