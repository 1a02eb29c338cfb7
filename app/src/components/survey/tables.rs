//! The result in numbers: shares of right answers with their intervals, and the confusion matrices of both.

use genoderm_study::View;
use genoderm_study::statistics::{Confusion, Share};
use leptos::prelude::*;

use super::super::model_card::tables::Matrix;
use crate::format;
use crate::state::AppState;
use crate::survey::tally::{CONFIDENCE, share_words};
use crate::text::{fill, text};

/// Right answers of the reader and of the model, in all photographs and in each view.
#[component]
pub fn Accuracies() -> impl IntoView {
    let state = AppState::get();
    let has = |view: View| {
        state.survey.rows.with_untracked(|rows| {
            rows.iter().any(|row| row.question.view == view)
                && rows.iter().any(|row| row.question.view != view)
        })
    };
    let parts = [
        Some((None, "all", text().survey_all)),
        has(View::Focused).then_some((Some(View::Focused), "focused", text().survey_close_ups)),
        has(View::Panoramic).then_some((
            Some(View::Panoramic),
            "panoramic",
            text().survey_whole_photographs,
        )),
    ];
    let rows = parts.into_iter().flatten().map(|(view, part, words)| {
        let shares = Memo::new(move |_| {
            let tally = state.survey_tally(view);
            tally.map_or([None, None], |tally| tally.shares())
        });
        view! {
            <tr data-testid="survey-accuracy" data-part=part>
                <th scope="row">{words}</th>
                <ShareCell shares place=0 id="survey-reader-share" />
                <ShareCell shares place=1 id="survey-model-share" />
            </tr>
        }
    });
    let note = fill(
        text().survey_interval_note,
        &[("confidence", format::share(CONFIDENCE))],
    );
    view! {
        <table class="survey-accuracies">
            <thead>
                <tr>
                    <th scope="col">{text().survey_right}</th>
                    <th scope="col">{text().survey_you}</th>
                    <th scope="col">{text().survey_the_model}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        <p class="hint">{note}</p>
    }
}

#[component]
fn ShareCell(shares: Memo<[Option<Share>; 2]>, place: usize, id: &'static str) -> impl IntoView {
    let share = move || shares.get().get(place).copied().flatten();
    let counts = move || {
        let share = share()?;
        Some(share_words(&share))
    };
    let interval = move || {
        share().map(|share| {
            let values = [
                ("low", format::measured(share.interval.low)),
                ("high", format::measured(share.interval.high)),
            ];
            fill(text().survey_interval, &values)
        })
    };
    view! {
        <td
            data-testid=id
            data-right=move || share().map(|share| share.right.to_string())
            data-total=move || share().map(|share| share.total.to_string())
            data-low=move || share().map(|share| share.interval.low.to_string())
            data-high=move || share().map(|share| share.interval.high.to_string())
        >
            {move || counts().unwrap_or_else(|| text().none_measured.to_owned())}
            <span class="hint">{interval}</span>
        </td>
    }
}

/// What was taken for what, by the reader and by the model.
#[component]
pub fn Matrices() -> impl IntoView {
    let state = AppState::get();
    let labels = state.survey_labels();
    let shorts: Vec<String> = labels
        .iter()
        .map(|key| untrack(|| state.label_short(key)))
        .collect();
    let matrix = move |of_model: bool| {
        let shorts = shorts.clone();
        move || {
            let tally = state.survey_tally(None)?;
            let (confusion, words, test_id) = if of_model {
                (
                    tally.model,
                    text().survey_the_model,
                    "survey-model-confusion",
                )
            } else {
                (tally.reader, text().survey_you, "survey-confusion")
            };
            let counts = counts_of(&confusion);
            let title = format!("{}: {words}", text().confusion_title);
            Some(view! {
                <div class="card-table">
                    <h4>{words}</h4>
                    <Matrix counts shorts=shorts.clone() title test_id />
                </div>
            })
        }
    };
    view! {
        <div class="survey-part">
            <h3>{text().confusion_title}</h3>
            <div class="card-tables">{matrix(false)} {matrix(true)}</div>
        </div>
    }
}

fn counts_of(confusion: &Confusion) -> Vec<Vec<u64>> {
    let rows = confusion.counts().iter();
    rows.map(|row| row.iter().map(|count| *count as u64).collect())
        .collect()
}
