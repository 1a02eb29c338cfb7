//! Answers: a table with one row for each question, and the sheets of readers that are made of it.
//! `row` is one answer, `table` reads and writes CSV, `sheet` puts rows to their survey and names bad ones,
//! `model` makes sheets of a model's answers, `complete` decides which sheets count.

mod complete;
mod error;
mod model;
mod row;
mod sheet;
mod table;

pub use complete::{COMPLETE_ABOVE, Selection, select};
pub use error::{AnswersError, RowError};
pub use model::model_sheets;
pub use row::{Answer, Group, Reader};
pub use sheet::{Sheet, read_sheets};
pub use table::{read_answers, write_answers};
