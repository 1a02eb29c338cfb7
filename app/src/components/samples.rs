//! The drawings that come with the page.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

use crate::fetch;
use crate::state::AppState;
use crate::text::{fill, text};

/// One entry of `samples/samples.json`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Sample {
    /// File name in the same folder.
    file: String,
    /// Key of the label that it was drawn for.
    label: String,
}

/// A row of samples; absent where the page comes without any.
#[component]
pub fn Samples() -> impl IntoView {
    let samples = RwSignal::new(Vec::<Sample>::new());
    spawn_local(async move {
        match fetch::json("./samples/samples.json").await {
            Ok(found) => samples.set(found),
            Err(detail) => leptos::logging::warn!("no samples: {detail}"),
        }
    });
    view! {
        <Show when=move || samples.with(|samples| !samples.is_empty())>
            <div class="samples">
                <h3 id="samples-title">{text().samples}</h3>
                <p class="hint">{text().samples_note}</p>
                <ul aria-labelledby="samples-title">
                    {move || {
                        samples
                            .get()
                            .into_iter()
                            .enumerate()
                            .map(|(number, sample)| view! { <SampleButton number sample /> })
                            .collect_view()
                    }}
                </ul>
            </div>
        </Show>
    }
}

#[component]
fn SampleButton(number: usize, sample: Sample) -> impl IntoView {
    let state = AppState::get();
    let Sample { file, label } = sample;
    let source = format!("./samples/{file}");
    let key = label.clone();
    let short = move || state.label_short(&key);
    // The words that are seen come first, so that whoever speaks to the page can say them.
    let words = move || {
        let values = [
            ("short", state.label_short(&label)),
            ("number", (number + 1).to_string()),
            ("label", state.label_name(&label)),
        ];
        fill(text().sample_label, &values)
    };
    view! {
        <li>
            <button
                type="button"
                class="sample"
                data-testid=format!("sample-{number}")
                aria-label=words.clone()
                title=words
                on:click=move |_| state.open_sample(file.clone())
            >
                <img src=source alt="" width="96" height="96" />
                <span aria-hidden="true">{short}</span>
            </button>
        </li>
    }
}
