//! Keeping the map that is shown, to stand beside the next one.

use leptos::prelude::*;

use crate::components::focus::{COMPARE, focus_later};
use crate::state::AppState;
use crate::text::text;

/// The button of a finished map, and the way to the comparison while there is one.
#[component]
pub fn HoldButton() -> impl IntoView {
    let state = AppState::get();
    let held = Memo::new(move |_| state.compare.is_held());
    let is_this = Memo::new(move |_| held.get() && state.map_beside_held().is_none());
    // One button for all, since one that vanished under the reader's hand would take the focus with it.
    let press = move |_| {
        if is_this.get_untracked() {
            state.let_go();
        } else {
            state.hold_map();
        }
    };
    let words = move || match (held.get(), is_this.get()) {
        (false, _) => text().compare_hold,
        (true, true) => text().compare_let_go,
        (true, false) => text().compare_hold_instead,
    };
    let key = move || match (held.get(), is_this.get()) {
        (false, _) => "none",
        (true, true) => "this",
        (true, false) => "other",
    };
    view! {
        <div class="actions">
            <button type="button" data-testid="hold-map" data-held=key on:click=press>
                {words}
            </button>
            <Show when=move || held.get()>
                <button
                    type="button"
                    class="quiet"
                    data-testid="see-comparison"
                    on:click=move |_| focus_later(COMPARE)
                >
                    {text().compare_see}
                </button>
            </Show>
        </div>
    }
}
