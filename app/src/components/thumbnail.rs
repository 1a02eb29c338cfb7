//! A small picture of a sample, which opens it.
//!
//! No picture is fetched while a photograph is open: the page promises to make no request then. One that was not there
//! before is left blank until the photograph is closed; its button still says what it is. The same holds for a batch.

use leptos::prelude::*;

use crate::samples::Sample;
use crate::state::AppState;

/// The button. `lazy` waits with the picture until it comes near the screen.
#[component]
pub fn Thumbnail(
    sample: Sample,
    /// What is opened, in words.
    #[prop(into)]
    words: Signal<String>,
    test_id: String,
    lazy: bool,
    /// What to do besides opening it.
    #[prop(into, optional)]
    on_open: Option<Callback<()>>,
) -> impl IntoView {
    let state = AppState::get();
    let source = Sample::address(&sample.file);
    let may_load = Memo::new(move |_| !state.holds_photographs());
    let loaded = RwSignal::new(false);
    let shown = Memo::new(move |_| may_load.get() || loaded.get());
    let this = sample.clone();
    let is_open = move || {
        state.photo.with(|photo| {
            let sample = photo.as_ref().and_then(|photo| photo.sample.as_ref());
            sample
                .is_some_and(|sample| *sample == this)
                .then_some("true")
        })
    };
    let open = move |_| {
        if let Some(on_open) = on_open {
            on_open.run(());
        }
        state.open_sample(sample.clone());
    };
    view! {
        <button
            type="button"
            class="thumbnail"
            data-testid=test_id
            aria-label=words
            aria-current=is_open
            title=words
            on:click=open
        >
            <img
                loading=if lazy { "lazy" } else { "eager" }
                decoding="async"
                src=move || shown.get().then(|| source.clone())
                alt=""
                width="96"
                height="96"
                on:load=move |_| loaded.set(true)
            />
        </button>
    }
}
