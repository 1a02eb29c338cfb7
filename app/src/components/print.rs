//! The report on paper: hidden on the screen, and all that is printed while a photograph is answered (`@media print` in
//! the style sheet). It says what the JSON report says, and shows the photograph with its map as on the screen.

use genoderm_protocol::{Explanation, SetAnswer};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::kind::with_kind;
use crate::format;
use crate::joining::network_values;
use crate::keep::picture::{self, Look};
use crate::session::region_words;
use crate::state::{AppState, Map, is_refused};
use crate::text::{alternatives, device_name, engine_name, fill, how_computed, kind_name, text};

/// The longer side of the printed photograph, in pixels: about 300 for each inch of it.
const LONGEST: u32 = 1_400;

/// The report; empty without an answer.
#[component]
pub fn PrintReport() -> impl IntoView {
    let state = AppState::get();
    let canvas = NodeRef::<html::Canvas>::new();
    window_event_listener(ev::beforeprint, move |_| {
        let size = picture::size_within(LONGEST);
        let (Some(canvas), Some(size)) = (canvas.get_untracked(), size) else {
            return;
        };
        let look = Look {
            photo: true,
            grey: state.grey.get_untracked() && state.heat.with_untracked(Option::is_some),
            opacity: f64::from(state.opacity.get_untracked()) / 100.0,
            map: untrack(|| state.map_region()),
            outline: untrack(|| state.seen_region()),
        };
        if let Err(error) = picture::paint(&canvas, size, look) {
            leptos::logging::warn!("canvas: {error:?}");
        }
    });
    move || {
        let answers = state.answers();
        (!answers.is_empty()).then(|| {
            let answers = answers
                .into_iter()
                .map(|answer| view! { <AnswerPart answer /> })
                .collect_view();
            view! {
                <article class="print-report" data-testid="report">
                    <h1>{text().report_title}</h1>
                    <p>
                        <strong>{text().status_title}</strong>
                        " "
                        {text().status_body}
                    </p>
                    <Note />
                    <figure>
                        <canvas node_ref=canvas data-testid="report-picture"></canvas>
                        <MapWords />
                    </figure>
                    <h2>{text().report_answer}</h2>
                    {answers}
                    <ModelPart />
                </article>
            }
        })
    }
}

#[component]
fn Note() -> impl IntoView {
    let state = AppState::get();
    let written = move || !state.note.with(|note| note.trim().is_empty());
    view! {
        <Show when=written>
            <p class="print-note" data-testid="report-note">
                {move || state.note.get()}
            </p>
        </Show>
    }
}

/// What the map is of, and how it was computed.
#[component]
fn MapWords() -> impl IntoView {
    let state = AppState::get();
    let words = move |explanation: Explanation| {
        let settings = &explanation.settings;
        let several = state.answers().len() > 1;
        let label = state.label_name(&settings.target);
        let label = with_kind(label, &settings.set, several);
        let map = fill(text().report_map, &[("label", &label)]);
        let gap = explanation
            .completeness_gap
            .map(|gap| fill(text().report_gap, &[("gap", &format::signed(gap))]));
        let how = how_computed(settings);
        [Some(map), Some(how), gap]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    };
    view! {
        <figcaption>
            {move || match state.map.get() {
                Map::Done(explanation) => Some(format!("{} {}", words(explanation), text().explain_note)),
                Map::None | Map::Running(..) => None,
            }}
        </figcaption>
    }
}

#[component]
fn AnswerPart(answer: SetAnswer) -> impl IntoView {
    let state = AppState::get();
    let short = |key: &str| untrack(|| state.label_short(key));
    let name = |key: &str| untrack(|| state.label_name(key));
    let (votes, count) = (answer.votes(), answer.folds.len());
    let warning = if is_refused(&answer) {
        Some(text().guard_title)
    } else {
        answer.fallback.then_some(text().answer_unsure)
    };
    let possible = answer
        .prediction_set
        .as_ref()
        .filter(|_| !is_refused(&answer));
    let possible = possible.map(|set| {
        let words: Vec<String> = set.labels.iter().map(|key| short(key)).collect();
        let coverage = format::share(set.coverage);
        fill(
            text().prediction_set,
            &[("coverage", coverage), ("labels", alternatives(&words))],
        )
    });
    let voted = [("votes", votes.to_string()), ("count", count.to_string())];
    let preliminary = answer
        .is_preliminary()
        .then(|| fill(text().fast_preliminary, &network_values(&answer)));
    let rows = answer
        .ranking
        .iter()
        .map(|label| {
            view! {
                <tr>
                    <th scope="row">{name(&label.key)}</th>
                    <td class="number">{format::percent(label.probability)}</td>
                </tr>
            }
        })
        .collect_view();
    let seen = match &answer.region {
        Some(region) => fill(text().crop_answered, &[("region", region_words(region))]),
        None => text().both_whole.to_owned(),
    };
    view! {
        {preliminary.map(|sentence| view! { <p data-testid="report-preliminary"><strong>{sentence}</strong></p> })}
        {warning.map(|sentence| view! { <p><strong>{sentence}</strong></p> })}
        <table>
            <tbody>{rows}</tbody>
        </table>
        {possible.map(|sentence| view! { <p>{sentence}</p> })}
        <p>
            {fill(text().kind_answered, &[("kind", kind_name(&answer.set))])}
            " "
            {seen}
            " "
            {fill(text().report_votes, &voted)}
        </p>
    }
}

/// Which model it was, on what, and when.
#[component]
fn ModelPart() -> impl IntoView {
    let state = AppState::get();
    let files = state.summary.with_untracked(|summary| {
        let known = summary.as_ref().and_then(|summary| summary.as_ref().ok());
        known.map(|model| model.files.clone()).unwrap_or_default()
    });
    let files = files
        .into_iter()
        .map(|file| view! { <li>{file.file} " " <code>{file.sha256}</code></li> })
        .collect_view();
    let model = state.loaded.get_untracked().map(|(engine, bundle)| {
        let values = [
            ("name", bundle.name),
            ("architecture", bundle.architecture),
            ("size", bundle.size.to_string()),
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("engine", engine_name(engine.backend).to_owned()),
            ("device", device_name(&engine)),
            ("time", readable(&state.answered.get_untracked())),
        ];
        let sentence = fill(text().report_model, &values);
        let sentence = if untrack(|| state.own.is_in_use()) {
            fill(text().own_model_row, &[("model", sentence)])
        } else {
            sentence
        };
        view! {
            <p>{sentence}</p>
            <p>{bundle.notice}</p>
        }
    });
    view! {
        <h2>{text().model_row}</h2>
        {model}
        <p>{text().report_files}</p>
        <ul class="print-files">{files}</ul>
    }
}

/// A moment without its seconds: `2026-11-24T09:05:00.000Z` as `2026-11-24 09:05 UTC`.
fn readable(moment: &str) -> String {
    match (moment.get(..10), moment.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => moment.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn moments_are_readable() {
        assert_eq!(readable("2026-11-24T09:05:00.000Z"), "2026-11-24 09:05 UTC");
        assert_eq!(readable(""), "");
    }
}
