//! What is kept of a survey for going on after a reload, where the reader allows it: answers, regions and settings.
//! Photographs are not among it. It lies beside the page's settings, and is listed and cleared with them.

use genoderm_study::{Reader, Survey};
use serde::{Deserialize, Serialize};

use super::{Feedback, Source};
use crate::region::Region;
use crate::settings;

/// The setting that it is.
pub const SETTING: &str = "survey";
/// Raised when the format changes. What another version wrote is left alone.
const VERSION: u32 = 1;

/// What is kept of one photograph.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoredRow {
    /// The image, as the survey names it.
    pub image: String,
    /// The label that was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The drawn region: left, top, width, height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<[f64; 4]>,
    /// Whether the truth was shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shown: bool,
}

/// A survey that was begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    version: u32,
    /// The survey's name.
    pub survey: String,
    /// Whether it is the page's own.
    pub built_in: bool,
    /// Who answers.
    pub reader: Reader,
    /// When the model's answers are shown.
    pub feedback: Feedback,
    /// Which photograph was shown last.
    pub place: usize,
    /// Whether all was answered.
    pub finished: bool,
    /// Every photograph in the survey's order.
    pub rows: Vec<StoredRow>,
}

impl Stored {
    /// A survey as it stands.
    pub fn new(
        survey: &Survey,
        source: Source,
        reader: Reader,
        feedback: Feedback,
        rows: Vec<StoredRow>,
    ) -> Self {
        Self {
            version: VERSION,
            survey: survey.name.clone(),
            built_in: source == Source::BuiltIn,
            reader,
            feedback,
            place: 0,
            finished: false,
            rows,
        }
    }

    /// What is kept on this device.
    pub fn read() -> Option<Self> {
        Self::from_json(&settings::read(SETTING)?)
    }

    fn from_json(json: &str) -> Option<Self> {
        let stored: Self = serde_json::from_str(json).ok()?;
        (stored.version == VERSION).then_some(stored)
    }

    /// Keeps it on this device.
    pub fn write(&self) {
        if let Ok(json) = serde_json::to_string(self) {
            settings::write(SETTING, &json);
        }
    }

    /// Nothing is kept any more.
    pub fn forget() {
        settings::remove(SETTING);
    }

    /// Whether it is of this survey: the same photographs in the same order.
    pub fn is_of(&self, survey: &Survey, source: Source) -> bool {
        let images = survey.questions.iter().map(|question| &question.image);
        self.survey == survey.name
            && self.built_in == (source == Source::BuiltIn)
            && images.eq(self.rows.iter().map(|row| &row.image))
    }

    /// How many photographs are answered, of how many.
    pub fn answered(&self) -> (usize, usize) {
        let answered = self.rows.iter().filter(|row| row.answer.is_some());
        (answered.count(), self.rows.len())
    }
}

impl StoredRow {
    /// The drawn region, inside the photograph whatever the numbers say.
    pub fn region(&self) -> Option<Region> {
        let [left, top, width, height] = self.region?;
        let region = Region {
            left,
            top,
            width,
            height,
        };
        Some(region.inside())
    }

    /// A region as it is kept.
    pub fn sides(region: Region) -> [f64; 4] {
        // Finer than any screen.
        [region.left, region.top, region.width, region.height]
            .map(|side| (side * 1e5).round() / 1e5)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::samples::{Sample, Truth};
    use crate::survey::built_in;
    use genoderm_study::Group;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn survey() -> Survey {
        let sample = |file: &str, label: &str| Sample {
            file: file.into(),
            set: None,
            truth: Truth::Label(label.into()),
            mask: None,
        };
        let drawings = [sample("a.jpg", "NF1"), sample("b.jpg", "TSC")];
        built_in::surveys(&drawings).surveys.remove(0)
    }

    fn stored() -> Stored {
        let rows = survey().questions.into_iter().map(|question| StoredRow {
            image: question.image,
            answer: Some("NF1".into()),
            region: Some([0.5, 0.5, 0.9, f64::MAX]),
            shown: false,
        });
        let reader = Reader {
            name: "R1".into(),
            group: Group("students".into()),
        };
        let rows = rows.collect();
        Stored::new(
            &survey(),
            Source::BuiltIn,
            reader,
            Feedback::AfterEach,
            rows,
        )
    }

    #[test]
    fn what_is_kept_is_read_again_and_stays_in_the_photograph() {
        let json = serde_json::to_string(&stored()).unwrap();
        let read = Stored::from_json(&json).unwrap();
        assert_eq!(read, stored());
        let region = read.rows[0].region().unwrap();
        assert!(region.left + region.width <= 1.0 && region.top + region.height <= 1.0);
        let newer = json.replace("\"version\":1", "\"version\":2");
        assert!(Stored::from_json(&newer).is_none());
        assert!(Stored::from_json("{").is_none());
    }

    #[test]
    fn answers_go_back_only_into_the_survey_that_they_are_of() {
        assert!(stored().is_of(&survey(), Source::BuiltIn));
        assert!(!stored().is_of(&survey(), Source::File));
        let mut other = survey();
        other.questions.reverse();
        assert!(!stored().is_of(&other, Source::BuiltIn));
        other.questions.pop();
        assert!(!stored().is_of(&other, Source::BuiltIn));
    }
}
