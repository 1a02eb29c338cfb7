//! The report of one photograph as JSON: what was asked of which model, on what, and what it said.
//!
//! It holds nothing of the photograph's file: no name, no date, no size, no pixel. The reader's own note is the only
//! text that is not the page's.

use genoderm_protocol::{EngineInfo, Explanation, SetAnswer, Timings};
use serde::Serialize;

use crate::manifest::BundleFile;

/// Raised when a field changes its name or meaning.
const FORMAT_VERSION: u32 = 1;

/// The whole report.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    format: &'static str,
    format_version: u32,
    /// When the report was made, in UTC (ISO 8601).
    pub created: String,
    /// The page's name and version.
    software: Software,
    /// What the answer must not be used for.
    pub status: String,
    /// The model.
    pub model: ReportedModel,
    /// What it was computed on.
    pub engine: EngineInfo,
    /// What the model said.
    pub answer: ReportedAnswer,
    /// What the bundle's other sets of networks said, where they were asked too.
    pub further_answers: Vec<ReportedAnswer>,
    /// The map on screen, if there is one.
    pub explanation: Option<ReportedExplanation>,
    /// What the reader wrote, if anything.
    pub note: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Software {
    name: &'static str,
    version: &'static str,
}

/// Which model it was, to the byte.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedModel {
    /// Its name.
    pub name: String,
    /// Whether it is the reader's own, and not the page's.
    pub own: bool,
    /// The version of the bundle's format.
    pub format_version: u32,
    /// Its own warning.
    pub notice: String,
    /// The networks' architecture.
    pub architecture: String,
    /// The side of their input, in pixels.
    pub input_size: u32,
    /// How the weights are stored.
    pub encoding: String,
    /// Their licence.
    pub licence: String,
    /// Keys of the labels, in the order of the folds' numbers.
    pub labels: Vec<String>,
    /// The bundle's files with their checksums, against which the engine checked what it loaded.
    pub files: Vec<BundleFile>,
}

/// What the model said, by which rule, and when.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedAnswer {
    /// When the answer was there, in UTC (ISO 8601).
    pub classified: String,
    /// A network votes when its largest probability is at least this.
    pub threshold: f32,
    /// Logits are divided by this before they become probabilities.
    pub temperature: f64,
    /// Whether networks of the set were missing, so that there is neither prediction set nor guard.
    pub preliminary: bool,
    /// The answer itself: set, region of the photograph, ranking, folds, prediction set, guard.
    #[serde(flatten)]
    pub answer: SetAnswer,
    /// Where the time went, for all sets together.
    pub timings: Timings,
}

/// A map: how it was computed, how far it can be trusted, and how it was shown.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedExplanation {
    /// Settings and bookkeeping of the computation.
    #[serde(flatten)]
    pub explanation: Explanation,
    /// How the map was shown.
    pub shown: Shown,
}

/// How a map is shown.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Opacity of the map in percent.
    pub opacity: u32,
    /// Whether only evidence for the label is shown.
    pub positive_only: bool,
    /// Whether the photograph is grey beneath it.
    pub grey: bool,
}

impl Report {
    /// A report; a note of blanks is none.
    pub fn new(
        created: String,
        status: String,
        model: ReportedModel,
        engine: EngineInfo,
        (answer, further_answers): (ReportedAnswer, Vec<ReportedAnswer>),
        explanation: Option<ReportedExplanation>,
        note: &str,
    ) -> Self {
        let note = note.trim();
        Self {
            format: "genoderm-report",
            format_version: FORMAT_VERSION,
            created,
            software: Software {
                name: "Genoderm",
                version: env!("CARGO_PKG_VERSION"),
            },
            status,
            model,
            engine,
            answer,
            further_answers,
            explanation,
            note: (!note.is_empty()).then(|| note.to_owned()),
        }
    }

    /// The report as it is saved.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no report of ours is.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }
}
