//! The label's score along the path, drawn and told.

use std::sync::Arc;

use leptos::prelude::*;

use crate::format;
use crate::path::{Curve, Walk};
use crate::state::AppState;
use crate::text::{fill, text};

/// The drawing with its legend, which says in words and numbers what the lines are.
#[component]
pub fn ScoreCurve(walk: Arc<Walk>, name: String) -> impl IntoView {
    let step = AppState::get().path.step;
    let curve = Curve::of(&walk);
    let (scores, sums) = (curve.score_line(&walk), curve.sum_line(&walk));
    let view_box = curve.view_box();
    let told = {
        let walk = walk.clone();
        Signal::derive(move || words(&walk, step.get()))
    };
    let title = fill(text().path_curve, &[("label", name)]);
    let summed = {
        let walk = walk.clone();
        move || {
            let reached = f64::from(walk.trace.baseline_logit) + walk.sum(step.get());
            let value = format::signed(reached as f32);
            fill(text().path_curve_sum, &[("value", value)])
        }
    };
    let place = Memo::new(move |_| curve.place(&walk, step.get()));
    let at = move |number: fn((f64, f64)) -> f64| move || format!("{:.2}", number(place.get()));
    view! {
        <figure class="path-curve">
            <figcaption id="path-curve-title">{title}</figcaption>
            <svg
                viewBox=view_box
                role="img"
                aria-labelledby="path-curve-title"
                aria-describedby="path-curve-words"
                data-testid="path-curve"
            >
                <line class="path-here" x1=at(|(x, _)| x) x2=at(|(x, _)| x) y1="0" y2="100%" />
                <polyline class="path-sums" points=sums />
                <polyline class="path-scores" points=scores />
                <circle class="path-dot" cx=at(|(x, _)| x) cy=at(|(_, y)| y) r="5" />
            </svg>
            <p class="path-ends hint" aria-hidden="true">
                <span>{text().path_start}</span>
                <span>{text().path_end}</span>
            </p>
            <ul class="path-key" id="path-curve-words">
                <li>
                    <span class="path-line" aria-hidden="true"></span>
                    {told}
                </li>
                <li>
                    <span class="path-line dashed" aria-hidden="true"></span>
                    {summed}
                </li>
            </ul>
        </figure>
    }
}

/// The score at both ends and at a step.
fn words(walk: &Walk, step: usize) -> String {
    let values = [
        ("start", format::signed(walk.trace.baseline_logit)),
        ("end", format::signed(walk.trace.logit)),
        ("value", format::signed(walk.logit(step))),
    ];
    fill(text().path_curve_score, &values)
}
