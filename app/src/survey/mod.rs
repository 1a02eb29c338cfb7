//! The reader mode: a survey of photographs that a person answers and the model answers too, each without seeing the other.
//!
//! [`row`] is one photograph of it, [`built_in`] a survey of the page's own drawings, [`bundle`] one from a file,
//! [`overlap`] compares a drawn region with a map, [`tally`] counts, [`stored`] is what is kept for going on after a reload.
//! Surveys, answer sheets and statistics are those of `genoderm-study`. What happens when is in [`crate::session`].

pub mod built_in;
pub mod bundle;
pub mod overlap;
pub mod row;
pub mod stored;
pub mod tally;

use std::sync::Arc;

use genoderm_protocol::SetAnswer;
use genoderm_study::{Group, Reader, Survey, Surveys};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use web_sys::Blob;

use bundle::SurveyFiles;
use row::{Row, Turn};
use stored::Stored;

/// How far the mode has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No survey: the page is as ever.
    Closed,
    /// The teacher chooses survey and settings.
    SettingUp,
    /// Photographs and model are fetched; no photograph is open yet.
    Preparing,
    /// The reader answers.
    Asking,
    /// All answers are given, and compared with the model's.
    Finished,
}

/// When the reader sees the model's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feedback {
    /// When all photographs are answered.
    AtTheEnd,
    /// After the reader's own answer to each, which stands from then on.
    AfterEach,
}

/// Where a survey comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The page's own drawings.
    BuiltIn,
    /// A file of the teacher's.
    File,
}

/// All signals of the mode. Cheap to copy.
#[derive(Clone, Copy)]
pub struct SurveyMode {
    /// How far it has come.
    pub phase: RwSignal<Phase>,
    /// Where the survey comes from.
    pub source: RwSignal<Source>,
    /// The surveys of the file that was read last.
    pub filed: RwSignal<Option<Arc<Surveys>>>,
    /// That file.
    pub files: StoredValue<Option<SurveyFiles>, LocalStorage>,
    /// Whether a file is being read.
    pub reading: RwSignal<bool>,
    /// Which of its surveys is chosen.
    pub chosen: RwSignal<usize>,
    /// The reader's name or code.
    pub reader: RwSignal<String>,
    /// The reader's group.
    pub group: RwSignal<String>,
    /// When the model's answers are shown.
    pub feedback: RwSignal<Feedback>,
    /// Whether answers may be stored on this device.
    pub may_store: RwSignal<bool>,
    /// What an earlier visit stored.
    pub stored: RwSignal<Option<Stored>>,
    /// The surveys that the open one is of; `None` while none is open.
    pub surveys: RwSignal<Option<Arc<Surveys>>>,
    /// One row for each photograph of the open survey.
    pub rows: RwSignal<Vec<Row>>,
    /// Their files, in the same order.
    pub pictures: StoredValue<Vec<Blob>, LocalStorage>,
    /// Which photograph is shown.
    pub place: RwSignal<usize>,
    /// Whether all was answered at an earlier visit.
    pub resumes_finished: StoredValue<bool>,
    /// Whether the model answers too.
    pub with_model: RwSignal<bool>,
    /// The photograph that the engine works on, with the model's answer once it is there.
    pub at_work: StoredValue<Option<(usize, Option<SetAnswer>)>>,
}

impl SurveyMode {
    /// No survey; what an earlier visit stored is read.
    pub fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Closed),
            source: RwSignal::new(Source::BuiltIn),
            filed: RwSignal::new(None),
            files: StoredValue::new_local(None),
            reading: RwSignal::new(false),
            chosen: RwSignal::new(0),
            reader: RwSignal::new(String::new()),
            group: RwSignal::new(String::new()),
            feedback: RwSignal::new(Feedback::AtTheEnd),
            may_store: RwSignal::new(false),
            stored: RwSignal::new(Stored::read()),
            surveys: RwSignal::new(None),
            rows: RwSignal::new(Vec::new()),
            pictures: StoredValue::new_local(Vec::new()),
            place: RwSignal::new(0),
            resumes_finished: StoredValue::new(false),
            with_model: RwSignal::new(true),
            at_work: StoredValue::new(None),
        }
    }

    /// Whether the mode has the page for itself.
    pub fn is_open(&self) -> bool {
        self.phase.get() != Phase::Closed
    }

    /// Whether photographs of a survey are shown. They count as open.
    pub fn holds_photographs(&self) -> bool {
        matches!(self.phase.get(), Phase::Asking | Phase::Finished)
    }

    /// The open survey's position among its surveys, and itself.
    pub fn survey(&self) -> Option<(usize, Survey)> {
        let index = match self.source.get() {
            Source::BuiltIn => 0,
            Source::File => self.chosen.get(),
        };
        self.surveys.with(|surveys| {
            let survey = surveys.as_ref()?.surveys.get(index)?;
            Some((index, survey.clone()))
        })
    }

    /// Who answers.
    pub fn who(&self) -> Reader {
        Reader {
            name: self.reader.get(),
            group: Group(self.group.get()),
        }
    }

    /// How many photographs are answered, of how many.
    pub fn answered(&self) -> (usize, usize) {
        self.rows.with(|rows| {
            let answered = rows.iter().filter(|row| row.answer.get().is_some());
            (answered.count(), rows.len())
        })
    }

    /// How many photographs the model has looked at, or cannot.
    pub fn settled(&self) -> usize {
        let settled = |row: &&Row| row.model.with(Turn::is_settled);
        self.rows.with(|rows| rows.iter().filter(settled).count())
    }
}
