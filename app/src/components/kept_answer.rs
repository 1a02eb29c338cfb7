//! The answer that was kept with a saved case, beside that of today: by which model, and whether the two agree.

use genoderm_protocol::RankedLabel;
use leptos::html;
use leptos::prelude::*;

use crate::cases::record::{KeptModel, SavedCase, agree};
use crate::format;
use crate::overlay::Heat;
use crate::overlay::Palette;
use crate::state::{AppState, is_refused};
use crate::text::{fill, text};

/// Labels of the kept answer that are shown.
const SHOWN: usize = 3;
/// Digits of a checksum that are shown: enough to tell models apart.
const DIGITS: usize = 12;

/// The panel; nothing unless a saved case is open.
#[component]
pub fn KeptAnswer() -> impl IntoView {
    let state = AppState::get();
    move || state.cases.kept.get().map(|case| view! { <Kept case /> })
}

#[component]
fn Kept(case: SavedCase) -> impl IntoView {
    let state = AppState::get();
    let values = [
        (
            "day",
            case.classified.get(..10).unwrap_or_default().to_owned(),
        ),
        ("version", case.version.clone()),
    ];
    let when = fill(text().cases_kept_when, &values);
    let refused = is_refused(&case.answer);
    let labels = case.answer.ranking.iter().take(SHOWN);
    let labels = labels
        .map(|label| view! { <Label label=label.clone() /> })
        .collect_view();
    let answer = case.answer.clone();
    let verdict = move || {
        let now = state.answer_of(&answer.set);
        // Fewer networks say something else, and are joined by the others.
        now.filter(|now| !now.is_preliminary()).map(|now| {
            let same = agree(&answer, &now);
            let words = if same {
                text().cases_kept_same_answer
            } else {
                text().cases_kept_other_answer
            };
            view! {
                <p data-testid="kept-verdict" data-same=same.to_string()>
                    {words}
                </p>
            }
        })
    };
    let model = case.model.clone();
    let difference = move || {
        let now = state.model_now()?;
        let same = now.is_same(&model);
        Some(view! { <Model kept=model.clone() now same /> })
    };
    let explained = case.map.as_ref().map(|map| map.settings.target.clone());
    view! {
        <section class="panel" aria-labelledby="kept-title" data-testid="kept-answer">
            <h2 id="kept-title">{text().cases_kept_title}</h2>
            <p class="hint">{when}</p>
            {refused.then(|| view! { <p class="warning">{text().guard_title}</p> })}
            {(case.answer.fallback && !refused)
                .then(|| view! { <p class="warning">{text().cases_kept_unsure}</p> })}
            <ol class="kept-labels">{labels}</ol>
            {verdict}
            {difference}
            {explained.map(|target| view! { <KeptMap target /> })}
        </section>
    }
}

#[component]
fn Label(label: RankedLabel) -> impl IntoView {
    let state = AppState::get();
    // A label that today's model does not have keeps the name that it was saved with.
    let known = untrack(|| state.label_name(&label.key));
    let name = if known == label.key {
        label.name
    } else {
        known
    };
    view! {
        <li
            data-testid="kept-label"
            data-label=label.key
            data-probability=label.probability.to_string()
        >
            <span>{name}</span>
            " "
            <span class="number">{format::percent(label.probability)}</span>
        </li>
    }
}

/// Which model the kept answer is of.
#[component]
fn Model(kept: KeptModel, now: KeptModel, same: bool) -> impl IntoView {
    let short = |model: &KeptModel| model.fingerprint().chars().take(DIGITS).collect::<String>();
    let words = if same {
        text().cases_kept_same_model.to_owned()
    } else {
        let values = [
            ("kept", kept.name.clone()),
            ("kept_sum", short(&kept)),
            ("now", now.name.clone()),
            ("now_sum", short(&now)),
        ];
        fill(text().cases_kept_other_model, &values)
    };
    view! {
        <p
            class:warning=!same
            data-testid="kept-model"
            data-same=same.to_string()
            data-fingerprint=kept.fingerprint()
        >
            {words}
        </p>
    }
}

/// The kept map, where it cannot lie over the photograph.
#[component]
fn KeptMap(target: String) -> impl IntoView {
    let state = AppState::get();
    let name = untrack(|| state.label_name(&target));
    let words = fill(text().cases_kept_map, &[("label", &name)]);
    move || {
        // While the photograph is being classified it is not known yet where the map belongs.
        state.answers().first()?;
        let heat = state.cases.kept_heat.get()?;
        let words = words.clone();
        Some(view! {
            <figure class="kept-map">
                <Painted heat words=words.clone() />
                <figcaption class="hint">{words}</figcaption>
            </figure>
        })
    }
}

#[component]
fn Painted(heat: Heat, words: String) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    canvas.on_load(move |canvas| {
        if let Err(error) = heat.paint(&canvas, Palette::default(), false) {
            leptos::logging::warn!("canvas: {error:?}");
        }
    });
    view! { <canvas node_ref=canvas role="img" aria-label=words data-testid="kept-map"></canvas> }
}
