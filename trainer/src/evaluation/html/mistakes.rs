//! The surest wrong answers, with the pixels that spoke for them.

use burn::tensor::Device;
use genoderm_model::attribution::Sign;
use maud::{Markup, html};

use crate::data::{Dataset, decode};
use crate::error::Result;
use crate::evaluation::html::data_uri::jpeg;
use crate::evaluation::{EvaluationDetails, Mistake};
use crate::explain::{ExplainPlan, explain_photo};
use crate::inference::Ensemble;

/// Longest side of pictures in the page, pixels.
const LONGEST_SIDE: u32 = 280;
/// Opacity of the strongest pixels of a map.
const OPACITY: f32 = 0.75;

/// A mistake's picture, alone and under the maps of both labels, as addresses of `img`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MistakePictures {
    /// The photograph.
    pub photo: String,
    /// The map of the label that was answered.
    pub answer_map: String,
    /// The map of the true label.
    pub label_map: String,
}

/// Draws the first `count` mistakes of the details; the plan's target is not used.
///
/// `progress` is called with mistakes done and in all.
///
/// # Errors
///
/// A picture that cannot be read, or a wrong number of steps.
pub fn draw_mistakes(
    ensemble: &Ensemble,
    dataset: &Dataset,
    details: &EvaluationDetails,
    count: usize,
    plan: &ExplainPlan,
    device: &Device,
    mut progress: impl FnMut(usize, usize),
) -> Result<Vec<MistakePictures>> {
    let mistakes = &details.mistakes[..count.min(details.mistakes.len())];
    let mut pictures = Vec::with_capacity(mistakes.len());
    for mistake in mistakes {
        progress(pictures.len(), mistakes.len());
        let photo = decode(&dataset.examples[mistake.index].file)?;
        let explain = |key: &str| {
            let target = ensemble.labels.index_of(key).unwrap_or_default();
            explain_photo(
                ensemble,
                photo.clone(),
                target,
                plan,
                device,
                &mut |_, _| {},
            )
        };
        let (answer, label) = (explain(&mistake.answer)?, explain(&mistake.label)?);
        pictures.push(MistakePictures {
            photo: jpeg(&answer.overlay(Sign::All, 0.0, LONGEST_SIDE)?)?,
            answer_map: jpeg(&answer.overlay(Sign::All, OPACITY, LONGEST_SIDE)?)?,
            label_map: jpeg(&label.overlay(Sign::All, OPACITY, LONGEST_SIDE)?)?,
        });
    }
    Ok(pictures)
}

pub(super) fn section(details: &EvaluationDetails, pictures: &[MistakePictures]) -> Markup {
    let wrong = details.mistakes.len();
    html! {
        section.mistakes {
            h2 { "Worst mistakes" }
            @if wrong == 0 {
                p { "No picture was answered wrongly." }
            } @else {
                p {
                    (wrong) " of " (details.report.ensemble.pictures) " pictures were answered wrongly."
                    @if !pictures.is_empty() {
                        " Below are those whose wrong answer was preferred most. In the maps red speaks for the label and blue against it (Integrated Gradients, mean of all folds)."
                    }
                }
            }
            @for (mistake, pictures) in details.mistakes.iter().zip(pictures) {
                (one(mistake, pictures))
            }
        }
    }
}

fn one(mistake: &Mistake, pictures: &MistakePictures) -> Markup {
    let percent = |value: f32| format!("{:.0}%", 100.0 * value);
    let picture = |address: &str, alt: String, caption: Markup| {
        html! {
            figure {
                img src=(address) alt=(alt);
                figcaption { (caption) }
            }
        }
    };
    html! {
        article {
            h3 {
                (mistake.label) " taken for " (mistake.answer)
            }
            p.hint {
                (mistake.image)
                @if mistake.fallback { "; no fold was sure" }
            }
            div.trio {
                (picture(&pictures.photo, format!("{}, a picture of {}", mistake.image, mistake.label),
                    html! { "the picture" }))
                (picture(&pictures.answer_map, format!("Map of what speaks for {}", mistake.answer),
                    html! { "answered: " strong { (mistake.answer) } " " (percent(mistake.answer_probability)) }))
                (picture(&pictures.label_map, format!("Map of what speaks for {}", mistake.label),
                    html! { "true: " strong { (mistake.label) } " " (percent(mistake.label_probability)) }))
            }
        }
    }
}
