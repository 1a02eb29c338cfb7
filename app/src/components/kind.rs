//! What kind of photograph it is: the reader knows, and each kind has networks of its own.

use leptos::prelude::*;

use crate::state::{AppState, FOCUSED, PANORAMIC};
use crate::text::text;

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
                prop:checked=move || state.set().as_deref() == Some(own.as_str())
                on:change=move |_| state.pick_kind(picked.clone())
            />
            {move || kind_name(&shown)}
        </label>
    }
}

/// A set of networks by the photographs that it is for.
pub(super) fn kind_name(set: &str) -> String {
    match set {
        FOCUSED => text().kind_focused.to_owned(),
        PANORAMIC => text().kind_panoramic.to_owned(),
        other => other.to_owned(),
    }
}
