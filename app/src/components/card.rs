//! What a label stands for: for the conditions of the study what one should know of them, for other labels what the bundle
//! says.

use genoderm_protocol::LabelInfo;
use leptos::prelude::*;

use crate::conditions::{Facts, facts, omim};
use crate::state::{Answer, AppState, REMAINDER};
use crate::text::{Condition, condition, fill, text};

/// The card of the label that the reader picked, else of the most probable one.
#[component]
pub fn LabelCard() -> impl IntoView {
    let state = AppState::get();
    let shown = move || {
        let answered = matches!(state.answer.get(), Answer::Done(_));
        let key = state.shown_label().filter(|_| answered)?;
        state.label(&key)
    };
    view! { {move || shown().map(|label| view! { <Card label /> })} }
}

#[component]
fn Card(label: LabelInfo) -> impl IntoView {
    let state = AppState::get();
    let name = untrack(|| state.label_name(&label.key));
    let title = fill(text().card_title, &[("label", name)]);
    let known = condition(&label.key).zip(facts(&label.key));
    let key = label.key.clone();
    view! {
        <section class="panel card" aria-labelledby="card-title" data-testid="label-card" data-label=key>
            <h2 id="card-title">{title}</h2>
            {match known {
                Some((words, facts)) => view! { <KnownCondition words facts /> }.into_any(),
                None => view! { <OtherLabel label /> }.into_any(),
            }}
        </section>
    }
}

/// A condition that the page has words for.
#[component]
fn KnownCondition(words: &'static Condition, facts: &'static Facts) -> impl IntoView {
    let genes = facts.genes();
    let genes = if genes.is_empty() {
        text().card_many_genes.to_owned()
    } else {
        genes.join(", ")
    };
    let rows = [
        (
            "card-synonyms",
            text().card_synonyms,
            words.synonyms.join("; "),
        ),
        ("card-mim", text().card_mim, phenotypes(facts)),
        ("card-genes", text().card_genes, genes),
        (
            "card-inheritance",
            text().card_inheritance,
            words.inheritance.to_owned(),
        ),
    ];
    view! {
        <p>{words.description}</p>
        <dl class="facts">
            {rows
                .map(|(test_id, name, value)| {
                    view! {
                        <div>
                            <dt>{name}</dt>
                            <dd data-testid=test_id>{value}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
        <h3>{text().card_skin}</h3>
        <Lines lines=words.skin test_id="card-skin" />
        <h3>{text().card_similar}</h3>
        <Lines lines=words.similar test_id="card-similar" />
        <p class="hint">{text().card_teaching}</p>
        <Reading mim=facts.mim() other=Some(facts.reading) />
    }
}

/// The MIM numbers, each with its gene where there are several.
fn phenotypes(facts: &Facts) -> String {
    let several = facts.phenotypes.len() > 1;
    let one = |(mim, gene): &(u32, Option<&str>)| match gene {
        Some(gene) if several => fill(
            text().card_mim_gene,
            &[("mim", mim.to_string().as_str()), ("gene", gene)],
        ),
        _ => mim.to_string(),
    };
    let all: Vec<String> = facts.phenotypes.iter().map(one).collect();
    all.join(", ")
}

#[component]
fn Lines(lines: &'static [&'static str], test_id: &'static str) -> impl IntoView {
    view! {
        <ul class="plain-list" data-testid=test_id>
            {lines.iter().map(|line| view! { <li>{*line}</li> }).collect_view()}
        </ul>
    }
}

/// A label that only the bundle knows.
#[component]
fn OtherLabel(label: LabelInfo) -> impl IntoView {
    let description = if label.key == REMAINDER {
        text().other_description.to_owned()
    } else {
        label.description
    };
    let mim: Vec<String> = label.mim.iter().map(u32::to_string).collect();
    view! {
        <p>{description}</p>
        {if label.own && !mim.is_empty() {
            view! {
                <dl class="facts">
                    <div>
                        <dt>{text().card_mim}</dt>
                        <dd data-testid="card-mim">{mim.join(", ")}</dd>
                    </div>
                    <div>
                        <dt>{text().card_genes}</dt>
                        <dd data-testid="card-genes">{listed(&label.genes)}</dd>
                    </div>
                </dl>
                <Reading mim=label.mim other=None />
            }
                .into_any()
        } else {
            view! { <p class="hint">{text().card_contrast}</p> }.into_any()
        }}
    }
}

fn listed(items: &[String]) -> String {
    if items.is_empty() {
        text().card_none.to_owned()
    } else {
        items.join(", ")
    }
}

/// Where to read more. The page itself never asks these addresses for anything: opening one is the reader's act.
#[component]
fn Reading(
    mim: Vec<u32>,
    /// Another page than the entries of OMIM, by its name and address.
    other: Option<(&'static str, &'static str)>,
) -> impl IntoView {
    let other = other.map(|(name, address)| (name.to_owned(), address.to_owned()));
    let entries = mim
        .into_iter()
        .map(|mim| (format!("OMIM {mim}"), omim(mim)));
    let links = other
        .into_iter()
        .chain(entries)
        .map(|(name, address)| {
            view! {
                <li>
                    <a href=address target="_blank" rel="noopener noreferrer">
                        {name}
                        " "
                        <span class="hint">{text().card_links_new_tab}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <h3>{text().card_links}</h3>
        <ul class="links" data-testid="card-links">
            {links}
        </ul>
        <p class="hint">{text().card_links_note}</p>
    }
}
