//! Which labels were answered: for each image, and for each true label.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::study::{Part, Study};
use crate::answers::Group;
use crate::error::Result;
use crate::statistics::{Confusion, Readers};
use crate::survey::View;

/// What an image was taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageAnswers {
    /// The image, as surveys name it.
    pub image: String,
    /// Position of its true label.
    pub truth: usize,
    /// How often each label was answered; questions that were left out are in none.
    pub counts: Vec<usize>,
}

impl ImageAnswers {
    /// How many readers answered.
    pub fn answers(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How many of them were right.
    pub fn right(&self) -> usize {
        self.counts.get(self.truth).copied().unwrap_or(0)
    }
}

impl Study<'_> {
    /// How often each label was answered about each image, over all sheets of some groups, in the order of
    /// the images' names.
    pub fn image_answers(&self, groups: &[Group], view: View) -> Vec<ImageAnswers> {
        let labels = self.surveys.labels.len();
        let mut images: BTreeMap<&str, ImageAnswers> = BTreeMap::new();
        for sheet in self
            .sheets
            .iter()
            .filter(|s| groups.contains(&s.reader.group))
        {
            for question in self.answered(sheet, view) {
                let row = images
                    .entry(question.image)
                    .or_insert_with(|| ImageAnswers {
                        image: question.image.to_owned(),
                        truth: question.truth,
                        counts: vec![0; labels],
                    });
                if let Some(count) = question.answer.and_then(|label| row.counts.get_mut(label)) {
                    *count += 1;
                }
            }
        }
        images.into_values().collect()
    }

    /// The counts of [`image_answers`](Self::image_answers) alone: what kappa and alpha are computed of. Rows
    /// are images, columns labels.
    pub fn counts(&self, groups: &[Group], view: View) -> Vec<Vec<usize>> {
        let images = self.image_answers(groups, view).into_iter();
        images.map(|image| image.counts).collect()
    }

    /// The confusion matrix of a group in one view, all surveys together.
    ///
    /// # Errors
    /// None for sheets that [`read_sheets`](crate::read_sheets) made.
    pub fn confusion(&self, part: &Part) -> Result<Confusion> {
        self.confusion_of(part, Readers::Sample)
    }

    /// The same; of a fixed reader (a model) each image counts once, however many surveys ask about it.
    ///
    /// # Errors
    /// None for sheets that [`read_sheets`](crate::read_sheets) made.
    pub fn confusion_of(&self, part: &Part, readers: Readers) -> Result<Confusion> {
        let mut seen = BTreeSet::new();
        let pairs = self
            .sheets_of(&part.group)
            .flat_map(|sheet| self.answered(sheet, part.view))
            .filter(|question| readers == Readers::Sample || seen.insert(question.image))
            .map(|question| (question.truth, question.answer));
        Confusion::count(self.surveys.labels.len(), pairs)
    }
}
