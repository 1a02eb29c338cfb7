//! How far the explanation of a label has come, with a button that cancels it.

use genoderm_protocol::Progress;
use leptos::prelude::*;

use crate::text::{fill, text};

/// A bar, words and a button.
#[component]
pub fn LabelProgress(
    /// What is computed: the names for tests are `NAME-progress` and `cancel-NAME`, which is the button's identifier too.
    name: &'static str,
    /// The label, as the reader reads it.
    label: String,
    /// What is told before the first step is done; `{label}` is filled in.
    begun: &'static str,
    /// What is told afterwards; `{label}`, `{done}` and `{total}` are filled in.
    going_on: &'static str,
    /// How far it is.
    progress: impl Fn() -> Option<Progress> + Copy + Send + Sync + 'static,
    /// Ends it.
    on_cancel: impl Fn() + 'static,
) -> impl IntoView {
    let title = fill(begun, &[("label", &label)]);
    let words = move || match progress() {
        Some(progress) => {
            let (done, total) = (progress.done.to_string(), progress.total.to_string());
            let values = [("label", &label), ("done", &done), ("total", &total)];
            fill(going_on, &values)
        }
        None => fill(begun, &[("label", &label)]),
    };
    let cancel = format!("cancel-{name}");
    view! {
        <div class="progress-row">
            <progress
                data-testid=format!("{name}-progress")
                aria-label=title
                max=move || progress().map(|progress| progress.total.to_string())
                value=move || progress().map(|progress| progress.done.to_string())
            ></progress>
            <span class="progress-words">{words}</span>
            <button type="button" id=cancel.clone() data-testid=cancel on:click=move |_| on_cancel()>
                {text().cancel}
            </button>
        </div>
    }
}
