//! One photograph of a survey: what is asked, what the reader says, and what the model says.

use std::sync::Arc;

use genoderm_protocol::SetAnswer;
use genoderm_study::Question;
use leptos::prelude::*;

use crate::lesion::Lesion;
use crate::overlay::Heat;
use crate::problem::Problem;
use crate::region::Region;
use crate::survey::overlap::Overlaps;

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
    /// How far region, map and lesion are the same; computed when it is asked for, and again when one of them changes.
    pub overlaps: ArcMemo<Overlaps>,
}

impl Row {
    /// A photograph that nobody has looked at.
    pub fn new(
        question: Question,
        truth: usize,
        preview: String,
        lesion: Option<Arc<Lesion>>,
    ) -> Self {
        let region = ArcRwSignal::new(None);
        let model = ArcRwSignal::new(Turn::Waiting);
        let overlaps = {
            let (region, model, lesion) = (region.clone(), model.clone(), lesion.clone());
            ArcMemo::new(move |_| overlaps(region.get(), reading(&model), lesion.as_deref()))
        };
        Self {
            question,
            truth,
            preview,
            lesion,
            answer: ArcRwSignal::new(None),
            region,
            shown: ArcRwSignal::new(false),
            model,
            overlaps,
        }
    }

    /// What the model says; `None` where it has not answered.
    pub fn reading(&self) -> Option<Arc<ModelReading>> {
        reading(&self.model)
    }
}

fn reading(model: &ArcRwSignal<Turn>) -> Option<Arc<ModelReading>> {
    model.with(|turn| match turn {
        Turn::Done(reading) => Some(Arc::clone(reading)),
        Turn::Waiting | Turn::Running | Turn::Failed(_) => None,
    })
}

fn overlaps(
    region: Option<Region>,
    reading: Option<Arc<ModelReading>>,
    lesion: Option<&Lesion>,
) -> Overlaps {
    let heat = reading.as_ref().and_then(|reading| reading.heat.as_ref());
    let in_region = region.map(|region| move |x: f64, y: f64| region.contains(x, y));
    let in_lesion = lesion.map(|lesion| move |x: f64, y: f64| lesion.contains(x, y));
    Overlaps::of(
        in_region.as_ref().map(|inside| inside as _),
        heat,
        in_lesion.as_ref().map(|inside| inside as _),
    )
}
