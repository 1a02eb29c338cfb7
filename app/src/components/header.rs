//! What this is, and what it is not.

use leptos::prelude::*;

use crate::state::AppState;
use crate::text::text;

/// Title, one sentence, the status note and the model's own notice.
#[component]
pub fn Header() -> impl IntoView {
    let state = AppState::get();
    let notice = move || {
        state.summary.with(|summary| {
            let summary = summary.as_ref()?.as_ref().ok()?;
            (!summary.notice.is_empty()).then(|| summary.notice.clone())
        })
    };
    view! {
        <header class="masthead">
            <h1>{text().title}</h1>
            <p class="tagline">{text().tagline}</p>
            <div class="status-note" role="note" data-testid="status-note">
                <p>
                    <strong>{text().status_title}</strong>
                    " "
                    {text().status_body}
                    {move || {
                        notice()
                            .map(|notice| {
                                view! {
                                    " "
                                    <span data-testid="model-notice">{notice}</span>
                                }
                            })
                    }}
                </p>
            </div>
        </header>
    }
}
