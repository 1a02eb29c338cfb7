//! The pictures that come with the page, as `samples/samples.json` lists them, and what each is known to show.

use serde::Deserialize;

/// Where the list lies, relative to the page; the pictures lie beside it.
pub const ADDRESS: &str = "./samples/samples.json";

/// What a picture is known to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It was drawn for the label of this key.
    Label(String),
    /// It shows no skin.
    NotSkin,
}

/// A picture that comes with the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// File name in the folder of samples.
    pub file: String,
    /// The set of networks that it was drawn for; `None` leaves it to the reader.
    pub set: Option<String>,
    /// What it shows.
    pub truth: Truth,
    /// File name of its lesion mask, which is white where the lesion was drawn.
    pub mask: Option<String>,
}

impl Sample {
    /// The address of a file in the folder of samples.
    pub fn address(file: &str) -> String {
        format!("./samples/{file}")
    }
}

/// A test picture that the ensemble answers wrongly.
#[derive(Clone, Debug, PartialEq)]
pub struct FailureCase {
    /// The picture.
    pub sample: Sample,
    /// The key of the label that it was answered with.
    pub answered: String,
    /// How probable that label was held, 0 to 1.
    pub probability: f32,
}

/// Everything in the list.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "List")]
pub struct Samples {
    /// Drawings of the labels.
    pub drawings: Vec<Sample>,
    /// Pictures that show no skin.
    pub not_skin: Vec<Sample>,
    /// Mistakes, for the model card.
    pub failures: Vec<FailureCase>,
}

impl Samples {
    /// The drawings of each label with their places in the list; labels in the order of their first drawing.
    pub fn by_label(&self) -> Vec<(String, Vec<(usize, Sample)>)> {
        let mut groups: Vec<(String, Vec<(usize, Sample)>)> = Vec::new();
        for (place, sample) in self.drawings.iter().enumerate() {
            let Truth::Label(key) = &sample.truth else {
                continue;
            };
            let entry = (place, sample.clone());
            match groups.iter_mut().find(|(label, _)| label == key) {
                Some((_, group)) => group.push(entry),
                None => groups.push((key.clone(), vec![entry])),
            }
        }
        groups
    }
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    samples: Vec<Drawing>,
    #[serde(default)]
    not_skin: Vec<NotSkin>,
    #[serde(default)]
    failures: Vec<Mistake>,
}

#[derive(Deserialize)]
struct Drawing {
    file: String,
    #[serde(default)]
    set: Option<String>,
    label: String,
    #[serde(default)]
    mask: Option<String>,
}

#[derive(Deserialize)]
struct NotSkin {
    file: String,
}

#[derive(Deserialize)]
struct Mistake {
    #[serde(flatten)]
    drawing: Drawing,
    answered: String,
    probability: f32,
}

impl From<Drawing> for Sample {
    fn from(drawing: Drawing) -> Self {
        Self {
            file: drawing.file,
            set: drawing.set,
            truth: Truth::Label(drawing.label),
            mask: drawing.mask,
        }
    }
}

impl From<List> for Samples {
    fn from(list: List) -> Self {
        let not_skin = list.not_skin.into_iter().map(|NotSkin { file }| Sample {
            file,
            set: None,
            truth: Truth::NotSkin,
            mask: None,
        });
        let failures = list.failures.into_iter().map(|mistake| FailureCase {
            sample: mistake.drawing.into(),
            answered: mistake.answered,
            probability: mistake.probability,
        });
        Self {
            not_skin: not_skin.collect(),
            failures: failures.collect(),
            drawings: list.samples.into_iter().map(Sample::from).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const LIST: &str = r#"{
        "samples": [
            {"file": "a.jpg", "set": "focused", "label": "NF1", "mask": "a.mask.png"},
            {"file": "b.jpg", "set": "focused", "label": "EverythingElse"},
            {"file": "c.jpg", "set": "panoramic", "label": "NF1"}],
        "not_skin": [{"file": "d.jpg"}],
        "failures": [{"file": "e.jpg", "set": "panoramic", "label": "MA", "answered": "NF1", "probability": 0.81}]}"#;

    #[test]
    fn every_kind_of_picture_is_read_with_its_truth() {
        let samples: Samples = serde_json::from_str(LIST).unwrap();
        assert_eq!(samples.drawings[0].mask.as_deref(), Some("a.mask.png"));
        assert_eq!(samples.drawings[1].mask, None);
        assert_eq!(samples.not_skin[0].truth, Truth::NotSkin);
        let failure = &samples.failures[0];
        assert_eq!(failure.sample.truth, Truth::Label("MA".into()));
        assert_eq!(failure.sample.set.as_deref(), Some("panoramic"));
        assert_eq!(
            (failure.answered.as_str(), failure.probability),
            ("NF1", 0.81)
        );
    }

    #[test]
    fn drawings_of_a_label_stand_together_and_keep_their_places() {
        let samples: Samples = serde_json::from_str(LIST).unwrap();
        let groups = samples.by_label();
        let places = |group: &[(usize, Sample)]| group.iter().map(|(place, _)| *place).collect();
        let found: Vec<(&str, Vec<usize>)> = groups
            .iter()
            .map(|(label, group)| (label.as_str(), places(group)))
            .collect();
        assert_eq!(found, [("NF1", vec![0, 2]), ("EverythingElse", vec![1])]);
    }

    #[test]
    fn lists_may_be_missing() {
        let samples: Samples = serde_json::from_str("{}").unwrap();
        assert_eq!(samples, Samples::default());
    }
}
