//! Two maps side by side: one that the reader holds, and the one that is shown.
//!
//! The held map survives a change of label, method, photograph, model and engine. It is in memory only, and while it is held
//! its photograph counts as open.

use genoderm_protocol::{Explanation, Region};
use leptos::prelude::*;

use crate::agreement::{Agreement, MapOnPhotograph};
use crate::cases::record::KeptModel;
use crate::crop::View;
use crate::overlay::Heat;
use crate::state::Photo;

/// A finished map, the photograph that it lies on, and what was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedMap {
    /// The photograph. A held one has an address of its own, which outlives that of the open one.
    pub photo: Photo,
    /// The address that the photograph had when it was opened, by which it is known again.
    pub opening: String,
    /// The photograph's width by its height.
    pub shape: f64,
    /// The map.
    pub heat: Heat,
    /// How it was computed.
    pub explanation: Explanation,
    /// The part of the photograph that it covers; `None` for all of it.
    pub region: Option<Region>,
    /// The answer that it explains.
    pub answer: ComparedAnswer,
    /// The label's name in the model's own words, for labels that the page knows nothing of.
    pub label: String,
    /// The model.
    pub model: Option<KeptModel>,
}

/// What a set of networks said about the label of a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComparedAnswer {
    /// The label's probability, 0 to 1; `None` where the guard does not take the photograph for skin.
    pub probability: Option<f32>,
    /// Whether a network was sure enough to vote.
    pub sure: bool,
    /// Whether networks are missing from it.
    pub preliminary: bool,
}

impl ComparedMap {
    /// Whether both lie on the same photograph: the same opening of a file, or the same of the page's own pictures.
    pub fn is_of_same_photo(&self, other: &Self) -> bool {
        let sample = self.photo.sample.is_some() && self.photo.sample == other.photo.sample;
        sample || self.opening == other.opening
    }

    /// Whether both are the same map: everything that it is computed from is the same.
    pub fn is_same_map(&self, other: &Self) -> bool {
        self.is_of_same_photo(other)
            && self.explanation.settings == other.explanation.settings
            && self.region == other.region
            && self.model == other.model
    }

    /// Everything that is said of it and drawn, in a few words: a list of maps builds anew what has another.
    pub fn identity(&self) -> String {
        let computed = (&self.explanation.settings, self.explanation.total_ms);
        let seen = (&self.photo.preview, self.shape, self.region);
        format!("{seen:?} {computed:?} {:?}", self.answer)
    }

    /// How far both agree.
    pub fn agreement(&self, other: &Self) -> Agreement {
        if !self.is_of_same_photo(other) {
            return Agreement::OtherPhotograph;
        }
        let [one, two] = [self, other].map(|map| MapOnPhotograph {
            heat: &map.heat,
            region: map.region,
        });
        let agreement = one.agreement(&two, self.shape);
        agreement.map_or(Agreement::Unknown, Agreement::Of)
    }
}

/// Signals of the comparison. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Compare {
    /// The held map.
    pub held: RwSignal<Option<ComparedMap>>,
    /// Whether the held map stands at the right.
    pub swapped: RwSignal<bool>,
    /// The part of both photographs that is seen, in fractions of each.
    pub view: RwSignal<View>,
}

impl Compare {
    /// Nothing is held.
    pub fn new() -> Self {
        Self {
            held: RwSignal::new(None),
            swapped: RwSignal::new(false),
            view: RwSignal::new(View::WHOLE),
        }
    }

    /// Whether a map is held.
    pub fn is_held(&self) -> bool {
        self.held.with(Option::is_some)
    }
}

#[cfg(test)]
mod tests {
    use genoderm_protocol::ExplainSettings;

    use super::*;
    use crate::samples::{Sample, Truth};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn map(opening: &str, target: &str, values: [f32; 2]) -> ComparedMap {
        let photo = Photo {
            name: "a.jpg".into(),
            preview: format!("held {opening}"),
            sample: None,
        };
        ComparedMap {
            photo,
            opening: opening.into(),
            shape: 1.0,
            heat: Heat::new(2, 1, values.into()).unwrap_or_default(),
            explanation: Explanation {
                settings: ExplainSettings::new("focused", target),
                width: 2,
                height: 1,
                scale: 1.0,
                folds: Vec::new(),
                logit: 0.0,
                completeness_gap: None,
                total_ms: 0.0,
            },
            region: None,
            answer: ComparedAnswer {
                probability: None,
                sure: true,
                preliminary: false,
            },
            label: target.into(),
            model: None,
        }
    }

    #[test]
    fn only_maps_of_one_photograph_agree_or_not() {
        let one = map("1", "NF1", [0.0, 1.0]);
        let other = map("1", "TSC", [1.0, 0.0]);
        assert_eq!(one.agreement(&other), Agreement::Of(-1.0));
        let elsewhere = map("2", "NF1", [0.0, 1.0]);
        assert_eq!(one.agreement(&elsewhere), Agreement::OtherPhotograph);
    }

    #[test]
    fn a_map_is_known_again_by_what_it_was_computed_from() {
        let one = map("1", "NF1", [0.0, 1.0]);
        assert!(one.is_same_map(&map("1", "NF1", [0.5, 1.0])));
        assert!(!one.is_same_map(&map("1", "TSC", [0.0, 1.0])));
        assert!(!one.is_same_map(&map("2", "NF1", [0.0, 1.0])));
    }

    #[test]
    fn a_sample_is_the_same_photograph_however_often_it_is_opened() {
        let sample = Sample {
            file: "1.jpg".into(),
            set: None,
            truth: Truth::NotSkin,
            mask: None,
        };
        let [mut one, mut other] = ["1", "2"].map(|opening| map(opening, "NF1", [0.0, 1.0]));
        one.photo.sample = Some(sample.clone());
        assert!(!one.is_of_same_photo(&other));
        other.photo.sample = Some(sample);
        assert!(one.is_of_same_photo(&other));
    }
}
