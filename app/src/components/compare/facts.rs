//! What is said of both maps, in a table: a row for each fact, a column for each map in the order of their pictures.

use leptos::prelude::*;

use crate::compare::{ComparedAnswer, ComparedMap};
use crate::components::explanation::gap_words;
use crate::format;
use crate::state::AppState;
use crate::text::{how_computed, kind_name, text};

/// The table. Its roles are spelled out, since the style sheet lays it out anew on a phone.
#[component]
pub fn Facts(held: Memo<Option<ComparedMap>>, shown: Memo<Option<ComparedMap>>) -> impl IntoView {
    let state = AppState::get();
    let columns = move || {
        let mut columns: Vec<_> = [
            (held.get(), text().compare_side_held),
            (shown.get(), text().compare_side_shown),
        ]
        .into_iter()
        .filter_map(|(map, side)| Some((map?, side)))
        .collect();
        if state.compare.swapped.get() {
            columns.reverse();
        }
        columns
    };
    move || {
        let columns = columns();
        let heads = columns
            .iter()
            .map(|(map, side)| {
                let label = untrack(|| state.compared_label(map));
                view! {
                    <th scope="col" role="columnheader">
                        {label}
                        " "
                        <span class="compare-side">{*side}</span>
                    </th>
                }
            })
            .collect_view();
        let facts: Vec<_> = columns.iter().map(|(map, _)| facts_of(map)).collect();
        let rows = names()
            .into_iter()
            .enumerate()
            .filter(|(row, _)| facts.iter().any(|facts| facts[*row].is_some()))
            .map(|(row, name)| view! { <Row name cells=facts.iter().map(|facts| facts[row].clone()).collect() /> })
            .collect_view();
        view! {
            <table class="compare-facts" role="table" aria-label=text().compare_facts data-testid="compare-facts">
                <thead role="rowgroup">
                    <tr role="row">
                        <td role="cell"></td>
                        {heads}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        }
    }
}

#[component]
fn Row(name: &'static str, cells: Vec<Option<String>>) -> impl IntoView {
    let cells = cells
        .into_iter()
        .map(|cell| {
            let words = cell.unwrap_or_else(|| text().none_measured.to_owned());
            view! { <td role="cell">{words}</td> }
        })
        .collect_view();
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                {name}
            </th>
            {cells}
        </tr>
    }
}

/// What is said of a map.
fn names() -> [&'static str; 5] {
    [
        text().method_label,
        text().folds_label,
        text().batch_probability,
        text().gap_label,
        text().model_row,
    ]
}

/// The same of one map; `None` where there is nothing to say.
fn facts_of(map: &ComparedMap) -> [Option<String>; 5] {
    let settings = &map.explanation.settings;
    let gap = map.explanation.completeness_gap;
    [
        Some(how_computed(settings)),
        Some(kind_name(&settings.set)),
        Some(answer_words(map.answer)),
        gap.map(|gap| gap_words(gap, &map.explanation)),
        map.model.as_ref().map(|model| model.name.clone()),
    ]
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
