//! The survey that comes with the page: its own drawings, in an order that does not tell the answers.

use genoderm_study::{Question, Survey, Surveys, View};

use crate::samples::{Sample, Truth};

/// Its name in tables of answers. Part of the format: it is not translated.
pub const NAME: &str = "samples";

/// The survey of these drawings; labels are in the order of their first drawing.
pub fn surveys(drawings: &[Sample]) -> Surveys {
    let mut labels: Vec<String> = Vec::new();
    let mut questions = Vec::new();
    for sample in drawings {
        let Truth::Label(label) = &sample.truth else {
            continue;
        };
        if !labels.contains(label) {
            labels.push(label.clone());
        }
        questions.push(Question {
            image: sample.file.clone(),
            label: label.clone(),
            view: match sample.set.as_deref() {
                Some(crate::state::PANORAMIC) => View::Panoramic,
                _ => View::Focused,
            },
            source: sample.file.clone(),
        });
    }
    questions.sort_by_key(|question| (mixed(&question.image), question.image.clone()));
    Surveys {
        labels,
        surveys: vec![Survey {
            name: NAME.to_owned(),
            set: 1,
            questions,
        }],
    }
}

/// A number that says nothing about a name, the same on every device: FNV-1a, whose last letters are stirred once more since
/// names differ in them.
fn mixed(name: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn drawings() -> Vec<Sample> {
        let labels = ["EverythingElse", "HMI", "IP", "MA", "ML", "NF1", "TSC"];
        let kinds = ["focused", "focused", "panoramic"];
        let numbered = labels.iter().flat_map(|label| {
            kinds.iter().enumerate().map(move |(number, kind)| Sample {
                file: format!("{kind}-{label}-{number:04}.jpg"),
                set: Some((*kind).to_owned()),
                truth: Truth::Label((*label).to_owned()),
                mask: None,
            })
        });
        numbered.collect()
    }

    #[test]
    fn every_drawing_is_asked_once_and_the_survey_is_sound() {
        let mut with_other = drawings();
        with_other.push(Sample {
            file: "not-skin.jpg".into(),
            set: None,
            truth: Truth::NotSkin,
            mask: None,
        });
        let surveys = surveys(&with_other);
        surveys.check().unwrap();
        assert_eq!(surveys.labels.len(), 7);
        let questions = &surveys.surveys[0].questions;
        assert_eq!(questions.len(), 21);
        let panoramic = |question: &&Question| question.view == View::Panoramic;
        assert_eq!(questions.iter().filter(panoramic).count(), 7);
    }

    #[test]
    fn the_order_does_not_tell_the_answers() {
        let questions = surveys(&drawings()).surveys.remove(0).questions;
        let repeats = questions
            .windows(2)
            .filter(|pair| pair[0].label == pair[1].label)
            .count();
        assert!(repeats <= 5, "{repeats} neighbours of one label");
        let again = surveys(&drawings()).surveys.remove(0).questions;
        assert_eq!(questions, again);
    }
}
