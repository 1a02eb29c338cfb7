//! One photograph of a survey: what is asked, what the reader says, and what the model says.

use std::sync::Arc;

use genoderm_protocol::SetAnswer;
use genoderm_study::Question;
use leptos::prelude::*;

use crate::lesion::Lesion;
use crate::overlay::Heat;
use crate::problem::Problem;
use crate::region::Region;

/// What the model says of a photograph.
#[derive(Debug)]
pub struct ModelReading {
    /// The answer of its networks.
    pub answer: SetAnswer,
    /// The position of the most probable of the survey's labels; `None` where it knows none of them.
    pub label: Option<usize>,
    /// The map of that label; `None` where there is none.
    pub heat: Option<Heat>,
}

/// How far the model has come with a photograph.
#[derive(Clone)]
pub enum Turn {
    /// Its turn has not come, or was taken back.
    Waiting,
    /// The engine works on it.
    Running,
    /// Answered.
    Done(Arc<ModelReading>),
    /// It cannot be answered.
    Failed(Problem),
}

impl Turn {
    /// Whether its turn is still to come.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting)
    }

    /// Whether nothing more will be said.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Failed(_))
    }
}

/// A photograph of a survey. What changes is in signals of its own.
#[derive(Clone)]
pub struct Row {
    /// What is asked.
    pub question: Question,
    /// The position of the true label.
    pub truth: usize,
    /// A `blob:` address of the photograph.
    pub preview: String,
    /// Where its lesion was drawn, if that is known.
    pub lesion: Option<Arc<Lesion>>,
    /// The position of the label that the reader chose; `None` for no answer.
    pub answer: ArcRwSignal<Option<usize>>,
    /// The region that the reader relied on.
    pub region: ArcRwSignal<Option<Region>>,
    /// Whether the reader was shown the truth: the answer stands from then on.
    pub shown: ArcRwSignal<bool>,
    /// What the model says.
    pub model: ArcRwSignal<Turn>,
}

impl Row {
    /// A photograph that nobody has looked at.
    pub fn new(
        question: Question,
        truth: usize,
        preview: String,
        lesion: Option<Arc<Lesion>>,
    ) -> Self {
        Self {
            question,
            truth,
            preview,
            lesion,
            answer: ArcRwSignal::new(None),
            region: ArcRwSignal::new(None),
            shown: ArcRwSignal::new(false),
            model: ArcRwSignal::new(Turn::Waiting),
        }
    }

    /// What the model says; `None` where it has not answered.
    pub fn reading(&self) -> Option<Arc<ModelReading>> {
        self.model.with(|turn| match turn {
            Turn::Done(reading) => Some(Arc::clone(reading)),
            Turn::Waiting | Turn::Running | Turn::Failed(_) => None,
        })
    }
}
