//! Both maps, the view that they share, and how far they agree.

use leptos::prelude::*;

use super::facts::Facts;
use super::pane::Pane;
use crate::agreement::Agreement;
use crate::compare::ComparedMap;
use crate::components::focus::{CHOOSER, COMPARE, EXPLANATION, focus_later};
use crate::components::gesture::ZOOM;
use crate::crop::{LARGEST, View};
use crate::format;
use crate::state::{Answer, AppState, Map};
use crate::text::{fill, text};

/// From this rank correlation on, maps largely agree.
const MUCH: f64 = 0.7;
/// From this one on they agree in part; below its negative they contradict each other.
const SOME: f64 = 0.3;

/// The panel; nothing while no map is held.
#[component]
pub fn ComparePanel() -> impl IntoView {
    let state = AppState::get();
    view! {
        <Show when=move || state.compare.is_held()>
            <Panel />
        </Show>
    }
}

#[component]
fn Panel() -> impl IntoView {
    let state = AppState::get();
    let held = Memo::new(move |_| state.compare.held.get());
    let shown = Memo::new(move |_| state.map_beside_held());
    let swapped = state.compare.swapped;
    // Changing sides changes the order on the page, which is that of reading.
    let panes = move || {
        if swapped.get() {
            view! {
                <Shown shown />
                <Held held />
            }
            .into_any()
        } else {
            view! {
                <Held held />
                <Shown shown />
            }
            .into_any()
        }
    };
    let both = Memo::new(move |_| shown.with(Option::is_some));
    let let_go = move |_| {
        state.let_go();
        let answered = state
            .answer
            .with_untracked(|answer| matches!(answer, Answer::Done(_)));
        focus_later(if answered { EXPLANATION } else { CHOOSER });
    };
    view! {
        <section
            class="panel compare-panel"
            id=COMPARE
            tabindex="-1"
            aria-labelledby="compare-title"
            data-testid="compare"
        >
            <h2 id="compare-title">{text().compare_title}</h2>
            <p class="hint">{text().compare_privacy}</p>
            <Views />
            <div class="compare-maps">{panes}</div>
            <Facts held shown />
            <Show when=move || both.get()>
                <AgreementSentence held shown />
            </Show>
            <div class="actions">
                <Show when=move || both.get()>
                    <button type="button" data-testid="swap-sides" on:click=move |_| state.swap_sides()>
                        {text().compare_swap}
                    </button>
                </Show>
                <button type="button" data-testid="let-go" on:click=let_go>
                    {text().compare_let_go}
                </button>
            </div>
        </section>
    }
}

#[component]
fn Held(held: Memo<Option<ComparedMap>>) -> impl IntoView {
    view! { <For each=move || held.get() key=ComparedMap::identity children=|map| view! { <Pane map held=true /> } /> }
}

/// The second map, or what is to be done to have one.
#[component]
fn Shown(shown: Memo<Option<ComparedMap>>) -> impl IntoView {
    let state = AppState::get();
    let grows = Memo::new(move |_| state.map.with(|map| matches!(map, Map::Running(..))));
    let missing = move || {
        if grows.get() {
            text().refining
        } else {
            text().compare_missing
        }
    };
    view! {
        <For each=move || shown.get() key=ComparedMap::identity children=|map| view! { <Pane map held=false /> } />
        <Show when=move || shown.with(Option::is_none)>
            <p class="compare-missing" data-testid="compare-missing">
                {missing}
            </p>
        </Show>
    }
}

/// The buttons of the view, which pointers and keys on the pictures change too.
#[component]
fn Views() -> impl IntoView {
    let state = AppState::get();
    let zoom = Memo::new(move |_| state.compare.view.get().zoom);
    let look = move |change: fn(&View) -> View| {
        state.look(change);
        state.tell_look();
    };
    view! {
        <div class="compare-views" role="group" aria-label=text().compare_views>
            <button
                type="button"
                aria-label=text().compare_out
                data-testid="compare-out"
                aria-disabled=move || (zoom.get() <= 1.0).to_string()
                on:click=move |_| look(|view| view.centred(view.zoom / ZOOM, view.middle()))
            >
                <span aria-hidden="true">"\u{2212}"</span>
            </button>
            <output class="number" aria-hidden="true">{move || format::whole(zoom.get())}</output>
            <button
                type="button"
                aria-label=text().compare_in
                data-testid="compare-in"
                aria-disabled=move || (zoom.get() >= LARGEST).to_string()
                on:click=move |_| look(|view| view.centred(view.zoom * ZOOM, view.middle()))
            >
                <span aria-hidden="true">"+"</span>
            </button>
            <button type="button" data-testid="compare-all" on:click=move |_| look(|_| View::WHOLE)>
                {text().compare_all}
            </button>
            <p class="hint" id="compare-keys">
                {text().compare_keys}
            </p>
        </div>
    }
}

/// How far both agree, in words.
#[component]
fn AgreementSentence(
    held: Memo<Option<ComparedMap>>,
    shown: Memo<Option<ComparedMap>>,
) -> impl IntoView {
    let agreement = Memo::new(move |_| {
        let (held, shown) = (held.get()?, shown.get()?);
        Some(held.agreement(&shown))
    });
    let exact = move || match agreement.get() {
        Some(Agreement::Of(value)) => value.to_string(),
        _ => String::new(),
    };
    let words = move || match agreement.get()? {
        Agreement::Of(value) => {
            let meaning = match value {
                value if value >= MUCH => text().compare_much,
                value if value >= SOME => text().compare_some,
                value if value > -SOME => text().compare_little,
                _ => text().compare_opposite,
            };
            let value = format::correlation(value);
            let values = [("value", value.as_str()), ("meaning", meaning)];
            Some(fill(text().compare_agreement, &values))
        }
        Agreement::OtherPhotograph => Some(text().compare_other_photograph.to_owned()),
        Agreement::Unknown => Some(text().compare_unknown.to_owned()),
    };
    let measured = move || matches!(agreement.get(), Some(Agreement::Of(_)));
    view! {
        <div>
            <p data-testid="agreement" data-agreement=exact>
                {words}
            </p>
            <Show when=measured>
                <p class="hint">{text().compare_scale}</p>
            </Show>
        </div>
    }
}
