//! Test pictures that the model answers wrongly, to be opened.

use leptos::prelude::*;

use crate::components::thumbnail::Thumbnail;
use crate::format;
use crate::samples::{FailureCase, Truth};
use crate::state::AppState;
use crate::text::{fill, text};

/// The mistakes; absent where the page comes without any.
#[component]
pub fn Failures() -> impl IntoView {
    let state = AppState::get();
    let failures = move || state.samples.with(|samples| samples.failures.clone());
    let items = move || {
        failures()
            .into_iter()
            .enumerate()
            .map(|(place, failure)| view! { <Failure place failure /> })
            .collect_view()
    };
    view! {
        <Show when=move || !failures().is_empty()>
            <div class="card-part">
                <h3 id="failures-title">{move || text().failures_title}</h3>
                <p class="hint">{move || text().failures_note}</p>
                <ul class="failures" aria-labelledby="failures-title">
                    {items}
                </ul>
            </div>
        </Show>
    }
}

#[component]
fn Failure(place: usize, failure: FailureCase) -> impl IntoView {
    let state = AppState::get();
    let FailureCase {
        sample,
        answered,
        probability,
    } = failure;
    let truth = match &sample.truth {
        Truth::Label(key) => key.clone(),
        Truth::NotSkin => String::new(),
    };
    let values = Signal::derive(move || {
        [
            ("label", state.label_name(&truth)),
            ("answered", state.label_name(&answered)),
            ("percent", format::percent(probability)),
        ]
    });
    let words = Signal::derive(move || fill(text().failure_label, &values.get()));
    // The card makes room for the photograph.
    let close = Callback::new(move |()| state.model_card.set(false));
    view! {
        <li>
            <Thumbnail sample words test_id=format!("failure-{place}") lazy=false on_open=close />
            <p>
                {move || fill(text().failure_drawn, &values.get())} <br />
                {move || fill(text().failure_answered, &values.get())}
            </p>
        </li>
    }
}
