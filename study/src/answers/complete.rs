//! Which sheets count: the first complete one of each survey and group.

use std::collections::BTreeSet;

use super::row::Group;
use super::sheet::Sheet;

/// A sheet is complete when more than this share of its questions is answered (Duong et al. 2021).
pub const COMPLETE_ABOVE: f64 = 0.95;

/// Sheets, sorted by whether they count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The first complete sheet of each survey and group.
    pub counted: Vec<Sheet>,
    /// Sheets with too many questions left out.
    pub incomplete: Vec<Sheet>,
    /// Complete sheets of surveys that one of the group had completed before.
    pub surplus: Vec<Sheet>,
}

/// Chooses the sheets that count, in their order; `above` is the share of answered questions (0 to 1) that
/// a complete one exceeds, usually [`COMPLETE_ABOVE`].
pub fn select(sheets: impl IntoIterator<Item = Sheet>, above: f64) -> Selection {
    let mut selection = Selection::default();
    let mut seen: BTreeSet<(usize, Group)> = BTreeSet::new();
    for sheet in sheets {
        // Compared as a product: a sheet without questions is incomplete, not a division by zero.
        let complete = sheet.answered() as f64 > above * sheet.answers.len() as f64;
        if !complete {
            selection.incomplete.push(sheet);
        } else if seen.insert((sheet.survey, sheet.reader.group.clone())) {
            selection.counted.push(sheet);
        } else {
            selection.surplus.push(sheet);
        }
    }
    selection
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Reader;

    fn sheet(survey: usize, name: &str, group: &str, answered: usize, questions: usize) -> Sheet {
        Sheet {
            survey,
            reader: Reader {
                name: name.to_owned(),
                group: Group(group.to_owned()),
            },
            answers: (0..questions)
                .map(|i| (i < answered).then_some(0))
                .collect(),
        }
    }

    #[test]
    fn the_first_complete_sheet_of_each_survey_and_group_counts() {
        let names = |sheets: &[Sheet]| -> Vec<String> {
            sheets
                .iter()
                .map(|sheet| sheet.reader.name.clone())
                .collect()
        };
        let chosen = select(
            [
                sheet(0, "too few", "g", 53, 56),
                sheet(0, "first", "g", 54, 56),
                sheet(0, "second", "g", 56, 56),
                sheet(0, "other group", "p", 56, 56),
                sheet(1, "other survey", "g", 56, 56),
                sheet(2, "empty", "g", 0, 0),
            ],
            COMPLETE_ABOVE,
        );
        assert_eq!(
            names(&chosen.counted),
            ["first", "other group", "other survey"]
        );
        assert_eq!(names(&chosen.incomplete), ["too few", "empty"]);
        assert_eq!(names(&chosen.surplus), ["second"]);
        // Exactly 95% is not more than 95%.
        assert!(
            select([sheet(0, "a", "g", 19, 20)], COMPLETE_ABOVE)
                .counted
                .is_empty()
        );
    }
}
