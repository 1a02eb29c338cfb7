//! Counting a survey: who was right how often, by the statistics of `genoderm-study`.

use genoderm_study::View;
use genoderm_study::statistics::{Confusion, Share};

use crate::format;
use crate::text::{fill, text};

/// The level of confidence of the intervals.
pub const CONFIDENCE: f64 = 0.95;

/// One question with the answers of both; labels are positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Which view the photograph is.
    pub view: View,
    /// The true label.
    pub truth: usize,
    /// What the reader answered.
    pub reader: Option<usize>,
    /// What the model answered.
    pub model: Option<usize>,
}

/// What the reader and the model answered for what.
pub struct Tally {
    /// The reader's matrix.
    pub reader: Confusion,
    /// The model's.
    pub model: Confusion,
}

impl Tally {
    /// Counts the questions of one view, or all; `None` where a label is unknown.
    pub fn of(labels: usize, questions: &[Answered], view: Option<View>) -> Option<Self> {
        let count = |answer: fn(&Answered) -> Option<usize>| {
            let counted = questions
                .iter()
                .filter(|question| view.is_none_or(|view| view == question.view));
            let pairs = counted.map(|question| (question.truth, answer(question)));
            Confusion::count(labels, pairs).ok()
        };
        Some(Self {
            reader: count(|question| question.reader)?,
            model: count(|question| question.model)?,
        })
    }

    /// The shares of right answers among those given, of the reader and of the model, each with Wilson's interval.
    pub fn shares(&self) -> [Option<Share>; 2] {
        [&self.reader, &self.model].map(|confusion| confusion.accuracy(CONFIDENCE).ok())
    }
}

/// A share in a few words: how many of how many, and the percentage.
pub fn share_words(share: &Share) -> String {
    let values = [
        ("right", share.right.to_string()),
        ("total", share.total.to_string()),
        ("share", format::measured(share.value)),
    ];
    fill(text().survey_share, &values)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn views_are_counted_apart_and_what_was_left_out_is_no_answer() {
        let question = |view, truth, reader, model| Answered {
            view,
            truth,
            reader,
            model,
        };
        let questions = [
            question(View::Focused, 0, Some(0), Some(1)),
            question(View::Focused, 1, None, Some(1)),
            question(View::Panoramic, 1, Some(0), None),
        ];
        let all = Tally::of(2, &questions, None).unwrap();
        let [reader, model] = all.shares().map(Option::unwrap);
        assert_eq!((reader.right, reader.total), (1, 2));
        assert_eq!((model.right, model.total), (1, 2));
        assert_eq!(all.reader.counts()[1], [1, 0]);
        let whole = Tally::of(2, &questions, Some(View::Panoramic)).unwrap();
        let [reader, model] = whole.shares();
        assert_eq!(reader.unwrap().right, 0);
        assert!(model.is_none());
        assert!(Tally::of(1, &questions, None).is_none());
    }
}
