//! The headline figures of one set of networks.

use genoderm_protocol::LabelInfo;
use leptos::prelude::*;

use super::tables::{ConfusionMatrix, Labels, SkinTones};
use crate::evaluation::SetEvaluation;
use crate::format;
use crate::manifest::SetSummary;
use crate::text::{fill, kind_name, text};

/// A set's figures and tables.
#[component]
pub fn SetFigures(set: SetSummary, labels: Vec<LabelInfo>) -> impl IntoView {
    let title_id = format!("card-{}", set.name);
    let title = kind_name(&set.name);
    let body = match set.evaluation.clone() {
        Some(evaluation) => {
            let fallbacks = fallbacks(&evaluation);
            view! {
                <dl class="figures">{tiles(&set, &evaluation)}</dl>
                {fallbacks.map(|sentence| view! { <p class="hint">{sentence}</p> })}
                <div class="card-tables">
                    <Labels evaluation=evaluation.clone() />
                    <SkinTones tones=evaluation.skin_tones.clone() />
                    <ConfusionMatrix evaluation labels />
                </div>
            }
            .into_any()
        }
        None => view! { <p class="hint">{text().model_card_not_measured}</p> }.into_any(),
    };
    view! {
        <section class="card-part" aria-labelledby=title_id data-testid="card-set" data-set=set.name>
            <h3 id=title_id.clone()>{title}</h3>
            {body}
        </section>
    }
}

/// One figure: its name, its value and what else there is to know.
struct Tile {
    key: &'static str,
    name: &'static str,
    value: String,
    hints: Vec<String>,
}

impl Tile {
    fn view(self) -> impl IntoView {
        view! {
            <div class="figure" data-testid=format!("figure-{}", self.key)>
                <dt>{self.name}</dt>
                <dd>
                    <span class="figure-value">{self.value}</span>
                    {self
                        .hints
                        .into_iter()
                        .map(|hint| view! { <span class="hint">{hint}</span> })
                        .collect_view()}
                </dd>
            </div>
        }
    }
}

fn tiles(set: &SetSummary, evaluation: &SetEvaluation) -> impl IntoView + use<> {
    let answers = answers(evaluation);
    let promises = [
        temperature(set),
        coverage(set, evaluation),
        Some(guard(set, evaluation)),
    ];
    answers
        .into_iter()
        .chain(promises)
        .flatten()
        .map(Tile::view)
        .collect_view()
}

/// How often the answers are right, and what their probabilities are worth.
fn answers(evaluation: &SetEvaluation) -> [Option<Tile>; 3] {
    let Some(ensemble) = &evaluation.ensemble else {
        return [None, None, None];
    };
    let pictures = ensemble.pictures.map(|count| {
        fill(
            text().figures_pictures.form(count),
            &[("count", count.to_string())],
        )
    });
    let interval = ensemble
        .accuracy_interval
        .map(|interval| with_interval(text().figures_interval, interval, &[]));
    [
        ensemble.accuracy.map(|accuracy| Tile {
            key: "accuracy",
            name: text().figures_accuracy,
            value: format::measured(accuracy),
            hints: pictures.into_iter().chain(interval).collect(),
        }),
        ensemble.top_3.map(|share| Tile {
            key: "top-3",
            name: text().figures_top_3,
            value: format::measured(share),
            hints: Vec::new(),
        }),
        ensemble.calibration_error.map(|error| Tile {
            key: "ece",
            name: text().figures_calibration,
            value: format::decimal(error, 3),
            hints: vec![text().figures_calibration_hint.to_owned()],
        }),
    ]
}

fn temperature(set: &SetSummary) -> Option<Tile> {
    let hint = if set.temperature == 1.0 {
        text().figures_uncalibrated
    } else {
        text().figures_temperature_hint
    };
    Some(Tile {
        key: "temperature",
        name: text().figures_temperature,
        value: format::decimal(set.temperature, 2),
        hints: vec![hint.to_owned()],
    })
}

fn coverage(set: &SetSummary, evaluation: &SetEvaluation) -> Option<Tile> {
    let stated = set.coverage?;
    let measured = evaluation.prediction_sets.clone().unwrap_or_default();
    let values = [("stated", format::share(stated))];
    let promise = match measured.coverage_interval {
        Some(interval) => with_interval(text().figures_coverage_measured, interval, &values),
        None => fill(text().figures_coverage_stated, &values),
    };
    let size = measured.mean_size.map(|size| {
        fill(
            text().figures_list_size,
            &[("size", format::decimal(size, 1))],
        )
    });
    Some(Tile {
        key: "coverage",
        name: text().figures_coverage,
        value: measured
            .coverage
            .map_or_else(|| text().none_measured.to_owned(), format::measured),
        hints: [promise].into_iter().chain(size).collect(),
    })
}

fn guard(set: &SetSummary, evaluation: &SetEvaluation) -> Tile {
    let Some(guard) = &set.guard else {
        return Tile {
            key: "guard",
            name: text().figures_guard_title,
            value: text().figures_no_guard.to_owned(),
            hints: vec![text().figures_no_guard_hint.to_owned()],
        };
    };
    let values = [
        ("acceptance", format::share(guard.acceptance)),
        ("score", guard.score.clone()),
    ];
    Tile {
        key: "guard",
        name: text().figures_guard,
        value: evaluation
            .guard_acceptance
            .map_or_else(|| text().none_measured.to_owned(), format::measured),
        hints: vec![fill(text().figures_guard_kind, &values)],
    }
}

fn fallbacks(evaluation: &SetEvaluation) -> Option<String> {
    let pictures = evaluation.ensemble.as_ref()?.pictures?;
    let values = [
        ("count", evaluation.fallbacks?.to_string()),
        ("pictures", pictures.to_string()),
    ];
    Some(fill(text().figures_fallbacks.form(pictures), &values))
}

fn with_interval(template: &str, [low, high]: [f64; 2], others: &[(&str, String)]) -> String {
    let mut values = others.to_vec();
    values.extend([
        ("low", format::measured(low)),
        ("high", format::measured(high)),
    ]);
    fill(template, &values)
}
