//! For who wants to look closely: every request that was made, the policy that forbids others, and what is kept.

use leptos::prelude::*;
use web_sys::Element;

use super::cases::DeleteAll;
use super::survey::stored_words;
use crate::format;
use crate::network::NetworkRequest;
use crate::offline::{self, MODEL, SHELL};
use crate::state::AppState;
use crate::survey::stored::SETTING;
use crate::text::{fill, text};
use crate::{fetch, settings};

/// Folded away until it is asked for.
#[component]
pub fn Privacy() -> impl IntoView {
    let open = RwSignal::new(false);
    let toggle = move |event| {
        let details: Element = event_target(&event);
        open.set(details.has_attribute("open"));
    };
    view! {
        <details class="settings privacy" data-testid="privacy" on:toggle=toggle>
            <summary>{text().privacy_more}</summary>
            <Show when=move || open.get()>
                <Requests />
                <Policy />
                <Kept />
            </Show>
        </details>
    }
}

#[component]
fn Requests() -> impl IntoView {
    let state = AppState::get();
    let requests = state.requests.requests;
    let home = fetch::absolute("./");
    let origin = fetch::absolute("/");
    let foreign = move || {
        requests.with(|requests| {
            let elsewhere = |request: &&NetworkRequest| !request.address.starts_with(&origin);
            requests.iter().filter(elsewhere).count()
        })
    };
    let foreign = Memo::new(move |_| foreign());
    let sentence = move || {
        let all = requests.with(Vec::len);
        let count = all.to_string();
        match foreign.get() {
            0 => {
                let words = text().privacy_own.form(all as u64);
                fill(words, &[("count", &count)])
            }
            other => fill(
                text().privacy_foreign,
                &[("count", count), ("foreign", other.to_string())],
            ),
        }
    };
    let rows = move || {
        requests
            .get()
            .into_iter()
            .map(|request| view! { <RequestRow request home=home.clone() /> })
            .collect_view()
    };
    view! {
        <div class="privacy-part">
            <h3>{text().privacy_loaded}</h3>
            <p data-testid="requests-summary" data-foreign=move || foreign.get().to_string()>
                {sentence}
            </p>
            <div class="privacy-list" tabindex="0" role="group" aria-label=text().privacy_loaded>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{text().privacy_file}</th>
                            <th scope="col">{text().privacy_by}</th>
                            <th scope="col" class="number">{text().privacy_size}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
}

#[component]
fn RequestRow(request: NetworkRequest, home: String) -> impl IntoView {
    let address = request.address.strip_prefix(&home);
    let address = address.unwrap_or(&request.address).to_owned();
    let (by, who) = if request.by_engine {
        ("engine", text().privacy_by_engine)
    } else {
        ("page", text().privacy_by_page)
    };
    let bytes = if request.bytes > 0.0 {
        format::bytes(request.bytes as u64)
    } else {
        text().privacy_from_cache.to_owned()
    };
    view! {
        <tr data-testid="request-row" data-address=address data-by=by>
            <th scope="row">{address.clone()}</th>
            <td>{who}</td>
            <td class="number">{bytes}</td>
        </tr>
    }
}

/// The policy as it was shipped in the page's head. The server may send the same once more, which cannot be read here.
#[component]
fn Policy() -> impl IntoView {
    let policy = document()
        .query_selector("meta[http-equiv='Content-Security-Policy']")
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"));
    let rules = policy.map(|policy| {
        let rules = policy.split(';').map(str::trim);
        let rules = rules.filter(|rule| !rule.is_empty());
        rules
            .map(|rule| view! { <li><code>{rule.to_owned()}</code></li> })
            .collect_view()
    });
    view! {
        <div class="privacy-part">
            <h3>{text().privacy_policy}</h3>
            <p>{text().privacy_policy_meaning}</p>
            {match rules {
                Some(rules) => {
                    view! {
                        <ul class="plain-list" data-testid="policy">
                            {rules}
                        </ul>
                    }
                        .into_any()
                }
                None => view! { <p>{text().privacy_no_policy}</p> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Kept() -> impl IntoView {
    let state = AppState::get();
    let kept = RwSignal::new(settings::kept());
    // A survey is stored and forgotten elsewhere.
    Effect::new(move |_| {
        state.survey.stored.track();
        kept.set(settings::kept());
    });
    let clear = move |_| {
        settings::clear();
        kept.set(settings::kept());
        state.settings_were_cleared();
        state.announcement.set(text().privacy_cleared.to_owned());
    };
    let rows = move || {
        kept.get()
            .into_iter()
            .map(|(name, value)| {
                // Answers are told in words.
                let survey = state.survey.stored.get().filter(|_| name == SETTING);
                let value = survey.map_or(value, |stored| stored_words(&stored));
                view! {
                    <li data-testid="kept-setting" data-name=name.clone()>
                        {name.clone()}
                        ": "
                        {value}
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <div class="privacy-part" data-testid="kept" data-count=move || kept.with(Vec::len).to_string()>
            <h3>{text().privacy_kept}</h3>
            <p>{move || if kept.with(Vec::is_empty) { text().privacy_kept_none } else { text().privacy_kept_some }}</p>
            <ul class="plain-list">{rows}</ul>
            <button type="button" class="fitting" data-testid="clear-kept" on:click=clear>
                {text().privacy_clear}
            </button>
            <KeptCases />
            <KeptFiles />
        </div>
    }
}

/// Cases that the reader saved.
#[component]
fn KeptCases() -> impl IntoView {
    let state = AppState::get();
    let count = Memo::new(move |_| state.cases.entries.with(Vec::len));
    let words = move || {
        let count = count.get();
        let bytes = state
            .cases
            .entries
            .with(|entries| entries.iter().map(|entry| entry.bytes).sum());
        let values = [("count", count.to_string()), ("size", format::bytes(bytes))];
        match count {
            0 => text().cases_privacy_none.to_owned(),
            _ => fill(text().cases_privacy.form(count as u64), &values),
        }
    };
    view! {
        <p data-testid="kept-cases" data-count=move || count.get().to_string()>
            {words}
        </p>
        <Show when=move || count.get() != 0>
            <DeleteAll test_id="clear-cases" />
        </Show>
    }
}

/// The page's own files, which are kept so that it works without a network.
#[component]
fn KeptFiles() -> impl IntoView {
    let state = AppState::get();
    let parts = move || {
        let parts = state.offline.with(|offline| offline.parts.clone());
        parts.into_iter().filter(|part| part.kept > 0)
    };
    let rows = move || {
        parts()
            .map(|part| {
                view! {
                    <li data-testid="kept-part" data-part=part.part.clone()>
                        {kept_name(&part.part)}
                        ": "
                        {format::bytes(part.kept)}
                    </li>
                }
            })
            .collect_view()
    };
    let forget = move |_| {
        offline::forget();
        state
            .announcement
            .set(text().privacy_files_cleared.to_owned());
    };
    view! {
        <Show when=move || parts().next().is_some()>
            <p>{text().privacy_files}</p>
            <ul class="plain-list">{rows}</ul>
            <Show when=move || parts().any(|part| part.part != SHELL)>
                <button type="button" class="fitting" data-testid="forget-files" on:click=forget>
                    {text().privacy_files_clear}
                </button>
            </Show>
        </Show>
    }
}

fn kept_name(part: &str) -> &'static str {
    match part {
        SHELL => text().privacy_by_page,
        MODEL => text().model_row,
        "samples" => text().privacy_files_samples,
        _ => text().privacy_by_engine,
    }
}
