//! The explanation of a label: progress, the controls of the map, and how far it can be trusted.

use genoderm_protocol::Explanation;
use leptos::prelude::*;

use super::compare::HoldButton;
use super::focus::{EXPLANATION, focus_later};
use super::kind::with_kind;
use super::map_settings::MapSettings;
use super::path::PathPanel;
use super::progress::LabelProgress;
use super::region::RegionScore;
use crate::format;
use crate::overlay::Palette;
use crate::state::{Answer, AppState, Map};
use crate::text::{fill, how_computed, text};

/// A gap below this share of the score's change is good.
const GOOD_GAP: f32 = 0.05;
/// A gap above this share of the score's change makes the map worthless.
const POOR_GAP: f32 = 0.25;
/// A share of a change smaller than this, in logits, says nothing: the gap is measured against this then.
const LEAST_CHANGE: f32 = 0.5;

/// The part below the photograph; there once a photograph is classified.
#[component]
pub fn ExplanationPanel() -> impl IntoView {
    let state = AppState::get();
    let classified = move || matches!(state.answer.get(), Answer::Done(_));
    view! {
        <Show when=classified>
            <div class="explanation-panel" id=EXPLANATION tabindex="-1">
                <h3>{text().explain_title}</h3>
                {move || match state.map.get() {
                    Map::None => view! { <p class="hint">{text().explain_intro}</p> }.into_any(),
                    Map::Running(key, _) => view! { <Running key /> }.into_any(),
                    Map::Done(explanation) => view! { <Finished explanation /> }.into_any(),
                }}
                <MapSettings />
                <p class="note">{text().explain_note}</p>
                <PathPanel />
            </div>
        </Show>
    }
}

#[component]
fn Running(key: String) -> impl IntoView {
    let state = AppState::get();
    let name = untrack(|| state.label_name(&key));
    let progress = move || match state.map.get() {
        Map::Running(_, progress) => progress,
        _ => None,
    };
    let cancel = move || {
        state.cancel_explanation();
        focus_later(EXPLANATION);
    };
    view! {
        <LabelProgress
            name="explain"
            label=name
            begun=text().explaining
            going_on=text().explain_progress
            progress
            on_cancel=cancel
        />
    }
}

#[component]
fn Finished(explanation: Explanation) -> impl IntoView {
    let state = AppState::get();
    let key = explanation.settings.target.clone();
    let name = untrack(|| state.label_name(&key));
    let title = fill(text().explain_shown, &[("label", &name)]);
    let set = explanation.settings.set.clone();
    let several = untrack(|| state.answers().len() > 1);
    let title = with_kind(title, &set, several);
    let remove = move |_| {
        state.remove_map();
        focus_later(EXPLANATION);
    };
    let steps = explanation.settings.steps.to_string();
    let baseline = format!("{:?}", explanation.settings.baseline).to_lowercase();
    let method = format!("{:?}", explanation.settings.method).to_lowercase();
    let folds = explanation.folds.len().to_string();
    view! {
        <div
            data-testid="explanation"
            data-label=key
            data-set=set
            data-steps=steps
            data-baseline=baseline
            data-method=method
            data-folds=folds
        >
            <p class="map-title">
                <strong>{title}</strong>
                <button type="button" class="quiet" data-testid="hide-map" on:click=remove>
                    {text().hide_map}
                </button>
            </p>
            <p class="hint" data-testid="map-method">
                {how_computed(&explanation.settings)}
            </p>
            <Legend name=name.clone() />
            <MapControls />
            <RegionScore label=name />
            {explanation.completeness_gap.map(|gap| view! { <Gap gap explanation /> })}
            <HoldButton />
        </div>
    }
}

/// What the two colours of a map mean.
#[component]
pub(super) fn Legend(
    /// The name of the explained label.
    name: String,
) -> impl IntoView {
    let state = AppState::get();
    view! {
        <ul class="legend" data-palette=move || state.map_choice.palette.get().key()>
            <li>
                <span class="swatch legend-for" aria-hidden="true"></span>
                {fill(text().legend_for, &[("label", &name)])}
            </li>
            <Show when=move || !state.positive_only.get()>
                <li>
                    <span class="swatch legend-against" aria-hidden="true"></span>
                    {text().legend_against}
                </li>
            </Show>
        </ul>
    }
}

