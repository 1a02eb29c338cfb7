//! What a label stands for.

use genoderm_protocol::LabelInfo;
use leptos::prelude::*;

use crate::state::{AppState, is_refused};
use crate::text::{fill, text};

/// The card of the label that the reader picked, else of the most probable one.
#[component]
pub fn LabelCard() -> impl IntoView {
    let state = AppState::get();
    let shown = move || {
        let answer = state.shown_answer()?;
        // Where there is no answer, nothing is said about a condition that nobody asked for.
        let first = answer.ranking.first().filter(|_| !is_refused(&answer));
        let first = first.map(|label| label.key.clone());
        state.label(&state.card.get().or(first)?)
    };
    view! { {move || shown().map(|label| view! { <Card label /> })} }
}

#[component]
fn Card(label: LabelInfo) -> impl IntoView {
    let title = fill(text().card_title, &[("label", &label.name)]);
    let mim: Vec<String> = label.mim.iter().map(u32::to_string).collect();
    view! {
        <section class="panel card" aria-labelledby="card-title" data-testid="label-card" data-label=label.key>
            <h2 id="card-title">{title}</h2>
            <p>{label.description}</p>
            {if label.own && !mim.is_empty() {
                view! {
                    <dl class="facts">
                        <div>
                            <dt>{text().card_mim}</dt>
                            <dd>{listed(&mim)}</dd>
                        </div>
                        <div>
                            <dt>{text().card_genes}</dt>
                            <dd>{listed(&label.genes)}</dd>
                        </div>
                    </dl>
                }
                    .into_any()
            } else {
                view! { <p class="hint">{text().card_contrast}</p> }.into_any()
            }}
        </section>
    }
}

fn listed(items: &[String]) -> String {
    if items.is_empty() {
        text().card_none.to_owned()
    } else {
        items.join(", ")
    }
}
