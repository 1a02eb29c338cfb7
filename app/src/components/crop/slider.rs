//! A slider with a button at each end: the same by dragging, by single presses and by keys.

use leptos::ev;
use leptos::prelude::*;

use crate::text::{fill, text};

/// A control of one number.
#[component]
pub fn Slider(
    /// What is set, in words.
    name: &'static str,
    test_id: &'static str,
    min: f64,
    max: f64,
    /// What a button changes it by; the slider itself is as fine as a tenth of it.
    step: f64,
    /// The number.
    #[prop(into)]
    value: Signal<f64>,
    /// The number as readers see and hear it.
    #[prop(into)]
    words: Signal<String>,
    /// Takes the new number.
    on_change: Callback<f64>,
) -> impl IntoView {
    let slide = move |event: ev::Event| {
        if let Ok(number) = event_target_value(&event).parse() {
            on_change.run(number);
        }
    };
    let button = move |by: f64, label: &'static str, sign: &'static str, end: &'static str| {
        view! {
            <button
                type="button"
                aria-label=fill(label, &[("name", name)])
                data-testid=format!("{test_id}-{end}")
                on:click=move |_| on_change.run((value.get_untracked() + by).clamp(min, max))
            >
                <span aria-hidden="true">{sign}</span>
            </button>
        }
    };
    view! {
        <div class="crop-slider">
            <label for=test_id>{name}</label>
            <output for=test_id aria-hidden="true">
                {words}
            </output>
            {button(-step, text().crop_less, "\u{2212}", "less")}
            <input
                type="range"
                id=test_id
                data-testid=test_id
                min=min.to_string()
                max=max.to_string()
                step=(step / 10.0).to_string()
                aria-valuetext=words
                prop:value=move || value.get().to_string()
                on:input=slide
            />
            {button(step, text().crop_more, "+", "more")}
        </div>
    }
}