#[component]
fn MapControls() -> impl IntoView {
    let state = AppState::get();
    let set_opacity = move |event| {
        if let Ok(opacity) = event_target_value(&event).parse() {
            state.opacity.set(opacity);
        }
    };
    view! {
        <div class="map-controls">
            <label class="slider">
                <span>{text().opacity}</span>
                <input
                    type="range"
                    min="0"
                    max="100"
                    step="5"
                    data-testid="opacity"
                    prop:value=move || state.opacity.get().to_string()
                    on:input=set_opacity
                />
                <output aria-hidden="true">{move || format::whole(f64::from(state.opacity.get()) / 100.0)}</output>
            </label>
            <label class="check">
                <input type="checkbox" data-testid="positive-only" bind:checked=state.positive_only />
                {text().positive_only}
            </label>
            <label class="check">
                <input type="checkbox" data-testid="grey" bind:checked=state.grey />
                {text().grey}
            </label>
            <Colours />
        </div>
    }
}

/// Two pairs of colours.
#[component]
fn Colours() -> impl IntoView {
    let palette = AppState::get().map_choice.palette;
    let options = Palette::ALL.map(|known| {
        let words = match known {
            Palette::GreenPurple => text().colours_green,
            Palette::OrangeBlue => text().colours_orange,
        };
        view! {
            <option value=known.key() prop:selected=move || palette.get() == known>
                {words}
            </option>
        }
    });
    let pick = move |event| {
        let key = event_target_value(&event);
        let found = Palette::ALL.into_iter().find(|known| known.key() == key);
        palette.set(found.unwrap_or_default());
    };
    view! {
        <label class="field colours">
            <span>{text().colours_label}</span>
            <select data-testid="colours" on:change=pick>
                {options.collect_view()}
            </select>
        </label>
    }
}

#[component]
fn Gap(gap: f32, explanation: Explanation) -> impl IntoView {
    view! {
        <dl class="gap">
            <dt>{text().gap_label}</dt>
            <dd
                data-testid="completeness-gap"
                data-gap=gap.to_string()
                data-logit=explanation.logit.to_string()
            >
                {gap_words(gap, &explanation)}
            </dd>
        </dl>
        <p class="hint">{text().gap_meaning}</p>
    }
}

/// A gap and what it means, in words.
pub(super) fn gap_words(gap: f32, explanation: &Explanation) -> String {
    let change = mean_change(explanation);
    let values = [
        ("gap", format::signed(gap)),
        ("change", format::signed(change)),
    ];
    let value = fill(text().gap_value, &values);
    format!("{value}. {}", verdict(gap, change))
}

/// The mean over folds of the score's change from the baseline to the photograph, in logits.
fn mean_change(explanation: &Explanation) -> f32 {
    let folds = &explanation.folds;
    let sum: f32 = folds
        .iter()
        .filter_map(|fold| Some(fold.logit - fold.baseline_logit?))
        .sum();
    sum / folds.len().max(1) as f32
}

/// What a gap means, in words.
fn verdict(gap: f32, change: f32) -> &'static str {
    let share = gap.abs() / change.abs().max(LEAST_CHANGE);
    if share <= GOOD_GAP {
        text().gap_good
    } else if share <= POOR_GAP {
        text().gap_fair
    } else {
        // Also where the share is not a number.
        text().gap_poor
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_gap_is_judged_by_its_share_of_the_change() {
        assert_eq!(verdict(0.04, 1.0), text().gap_good);
        assert_eq!(verdict(0.2, -1.0), text().gap_fair);
        assert_eq!(verdict(0.2, 0.5), text().gap_poor);
        assert_eq!(verdict(f32::NAN, 1.0), text().gap_poor);
    }

    #[test]
    fn a_tiny_change_does_not_make_a_tiny_gap_look_large() {
        assert_eq!(verdict(0.02, 0.001), text().gap_good);
    }
}
