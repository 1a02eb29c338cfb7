//! Taking the answer along: a note of the reader's own, a report to print or to process, and the map as a picture.

use leptos::prelude::*;

use crate::state::{Answer, AppState, Map};
use crate::text::text;

/// The longest note, in characters: a page of text.
const LONGEST_NOTE: &str = "4000";

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
                <div class="field">
                    <label for="note">{text().note_label}</label>
                    <textarea
                        id="note"
                        rows="2"
                        maxlength=LONGEST_NOTE
                        aria-describedby="note-hint"
                        data-testid="note"
                        bind:value=state.note
                    ></textarea>
                    <p class="hint" id="note-hint">
                        {text().note_hint}
                    </p>
                </div>
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
            </section>
        </Show>
    }
}
