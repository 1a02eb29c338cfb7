//! What is seen of the region while its editor is closed: its outline, and the buttons that change it.

use leptos::prelude::*;

use crate::components::focus::{CROP, CROP_BUTTON, focus_later};
use crate::components::place::Place;
use crate::session::region_words;
use crate::state::{Answer, AppState};
use crate::text::{fill, text};

/// The buttons; nothing where the browser shows no picture to choose from, or all networks see whole photographs.
#[component]
pub fn CropChoice() -> impl IntoView {
    let state = AppState::get();
    let offered = move || {
        state.takes_regions() && state.crop.with(Option::is_none) && is_seen_as_decoded(state)
    };
    let chosen = move || state.region.with(Option::is_some);
    let open = move |_| {
        state.open_crop();
        focus_later(CROP);
    };
    let drop = move |_| {
        state.drop_region();
        focus_later(CROP_BUTTON);
    };
    view! {
        <Show when=offered>
            <div class="actions">
                <button type="button" id=CROP_BUTTON data-testid="open-crop" on:click=open>
                    {move || if chosen() { text().crop_change } else { text().crop_open }}
                </button>
                <Show when=chosen>
                    <button type="button" data-testid="drop-region" on:click=drop>
                        {text().crop_drop}
                    </button>
                </Show>
            </div>
        </Show>
    }
}

/// Whether the browser shows the photograph in the shape that the engine decoded it to. One that the two turn differently must
/// not be cut: the region would be another than the one that was chosen.
fn is_seen_as_decoded(state: AppState) -> bool {
    let Some(seen) = state.photo_size.get() else {
        return false;
    };
    state.answer.with(|answer| match answer {
        Answer::Done(classification) => {
            (classification.photo.width, classification.photo.height) == seen
        }
        _ => true,
    })
}

/// The region's outline over the photograph.
#[component]
pub fn RegionOutline() -> impl IntoView {
    let state = AppState::get();
    let region = move || state.region.get().filter(|_| state.takes_regions());
    view! {
        {move || {
            region()
                .map(|region| {
                    let Place { left, top, width, height, transform } = Place::of(&region);
                    let words = fill(text().crop_outline, &[("region", region_words(&region))]);
                    view! {
                        <div
                            class="region-outline"
                            role="img"
                            aria-label=words
                            data-testid="region-outline"
                            style:left=left
                            style:top=top
                            style:width=width
                            style:height=height
                            style:transform=transform
                        ></div>
                    }
                })
        }}
    }
}
