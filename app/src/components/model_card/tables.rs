//! The tables of one set of networks: by condition, by skin tone, and what is taken for what.

use genoderm_protocol::LabelInfo;
use leptos::prelude::*;

use crate::evaluation::{Figures, SetEvaluation};
use crate::format;
use crate::state::AppState;
use crate::text::{fill, text};

/// The Fitzpatrick skin types, from 1 on.
const SKIN_TYPES: [&str; 6] = ["I", "II", "III", "IV", "V", "VI"];
/// A cell's tint when all pictures of its row are in it, in percent: its number must stay legible.
const STRONGEST_TINT: f64 = 45.0;

/// How good the answers are for each label.
#[component]
pub fn Labels(evaluation: SetEvaluation) -> impl IntoView {
    let state = AppState::get();
    let figures = evaluation.ensemble.unwrap_or_default().labels;
    let any = !figures.is_empty();
    let rows = figures
        .into_iter()
        .map(|row| {
            let (name, short) = untrack(|| {
                let key = &row.label;
                (state.label_name(key), state.label_short(key))
            });
            view! {
                <tr data-testid="label-figures" data-label=row.label>
                    <th scope="row">
                        <span class="where-wide">{name}</span>
                        <span class="where-narrow">{short}</span>
                    </th>
                    <td class="number only-wide">{row.pictures}</td>
                    <td class="number">{share(row.recall)}</td>
                    <td class="number">{interval(row.recall_interval)}</td>
                    <td class="number only-wide">{share(row.precision)}</td>
                </tr>
            }
        })
        .collect_view();
    any.then(|| {
        view! {
            <div class="card-table">
                <h4>{text().labels_title}</h4>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{text().labels_condition}</th>
                            <th scope="col" class="number only-wide">
                                {text().column_pictures}
                            </th>
                            <th scope="col" class="number">
                                {text().labels_found}
                            </th>
                            <th scope="col" class="number">
                                {text().column_interval}
                            </th>
                            <th scope="col" class="number only-wide">
                                {text().labels_precision}
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}

/// How good the answers are on skin of each tone.
#[component]
pub fn SkinTones(tones: Vec<Figures>) -> impl IntoView {
    let any = !tones.is_empty();
    let rows = tones
        .into_iter()
        .map(|tone| {
            view! {
                <tr data-testid="tone-figures" data-tone=tone.group.map(|group| group.to_string())>
                    <th scope="row">{skin_type(tone.group)}</th>
                    <td class="number">{tone.pictures}</td>
                    <td class="number">{share(tone.accuracy)}</td>
                    <td class="number">{interval(tone.accuracy_interval)}</td>
                </tr>
            }
        })
        .collect_view();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{text().tones_type}</th>
                    <th scope="col" class="number">
                        {text().column_pictures}
                    </th>
                    <th scope="col" class="number">
                        {text().column_accuracy}
                    </th>
                    <th scope="col" class="number">
                        {text().column_interval}
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <div class="card-table">
            <h4>{text().tones_title}</h4>
            {if any {
                table.into_any()
            } else {
                view! { <p class="hint">{text().tones_none}</p> }.into_any()
            }}
        </div>
    }
}

/// How often each label was answered for each true label.
#[component]
pub fn ConfusionMatrix(evaluation: SetEvaluation, labels: Vec<LabelInfo>) -> impl IntoView {
    let state = AppState::get();
    let counts = evaluation.ensemble.unwrap_or_default().confusion;
    // The order is that of the labels, should the figures not name theirs.
    let keys: Vec<String> = if evaluation.labels.is_empty() {
        labels.into_iter().map(|label| label.key).collect()
    } else {
        evaluation.labels
    };
    let shorts: Vec<String> = keys
        .iter()
        .map(|key| untrack(|| state.label_short(key)))
        .collect();
    (!counts.is_empty()).then(|| {
        view! {
            <div class="card-table">
                <h4>{text().confusion_title}</h4>
                <Matrix counts shorts title=text().confusion_title test_id="confusion" />
            </div>
        }
    })
}

/// The matrix itself: rows are the truth, columns what was answered.
#[component]
pub fn Matrix(
    /// How often.
    counts: Vec<Vec<u64>>,
    /// The labels in a few letters.
    shorts: Vec<String>,
    /// Whose it is, for screen readers.
    #[prop(into)]
    title: String,
    /// Its test id.
    test_id: &'static str,
) -> impl IntoView {
    let rows = counts
        .into_iter()
        .zip(shorts.clone())
        .enumerate()
        .map(|(place, (row, short))| {
            let cells = cells(&row, place);
            view! {
                <tr>
                    <th scope="row">{short}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    let columns = shorts
        .into_iter()
        .map(|short| view! { <th scope="col">{short}</th> })
        .collect_view();
    view! {
        // Many labels need more room than a phone has: the table is scrolled, not the page.
        <div class="scrolled" tabindex="0" role="group" aria-label=title>
            <table class="confusion" data-testid=test_id>
                <caption>{text().confusion_caption}</caption>
                <thead>
                    <tr>
                        <td>{text().confusion_corner}</td>
                        {columns}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The cells of one true label, tinted by their share of its pictures; `place` is the right answer's.
fn cells(row: &[u64], place: usize) -> impl IntoView + use<> {
    let total = row.iter().sum::<u64>().max(1) as f64;
    row.iter()
        .enumerate()
        .map(|(column, count)| {
            let tint = *count as f64 / total * STRONGEST_TINT;
            let colour = format!("color-mix(in srgb, var(--bar) {tint:.0}%, transparent)");
            view! {
                <td class:right=column == place class:none=*count == 0 style:background-color=colour>
                    {*count}
                </td>
            }
        })
        .collect_view()
}

fn skin_type(group: Option<u64>) -> String {
    let Some(group) = group else {
        return String::new();
    };
    let known = usize::try_from(group).ok().and_then(|group| {
        let name = SKIN_TYPES.get(group.checked_sub(1)?)?;
        Some((*name).to_owned())
    });
    known.unwrap_or_else(|| group.to_string())
}

fn share(share: Option<f64>) -> String {
    share.map_or_else(|| text().none_measured.to_owned(), format::measured)
}

fn interval(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(
        || text().none_measured.to_owned(),
        |[low, high]| {
            let values = [("low", format::whole(low)), ("high", format::whole(high))];
            fill(text().interval, &values)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn skin_types_are_roman_and_others_are_shown_as_they_are() {
        assert_eq!(skin_type(Some(4)), "IV");
        assert_eq!(skin_type(Some(0)), "0");
        assert_eq!(skin_type(Some(9)), "9");
        assert_eq!(skin_type(None), "");
    }
}
