//! Many photographs at once: what is known about each. They are classified one after another by [`crate::session`].

use genoderm_protocol::SetAnswer;
use leptos::prelude::*;
use web_sys::Blob;

use crate::case_answer::{self, CaseAnswer};
use crate::keep::csv::{self, Cell};
use crate::problem::Problem;
use crate::state::is_refused;

/// How far one photograph has come.
#[derive(Clone)]
pub enum Outcome {
    /// Its turn has not come, or was taken back.
    Waiting,
    /// The networks look at it.
    Running,
    /// Answered.
    Done(SetAnswer),
    /// It cannot be classified.
    Failed(Problem),
}

impl Outcome {
    /// Whether its turn is still to come.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting)
    }

    /// Whether it is its turn.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running)
    }
}

/// One photograph of many. Its outcome is a signal of its own, so that a table of hundreds is not drawn anew for each.
#[derive(Clone)]
pub struct BatchRow {
    /// The file's name.
    pub name: String,
    /// A `blob:` address of the file.
    pub preview: String,
    /// How far it has come.
    pub outcome: ArcRwSignal<Outcome>,
}

/// The photographs that were opened together. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Batch {
    /// One row for each, in the order in which they were given; none while there is no batch.
    pub rows: RwSignal<Vec<BatchRow>>,
    /// Whether the next one follows when one is done.
    pub running: RwSignal<bool>,
    /// The set of networks that is asked.
    pub set: RwSignal<Option<String>>,
    /// Whether all show one person, and are answered together too.
    pub one_person: RwSignal<bool>,
    /// The files, in the order of the rows.
    pub files: StoredValue<Vec<Blob>, LocalStorage>,
}

/// How many photographs have come how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// All.
    pub total: usize,
    /// Answered.
    pub done: usize,
    /// Not to be classified.
    pub failed: usize,
}

impl Count {
    /// Whether some have not had their turn.
    pub fn is_open(self) -> bool {
        self.done + self.failed < self.total
    }
}

impl Batch {
    /// No photographs.
    pub fn new() -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            running: RwSignal::new(false),
            set: RwSignal::new(None),
            one_person: RwSignal::new(false),
            files: StoredValue::new_local(Vec::new()),
        }
    }

    /// Whether there is one.
    pub fn is_open(&self) -> bool {
        self.rows.with(|rows| !rows.is_empty())
    }

    /// How many have come how far.
    pub fn count(&self) -> Count {
        self.rows.with(|rows| {
            let mut count = Count {
                total: rows.len(),
                ..Count::default()
            };
            for row in rows {
                row.outcome.with(|outcome| match outcome {
                    Outcome::Done(_) => count.done += 1,
                    Outcome::Failed(_) => count.failed += 1,
                    Outcome::Waiting | Outcome::Running => {}
                });
            }
            count
        })
    }

    /// The place and the signal of the first row with such an outcome.
    pub fn first(&self, wanted: fn(&Outcome) -> bool) -> Option<(usize, ArcRwSignal<Outcome>)> {
        self.rows.with_untracked(|rows| {
            rows.iter().enumerate().find_map(|(place, row)| {
                let found = row.outcome.with_untracked(wanted);
                found.then(|| (place, row.outcome.clone()))
            })
        })
    }

    /// The answer for all of them together; `None` unless they show one person.
    pub fn case_answer(&self) -> Option<CaseAnswer> {
        if !self.one_person.get() {
            return None;
        }
        let outcomes: Vec<_> = self
            .rows
            .with(|rows| rows.iter().map(|row| row.outcome.get()).collect());
        case_answer::combine(&outcomes)
    }

    /// Every row's name and outcome, as they are now.
    pub fn outcomes(&self) -> Vec<(String, Outcome)> {
        self.rows.with_untracked(|rows| {
            rows.iter()
                .map(|row| (row.name.clone(), row.outcome.get_untracked()))
                .collect()
        })
    }
}

/// The columns of the table that is saved. Part of the format: they are not translated.
const COLUMNS: [&str; 13] = [
    "number",
    "file",
    "set",
    "first_label",
    "first_name",
    "probability",
    "sure",
    "possible_count",
    "possible_labels",
    "coverage",
    "looks_like_skin",
    "error",
    "photographs_counted",
];

/// What stands for a number in the last row, where all photographs show one person.
const CASE: &str = "case";

