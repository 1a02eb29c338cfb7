//! One of the two maps: its picture and its legend.

use leptos::prelude::*;

use super::stage::Stage;
use crate::compare::ComparedMap;
use crate::components::explanation::Legend;
use crate::state::AppState;
use crate::text::{fill, text};

/// A map with its title and its legend; what else is said of it stands in the table below both.
#[component]
pub fn Pane(
    map: ComparedMap,
    /// Whether it is the held one.
    held: bool,
) -> impl IntoView {
    let state = AppState::get();
    let settings = map.explanation.settings.clone();
    let label = untrack(|| state.compared_label(&map));
    let (side, name) = if held {
        (text().compare_side_held, "compare-held")
    } else {
        (text().compare_side_shown, "compare-shown")
    };
    let title = fill(text().explain_shown, &[("label", &label)]);
    let photo = untrack(|| state.compared_photo(&map));
    let words = format!("{side}: {title}. {photo}");
    view! {
        <article
            class="compare-map"
            aria-labelledby=format!("{name}-title")
            data-testid=name
            data-label=settings.target.clone()
            data-method=format!("{:?}", settings.method).to_lowercase()
            data-set=settings.set.clone()
            data-probability=map.answer.probability.map(|probability| probability.to_string())
        >
            <h3 id=format!("{name}-title")>
                {title}
                " "
                <span class="compare-side">{side}</span>
            </h3>
            <p class="file-name">{photo}</p>
            <Stage map=map.clone() words />
            <Legend name=label />
        </article>
    }
}
