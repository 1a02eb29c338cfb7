//! One of the two maps: its picture, and what is said of it.

use leptos::prelude::*;

use super::stage::Stage;
use crate::compare::{ComparedAnswer, ComparedMap};
use crate::components::explanation::{Legend, gap_words};
use crate::format;
use crate::state::AppState;
use crate::text::{fill, how_computed, kind_name, text};

/// A map with its title, its facts and its legend.
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
    let photo = match &map.photo.sample {
        Some(sample) => untrack(|| state.sample_name(sample)),
        None => map.photo.name.clone(),
    };
    let words = format!("{side}: {title}. {photo}");
    let gap = map
        .explanation
        .completeness_gap
        .map(|gap| gap_words(gap, &map.explanation));
    let model = map.model.as_ref().map(|model| model.name.clone());
    let fact = |name: &'static str, value: String| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
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
            <Stage map=map.clone() words />
            <Legend name=label />
            <dl class="facts">
                {fact(text().batch_photograph, photo)}
                {fact(text().method_label, how_computed(&settings))}
                {fact(text().folds_label, kind_name(&settings.set))}
                {fact(text().batch_probability, answer_words(map.answer))}
                {gap.map(|gap| fact(text().gap_label, gap))}
                {model.map(|model| fact(text().model_row, model))}
            </dl>
        </article>
    }
}

/// A probability, and what takes from its worth.
fn answer_words(answer: ComparedAnswer) -> String {
    let Some(probability) = answer.probability else {
        return text().compare_refused.to_owned();
    };
    let notes = [
        (!answer.sure).then_some(text().compare_unsure),
        answer.preliminary.then_some(text().compare_preliminary),
    ];
    let notes = notes.into_iter().flatten().map(str::to_owned);
    std::iter::once(format::percent(probability))
        .chain(notes)
        .collect::<Vec<_>>()
        .join(text().list_separator)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_takes_from_an_answer_stands_beside_it() {
        let mut answer = ComparedAnswer {
            probability: Some(0.5),
            sure: true,
            preliminary: false,
        };
        assert_eq!(answer_words(answer), "50.0%");
        (answer.sure, answer.preliminary) = (false, true);
        assert_eq!(answer_words(answer), "50.0%, not sure, preliminary");
        answer.probability = None;
        assert_eq!(answer_words(answer), text().compare_refused);
    }
}
