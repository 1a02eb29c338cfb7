//! The pictures that come with the page: a few drawings of each label, and some that show no skin.

use leptos::prelude::*;

use super::thumbnail::Thumbnail;
use crate::samples::Sample;
use crate::state::AppState;
use crate::text::{fill, kind_name, text};

/// The gallery; absent where the page comes without any.
#[component]
pub fn Samples() -> impl IntoView {
    let state = AppState::get();
    let any = move || {
        state
            .samples
            .with(|samples| !(samples.drawings.is_empty() && samples.not_skin.is_empty()))
    };
    let groups = move || state.samples.with(|samples| samples.by_label());
    let drawings = move || {
        groups()
            .into_iter()
            .map(|(key, samples)| view! { <LabelGroup key samples /> })
            .collect_view()
    };
    view! {
        <Show when=any>
            <div class="samples" data-testid="samples">
                <h3>{move || text().samples}</h3>
                <p class="hint">
                    {move || if state.own.is_in_use() { text().own_samples_note } else { text().samples_note }}
                </p>
                <div class="sample-groups">{drawings} <NotSkin /></div>
            </div>
        </Show>
    }
}

/// The drawings of one label.
#[component]
fn LabelGroup(key: String, samples: Vec<(usize, Sample)>) -> impl IntoView {
    let state = AppState::get();
    let title_id = format!("samples-{key}");
    let title_key = key.clone();
    let items = samples
        .into_iter()
        .enumerate()
        .map(|(number, (place, sample))| {
            let key = key.clone();
            let kind = sample.set.clone().filter(|_| several(state));
            let words = Signal::derive(move || {
                let values = [
                    ("label", state.label_name(&key)),
                    ("number", (number + 1).to_string()),
                    ("kind", kind.as_deref().map(kind_name).unwrap_or_default()),
                ];
                let template = match kind {
                    Some(_) => text().sample_label_kind,
                    None => text().sample_label,
                };
                fill(template, &values)
            });
            view! {
                <li>
                    <Thumbnail sample words test_id=format!("sample-{place}") lazy=true />
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="sample-group">
            <h4 id=title_id.clone()>{move || state.label_name(&title_key)}</h4>
            <ul aria-labelledby=title_id>{items}</ul>
        </div>
    }
}

/// Whether it is worth saying which kind of photograph a drawing is.
fn several(state: AppState) -> bool {
    untrack(|| {
        state.samples.with(|samples| {
            let mut sets = samples.drawings.iter().map(|sample| &sample.set);
            let first = sets.next();
            sets.any(|set| Some(set) != first)
        })
    })
}

/// The pictures that show no skin.
#[component]
fn NotSkin() -> impl IntoView {
    let state = AppState::get();
    let samples = move || state.samples.with(|samples| samples.not_skin.clone());
    let items = move || {
        samples()
            .into_iter()
            .enumerate()
            .map(|(place, sample)| {
                let number = (place + 1).to_string();
                let words = Signal::derive(move || {
                    fill(text().sample_label_not_skin, &[("number", &number)])
                });
                view! {
                    <li>
                        <Thumbnail sample words test_id=format!("not-skin-{place}") lazy=true />
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <Show when=move || !samples().is_empty()>
            <div class="sample-group wide">
                <h4 id="samples-not-skin">{move || text().samples_not_skin}</h4>
                <ul aria-labelledby="samples-not-skin">{items}</ul>
            </div>
        </Show>
    }
}
