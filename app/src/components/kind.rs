//! What kind of photograph it is: the reader knows, and each kind has networks of its own.

use leptos::prelude::*;

use crate::state::{AppState, BOTH};
use crate::text::{fill, kind_name, text};

/// A choice between the bundle's sets of networks; nothing where there is only one.
///
/// It stands with the photograph while one is open and with the chooser otherwise, so only one is on the page at a time.
#[component]
pub fn KindChoice() -> impl IntoView {
    let state = AppState::get();
    let sets = Memo::new(move |_| state.sets());
    let several = move || sets.with(|sets| sets.len() > 1);
    view! {
        <Show when=several>
            <fieldset class="kind" data-testid="kind">
                <legend>{move || text().kind_legend}</legend>
                {move || sets.get().into_iter().map(|name| view! { <Kind name /> }).collect_view()}
                <Show when=move || state.offers_both()>
                    <Kind name=BOTH.to_owned() />
                </Show>
            </fieldset>
        </Show>
    }
}

#[component]
fn Kind(name: String) -> impl IntoView {
    let state = AppState::get();
    let (own, picked, shown) = (name.clone(), name.clone(), name.clone());
    view! {
        <label class="check">
            <input
                type="radio"
                name="kind"
                value=name.clone()
                data-testid=format!("kind-{name}")
                prop:checked=move || state.kind_now().as_deref() == Some(own.as_str())
                on:change=move |_| state.pick_kind(picked.clone())
            />
            {move || kind_name(&shown)}
        </label>
    }
}

/// Words about a set's answer, with its kind where the other set's answer stands beside it.
pub(super) fn with_kind(words: String, set: &str, several: bool) -> String {
    if several {
        let values = [("words", words), ("kind", kind_name(set))];
        fill(text().both_words, &values)
    } else {
        words
    }
}
