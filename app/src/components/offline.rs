//! What of the page is kept on the device, and the offer of a new version.

use leptos::prelude::*;

use super::focus::{MODEL, focus_later};
use crate::format;
use crate::offline::{Keeping, SHELL, keep_everything, take_new_version};
use crate::state::AppState;
use crate::text::{fill, text};

/// Offers a new version of the page. It is taken by the reader, never by itself: that would end what is being done.
#[component]
pub fn UpdateBanner() -> impl IntoView {
    let state = AppState::get();
    let offered = move || state.offline.with(|offline| offline.offered);
    view! {
        <Show when=offered>
            <section class="update" aria-label=text().update_label data-testid="update-banner">
                <p>
                    <strong>{text().update_offered}</strong>
                    " "
                    {text().update_meaning}
                </p>
                <button type="button" data-testid="take-new-version" on:click=|_| take_new_version()>
                    {text().update_take}
                </button>
            </section>
        </Show>
    }
}

/// Whether the page works without a network, and a button that makes it complete.
#[component]
pub fn OfflineStatus() -> impl IntoView {
    let state = AppState::get();
    let now = move || state.offline.with(|offline| offline.state);
    let key = move || match now() {
        Keeping::Unknown => "unknown",
        Keeping::Unsupported => "unsupported",
        Keeping::Fetching => "fetching",
        Keeping::Waiting => "waiting",
        Keeping::Failed => "failed",
        Keeping::Idle if state.works_offline() => "complete",
        Keeping::Idle => "page",
    };
    let sentence = move || {
        let offline = state.offline.get();
        match key() {
            "unsupported" => text().offline_unsupported.to_owned(),
            "fetching" => {
                let values = [
                    ("done", format::bytes(offline.done)),
                    ("total", format::bytes(offline.total)),
                ];
                fill(text().offline_fetching, &values)
            }
            "waiting" => text().offline_waiting.to_owned(),
            "failed" => text().offline_failed.to_owned(),
            "complete" => fill(
                text().offline_complete,
                &[("size", &format::bytes(offline.kept))],
            ),
            "page" => text().offline_page.to_owned(),
            _ => String::new(),
        }
    };
    let rest = move || state.offline.with(|offline| offline.rest);
    let can_keep = move || {
        let at_rest = matches!(now(), Keeping::Idle | Keeping::Failed);
        at_rest && !state.holds_photographs() && rest() > 0
    };
    view! {
        <div class="offline" hidden=move || now() == Keeping::Unknown>
            <p class="hint" data-testid="offline-status" data-state=key>
                {sentence}
            </p>
            <Show when=move || can_keep() && state.offline.with(|offline| offline.has(SHELL))>
                <button
                    type="button"
                    class="quiet"
                    data-testid="keep-everything"
                    on:click=move |_| {
                        keep_everything();
                        focus_later(MODEL);
                    }
                >
                    {move || fill(text().offline_keep_everything, &[("size", &format::bytes(rest()))])}
                </button>
            </Show>
        </div>
    }
}
