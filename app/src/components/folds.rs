//! Whether the networks of the ensemble agree, and which of them were sure enough to vote.

use genoderm_protocol::{FoldAnswer, SetAnswer};
use leptos::prelude::*;

use crate::format;
use crate::state::AppState;
use crate::text::{fill, text};

/// A sentence on the agreement, and a table of what each network said.
#[component]
pub fn Folds(answer: SetAnswer) -> impl IntoView {
    let state = AppState::get();
    let (labels, threshold) = state.loaded.with_untracked(|loaded| match loaded {
        Some((_, bundle)) => {
            let keys = bundle.labels.iter().map(|label| label.key.clone());
            (keys.collect(), bundle.threshold)
        }
        None => (Vec::new(), 0.0),
    });
    let first_key = answer
        .ranking
        .first()
        .map(|label| label.key.clone())
        .unwrap_or_default();
    let choices: Vec<_> = answer
        .folds
        .iter()
        .map(|fold| first_choice(fold, &labels))
        .collect();
    let agree = choices.iter().filter(|(key, _)| *key == first_key).count();
    let (votes, count) = (answer.votes(), answer.folds.len());
    let values = [
        ("votes", votes.to_string()),
        ("count", count.to_string()),
        ("agree", agree.to_string()),
        ("threshold", format::whole(f64::from(threshold))),
        ("label", untrack(|| state.label_name(&first_key))),
    ];
    let rows = answer
        .folds
        .iter()
        .zip(choices)
        .map(|(fold, (key, probability))| {
            let (name, short) = untrack(|| (state.label_name(&key), state.label_short(&key)));
            view! {
                <tr
                    data-testid="fold-row"
                    data-fold=fold.fold.to_string()
                    data-voted=fold.voted.to_string()
                    data-first=key
                    data-probability=probability.to_string()
                >
                    <th scope="row">{fold.fold + 1}</th>
                    <td>
                        <span class="where-wide">{name}</span>
                        <span class="where-narrow">{short}</span>
                    </td>
                    <td class="number">{format::percent(probability)}</td>
                    <td>{if fold.voted { text().yes } else { text().no }}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div
            class="folds"
            data-testid="votes"
            data-votes=votes.to_string()
            data-count=count.to_string()
        >
            <h4>{text().folds_title}</h4>
            {(!answer.fallback)
                .then(|| {
                    view! {
                        <p>{fill(text().folds_summary, &values)}</p>
                    }
                })}
            <table aria-label=text().folds_title>
                <thead>
                    <tr>
                        <th scope="col">{text().fold_column}</th>
                        <th scope="col">{text().fold_first}</th>
                        <th scope="col" class="number">
                            {text().fold_probability}
                        </th>
                        <th scope="col">{text().fold_voted}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The key and probability of a network's own first choice.
fn first_choice(fold: &FoldAnswer, labels: &[String]) -> (String, f32) {
    let best = fold
        .probabilities
        .iter()
        .copied()
        .enumerate()
        .max_by(|(_, one), (_, other)| one.total_cmp(other));
    let (index, probability) = best.unwrap_or((0, 0.0));
    (labels.get(index).cloned().unwrap_or_default(), probability)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_first_choice_is_the_largest_probability() {
        let fold = FoldAnswer {
            fold: 0,
            logits: Vec::new(),
            probabilities: vec![0.2, 0.7, 0.1],
            voted: true,
        };
        let labels = ["HMI", "IP", "MA"].map(String::from);
        assert_eq!(first_choice(&fold, &labels), ("IP".to_owned(), 0.7));
    }
}