/// The table as comma-separated values. `case` is the answer for all together: a last row, whose number is `case` and
/// which names the photographs that count.
pub fn as_csv(outcomes: &[(String, Outcome)], case: Option<&CaseAnswer>) -> String {
    let rows = outcomes.iter().enumerate().map(|(place, (name, outcome))| {
        let mut row = vec![Cell::number(place + 1), Cell::text(name.as_str())];
        match outcome {
            Outcome::Done(answer) => row.extend(answer_cells(answer)),
            Outcome::Failed(_) | Outcome::Waiting | Outcome::Running => {
                row.resize(COLUMNS.len() - 2, Cell::Empty);
            }
        }
        row.push(match outcome {
            Outcome::Failed(problem) => Cell::text(problem.sentence()),
            _ => Cell::Empty,
        });
        row.push(Cell::Empty);
        row
    });
    let rows: Vec<_> = rows.chain(case.map(case_cells)).collect();
    csv::table(&COLUMNS, &rows)
}

/// The row of all photographs together. The rule is not calibrated, so that columns of the calibration are empty.
fn case_cells(case: &CaseAnswer) -> Vec<Cell> {
    let first = case.ranking.first();
    let counted = case.counted.iter().map(|place| (place + 1).to_string());
    let counted: Vec<_> = counted.collect();
    let mut row = vec![
        Cell::text(CASE),
        Cell::Empty,
        Cell::text(case.set.as_str()),
        first.map_or(Cell::Empty, |label| Cell::text(label.key.as_str())),
        first.map_or(Cell::Empty, |label| Cell::text(label.name.as_str())),
        first.map_or(Cell::Empty, |label| Cell::number(label.probability)),
    ];
    row.resize(COLUMNS.len() - 1, Cell::Empty);
    row.push(Cell::text(counted.join(" ")));
    row
}

/// The columns from the set to the guard.
fn answer_cells(answer: &SetAnswer) -> Vec<Cell> {
    let first = answer.ranking.first();
    let possible = answer.prediction_set.as_ref();
    let yes_no = |value: bool| Cell::text(if value { "yes" } else { "no" });
    vec![
        Cell::text(answer.set.as_str()),
        first.map_or(Cell::Empty, |label| Cell::text(label.key.as_str())),
        first.map_or(Cell::Empty, |label| Cell::text(label.name.as_str())),
        first.map_or(Cell::Empty, |label| Cell::number(label.probability)),
        yes_no(!answer.fallback),
        possible.map_or(Cell::Empty, |set| Cell::number(set.labels.len())),
        possible.map_or(Cell::Empty, |set| Cell::text(set.labels.join(" "))),
        possible.map_or(Cell::Empty, |set| Cell::number(set.coverage)),
        answer
            .guard
            .as_ref()
            .map_or(Cell::Empty, |_| yes_no(!is_refused(answer))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use genoderm_protocol::{FailureKind, PredictionSet, RankedLabel};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_row_has_every_column() {
        let answer = SetAnswer {
            region: None,
            set: "focused".into(),
            ranking: vec![RankedLabel {
                key: "NF1".into(),
                name: "Neurofibromatosis type 1".into(),
                probability: 0.75,
            }],
            folds: Vec::new(),
            networks: 0,
            fallback: false,
            prediction_set: Some(PredictionSet {
                coverage: 0.9,
                labels: vec!["NF1".into(), "ML".into()],
            }),
            guard: None,
        };
        let broken = Problem::Failure(FailureKind::BrokenFile);
        let outcomes = [
            ("=a.jpg".to_owned(), Outcome::Done(answer)),
            ("b.jpg".to_owned(), Outcome::Failed(broken)),
            ("c.jpg".to_owned(), Outcome::Waiting),
        ];
        let case = CaseAnswer {
            set: "focused".into(),
            ranking: vec![RankedLabel {
                key: "ML".into(),
                name: "Multiple lentigines".into(),
                probability: 0.5,
            }],
            counted: vec![0, 2],
        };
        let text = as_csv(&outcomes, Some(&case)).replace(&broken.sentence(), "Broken.");
        let lines: Vec<_> = text.split_terminator("\r\n").skip(1).collect();
        assert_eq!(
            lines,
            [
                r#"1,"'=a.jpg","focused","NF1","Neurofibromatosis type 1",0.75,"yes",2,"NF1 ML",0.9,,,"#,
                r#"2,"b.jpg",,,,,,,,,,"Broken.","#,
                r#"3,"c.jpg",,,,,,,,,,,"#,
                r#""case",,"focused","ML","Multiple lentigines",0.5,,,,,,,"1 3""#,
            ]
        );
    }
}
