//! The model card: what the model was trained on, how well it does, and what it does not do.
//! One file for the headline figures of a set, one for its tables, one for the mistakes that can be opened.
//! Everything comes from the manifest, so the card can be read before the model is downloaded.

mod failures;
mod figures;
pub(super) mod tables;

use leptos::prelude::*;

use super::focus::{CARD, CARD_BUTTON, focus_later};
use super::in_language::in_language;
use crate::manifest::ModelSummary;
use crate::state::AppState;
use crate::text::{fill, text};
use failures::Failures;
use figures::SetFigures;

/// The button that opens and closes the card.
#[component]
pub fn ModelCardButton() -> impl IntoView {
    let state = AppState::get();
    let known = move || state.summary.with(|summary| matches!(summary, Some(Ok(_))));
    let toggle = move |_| {
        state.model_card.update(|open| *open = !*open);
        if state.model_card.get_untracked() {
            focus_later(CARD);
        }
    };
    view! {
        <Show when=known>
            <button
                type="button"
                id=CARD_BUTTON
                class="fitting"
                aria-expanded=move || state.model_card.get().to_string()
                aria-controls=CARD
                data-testid="open-card"
                on:click=toggle
            >
                {text().model_card}
            </button>
        </Show>
    }
}

/// The card itself. It is part of the page while closed, so that the pictures of its mistakes are there when a photograph
/// is open and nothing may be fetched.
#[component]
pub fn ModelCard() -> impl IntoView {
    let state = AppState::get();
    let card = move || {
        state.summary.with(|summary| {
            let model = summary.as_ref()?.as_ref().ok()?.clone();
            Some(view! { <Card model /> })
        })
    };
    view! {
        <section
            class="panel model-card"
            id=CARD
            tabindex="-1"
            aria-labelledby="model-card-title"
            hidden=move || !state.model_card.get()
            data-testid="model-card"
        >
            {card}
        </section>
    }
}

/// The pictures of its mistakes stay what they are when the language changes: while a photograph is open they could not be
/// fetched again.
#[component]
fn Card(model: ModelSummary) -> impl IntoView {
    let state = AppState::get();
    let calibrated = model.sets.iter().any(|set| set.coverage.is_some());
    let about = move || {
        let model = model.clone();
        view! { <About model /> }
    };
    view! {
        {in_language(about)}
        // The gallery's mistakes are those of the page's own model.
        <Show when=move || !state.own.is_in_use()>
            <Failures />
        </Show>
        {in_language(move || view! { <Limits calibrated /> })}
    }
}

/// What it was trained on, and how well it does.
#[component]
fn About(model: ModelSummary) -> impl IntoView {
    let title = fill(text().model_card_title, &[("name", &model.name)]);
    let paragraph = |words: &str| (!words.is_empty()).then(|| words.to_owned());
    let labels = model.labels.clone();
    let facts = facts(&model);
    let sets = model
        .sets
        .into_iter()
        .map(|set| view! { <SetFigures set labels=labels.clone() /> })
        .collect_view();
    view! {
        <h2 id="model-card-title">{title}</h2>
        {paragraph(&model.notice).map(|notice| view! { <p class="warning">{notice}</p> })}
        {paragraph(&model.description).map(|description| view! { <p>{description}</p> })}
        <dl class="facts">{facts}</dl>
        <div class="card-sets">{sets}</div>
    }
}

/// What it does not do, and the button that closes the card.
#[component]
fn Limits(calibrated: bool) -> impl IntoView {
    let state = AppState::get();
    let close = move |_| {
        state.model_card.set(false);
        focus_later(CARD_BUTTON);
    };
    view! {
        <div class="card-part">
            <h3>{text().model_card_limits}</h3>
            <ul class="plain-list">
                <li>{text().model_card_limit_patients}</li>
                <li>{text().model_card_limit_labels}</li>
                {calibrated.then(|| view! { <li>{text().model_card_limit_coverage}</li> })}
                <li>{text().explain_note}</li>
                <li>{text().model_card_limit_device}</li>
            </ul>
        </div>
        <button type="button" class="fitting" data-testid="close-card" on:click=close>
            {text().model_card_close}
        </button>
    }
}

/// What is known about the model as a whole, as rows of a list.
fn facts(model: &ModelSummary) -> impl IntoView + use<> {
    let networks: usize = model.sets.iter().map(|set| set.networks).sum();
    let shape = [
        ("architecture", model.architecture.clone()),
        (
            "size",
            model.size.map(|size| size.to_string()).unwrap_or_default(),
        ),
        ("networks", networks.to_string()),
    ];
    let networks = fill(text().model_card_networks_value, &shape);
    [
        (text().model_card_data, model.provenance.data.clone()),
        (text().model_card_networks, networks),
        (
            text().model_card_answer,
            text().model_card_answer_value.to_owned(),
        ),
        (text().model_card_licence, model.licence.clone()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    })
    .collect_view()
}
