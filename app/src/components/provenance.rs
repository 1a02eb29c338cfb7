//! What was loaded, what computes, and what is sent: nothing.

use genoderm_protocol::{BundleInfo, EngineInfo};
use leptos::prelude::*;

use super::privacy::Privacy;
use crate::format;
use crate::probe::engine_key;
use crate::state::AppState;
use crate::text::{device_name, engine_name, fill, text};

/// The panel at the foot of the page.
#[component]
pub fn Provenance() -> impl IntoView {
    let state = AppState::get();
    let count = move || state.requests.since_photo();
    view! {
        <section class="panel provenance" aria-labelledby="provenance-title">
            <h2 id="provenance-title">{text().provenance}</h2>
            <dl class="facts">
                <div class="promise">
                    <dt>{text().sent_label}</dt>
                    <dd>{text().sent_none}</dd>
                </div>
                <div class="promise">
                    <dt>{text().requests_label}</dt>
                    <dd>
                        <span
                            data-testid="request-count"
                            data-count=move || count().map(|count| count.to_string()).unwrap_or_default()
                        >
                            {move || {
                                count().map_or_else(|| text().requests_no_photo.to_owned(), |count| count.to_string())
                            }}
                        </span>
                        <p class="hint">{text().requests_source}</p>
                    </dd>
                </div>
                <EngineRow />
                {move || match state.loaded.get() {
                    Some((engine, bundle)) => view! { <LoadedRows engine bundle /> }.into_any(),
                    None => {
                        view! {
                            <div>
                                <dt>{text().model_row}</dt>
                                <dd>{text().none_yet}</dd>
                            </div>
                        }
                            .into_any()
                    }
                }}
                <div>
                    <dt>{text().bytes_row}</dt>
                    <dd data-testid="bytes-loaded" data-bytes=move || state.bytes_loaded.get().to_string()>
                        {move || format::bytes(state.bytes_loaded.get())}
                    </dd>
                </div>
            </dl>
            <Privacy />
        </section>
    }
}

#[component]
fn EngineRow() -> impl IntoView {
    let state = AppState::get();
    let key = move || state.backend.get().map(|(backend, _)| engine_key(backend));
    let words = move || {
        let (backend, reason) = state.backend.get()?;
        let values = [
            ("engine", engine_name(backend).to_owned()),
            ("why", reason.sentence()),
        ];
        Some(fill(text().engine_why, &values))
    };
    view! {
        <div>
            <dt>{text().engine_row}</dt>
            <dd class="sentence" data-testid="engine-row" data-engine=key>
                {words}
            </dd>
        </div>
    }
}

#[component]
fn LoadedRows(engine: EngineInfo, bundle: BundleInfo) -> impl IntoView {
    let state = AppState::get();
    let device = device_name(&engine);
    let folds: usize = bundle.sets.iter().map(|set| set.folds.len()).sum();
    let model = [
        ("name", bundle.name),
        ("architecture", bundle.architecture),
        ("size", bundle.size.to_string()),
        ("folds", folds.to_string()),
        ("encoding", bundle.encoding),
    ];
    let model = fill(text().model_value, &model);
    let model = if untrack(|| state.own.is_in_use()) {
        fill(text().own_model_row, &[("model", model)])
    } else {
        model
    };
    let golden = [
        ("networks", engine.golden.networks.to_string()),
        ("worst", format::scientific(engine.golden.worst)),
        ("tolerance", format::scientific(engine.golden.tolerance)),
    ];
    view! {
        <div>
            <dt>{text().device_row}</dt>
            <dd>{device}</dd>
        </div>
        <div>
            <dt>{text().model_row}</dt>
            <dd data-testid="model-row">{model}</dd>
        </div>
        <div>
            <dt>{text().golden_row}</dt>
            <dd data-testid="golden-check" data-worst=engine.golden.worst.to_string()>
                {fill(text().golden_value, &golden)}
            </dd>
        </div>
        {(!bundle.licence.is_empty())
            .then(|| {
                view! {
                    <div>
                        <dt>{text().licence_row}</dt>
                        <dd>{bundle.licence}</dd>
                    </div>
                }
            })}
    }
}
