//! What the reader may choose about the next map: method, steps, comparison picture, networks.

use genoderm_protocol::{Baseline, Method};
use leptos::prelude::*;

use crate::state::AppState;
use crate::text::{baseline_name, fill, method_hint, method_name, text};

/// Numbers of steps on offer; the first is for a quick look, 75 is the paper's.
const STEPS: [usize; 6] = [10, 25, 50, 75, 150, 300];

/// The choices, folded away until they are wanted.
#[component]
pub fn MapSettings() -> impl IntoView {
    let state = AppState::get();
    let method = state.map_choice.method;
    let has_steps = move || {
        matches!(
            method.get(),
            Method::IntegratedGradients | Method::SmoothGrad
        )
    };
    view! {
        <details class="settings" data-testid="explain-settings">
            <summary>{text().explain_options}</summary>
            <div class="fields">
                <MethodField />
                <Show when=has_steps>
                    <StepsField />
                </Show>
                <Show when=move || method.get() != Method::GradCam>
                    <BaselineField />
                </Show>
                <NetworksField />
            </div>
            <p class="hint" id="method-hint">
                {move || method_hint(method.get())}
            </p>
            <Show when=has_steps>
                <p class="hint" id="steps-hint">
                    {text().steps_hint}
                </p>
            </Show>
        </details>
    }
}

/// The method.
#[component]
pub fn MethodField() -> impl IntoView {
    let state = AppState::get();
    let method = state.map_choice.method;
    // The index stands for the method, whose words depend on the language.
    let options = Method::ALL.into_iter().enumerate().map(|(index, known)| {
        view! {
            <option value=index.to_string() prop:selected=move || method.get() == known>
                {method_name(known)}
            </option>
        }
    });
    let pick = move |event| {
        let index: Option<usize> = event_target_value(&event).parse().ok();
        if let Some(picked) = index.and_then(|index| Method::ALL.get(index)) {
            method.set(*picked);
            // SmoothGrad walks many paths: fewer steps do for each.
            state.steps.set(picked.default_steps());
        }
    };
    view! {
        <div class="field">
            <label for="method">{text().method_label}</label>
            <select id="method" data-testid="method" aria-describedby="method-hint" on:change=pick>
                {options.collect_view()}
            </select>
        </div>
    }
}

#[component]
fn StepsField() -> impl IntoView {
    let state = AppState::get();
    let options = STEPS.map(|steps| {
        view! {
            <option value=steps.to_string() prop:selected=move || state.steps.get() == steps>
                {steps}
            </option>
        }
    });
    let pick = move |event| {
        if let Ok(steps) = event_target_value(&event).parse() {
            state.steps.set(steps);
        }
    };
    view! {
        <div class="field">
            <label for="steps">{text().steps_label}</label>
            <select id="steps" data-testid="steps" aria-describedby="steps-hint" on:change=pick>
                {options.collect_view()}
            </select>
        </div>
    }
}

#[component]
fn BaselineField() -> impl IntoView {
    let state = AppState::get();
    let options = Baseline::ALL.into_iter().enumerate().map(|(index, baseline)| {
        view! {
            <option value=index.to_string() prop:selected=move || state.baseline.get() == baseline>
                {baseline_name(baseline)}
            </option>
        }
    });
    let pick = move |event| {
        let index: Option<usize> = event_target_value(&event).parse().ok();
        if let Some(baseline) = index.and_then(|index| Baseline::ALL.get(index)) {
            state.baseline.set(*baseline);
        }
    };
    view! {
        <div class="field">
            <label for="baseline">{text().baseline_label}</label>
            <select id="baseline" data-testid="baseline" on:change=pick>
                {options.collect_view()}
            </select>
        </div>
    }
}

/// All networks of the set that answered, or one of them.
#[component]
fn NetworksField() -> impl IntoView {
    let state = AppState::get();
    let only = state.map_choice.only_fold;
    let folds = Memo::new(move |_| {
        let answer = state
            .answers()
            .into_iter()
            .max_by_key(|answer| answer.folds.len());
        let folds: Option<Vec<usize>> =
            answer.map(|answer| answer.folds.iter().map(|fold| fold.fold).collect());
        folds.unwrap_or_default()
    });
    let options = move || {
        folds
            .get()
            .into_iter()
            .map(|fold| {
                let words = fill(text().folds_one, &[("number", &(fold + 1).to_string())]);
                view! {
                    <option value=fold.to_string() prop:selected=move || only.get() == Some(fold)>
                        {words}
                    </option>
                }
            })
            .collect_view()
    };
    let pick = move |event| only.set(event_target_value(&event).parse().ok());
    view! {
        <Show when=move || folds.with(|folds| folds.len() > 1)>
            <div class="field">
                <label for="only-network">{text().folds_label}</label>
                <select id="only-network" data-testid="only-network" on:change=pick>
                    <option value="" prop:selected=move || only.get().is_none()>
                        {text().folds_all}
                    </option>
                    {options}
                </select>
            </div>
        </Show>
    }
}
