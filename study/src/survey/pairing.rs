//! Test images in pairs: each panoramic one with the focused one of the same photograph.

use std::collections::{BTreeMap, BTreeSet};

use super::error::SurveyError;
use super::{Question, View};

/// A photograph in both views.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub focused: Question,
    pub panoramic: Question,
}

impl Pair {
    pub fn of(&self, view: View) -> &Question {
        match view {
            View::Focused => &self.focused,
            View::Panoramic => &self.panoramic,
        }
    }
}

/// The pairs of each label, in the order of their sources: independent of the order of the images.
///
/// # Errors
/// Every image that occurs twice, every source that has two labels, and every one that has not exactly one
/// image of each view.
pub(super) fn pairs(images: &[Question]) -> Result<BTreeMap<String, Vec<Pair>>, SurveyError> {
    let mut faults = Vec::new();
    let mut names = BTreeSet::new();
    let mut sources: BTreeMap<&str, Vec<&Question>> = BTreeMap::new();
    for image in images {
        if !names.insert(&image.image) {
            faults.push(format!("image `{}` occurs twice", image.image));
        }
        sources.entry(&image.source).or_default().push(image);
    }
    let mut pairs: BTreeMap<String, Vec<Pair>> = BTreeMap::new();
    for (source, images) in sources {
        let of = |view| {
            let mut found = images.iter().filter(move |image| image.view == view);
            (found.next(), found.count())
        };
        match (of(View::Focused), of(View::Panoramic)) {
            ((Some(focused), 0), (Some(panoramic), 0)) if focused.label == panoramic.label => {
                pairs.entry(focused.label.clone()).or_default().push(Pair {
                    focused: (*focused).clone(),
                    panoramic: (*panoramic).clone(),
                })
            }
            ((Some(one), 0), (Some(other), 0)) => faults.push(format!(
                "source `{source}`: its images have two labels, {} and {}",
                one.label, other.label
            )),
            _ => {
                let list: Vec<String> = images
                    .iter()
                    .map(|image| format!("{} ({})", image.image, image.view))
                    .collect();
                faults.push(format!(
                    "source `{source}` needs one focused and one panoramic image, and has {}",
                    list.join(", ")
                ));
            }
        }
    }
    if faults.is_empty() {
        Ok(pairs)
    } else {
        Err(SurveyError { faults })
    }
}
