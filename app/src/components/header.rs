//! What this is, and what it is not.

use leptos::prelude::*;

use super::language_choice::LanguageChoice;
use crate::state::AppState;
use crate::text::text;

/// Title, the menu of languages, one sentence, the status note and the model's own notice.
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
            <div class="masthead-title">
                <h1>{move || text().title}</h1>
                <LanguageChoice id="language" />
            </div>
            <p class="tagline">{move || text().tagline}</p>
            <div class="status-note" role="note" data-testid="status-note">
                <p>
                    <strong>{move || text().status_title}</strong>
                    " "
                    {move || text().status_body}
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
