//! Reader studies: people and a model answer the same surveys of photographs, and statistics compare them.
//!
//! Native and wasm, without files and without a model: the command line reads and writes files, the page
//! shows surveys, and both use this.

mod answers;
mod error;
#[cfg(test)]
mod example;
#[cfg(test)]
mod golden;
mod random;
mod score;
mod simulate;
pub mod statistics;
mod survey;

pub use answers::{
    Answer, AnswersError, COMPLETE_ABOVE, Group, Reader, RowError, Selection, Sheet, read_answers,
    select, sheets, write_answers,
};
pub use error::{Error, Result};
pub use score::{Part, Score, Study};
pub use simulate::{SimulatedGroup, Simulation, SimulationError, reader_correlation, simulate};
pub use survey::{Order, Question, Survey, SurveyError, SurveyPlan, Surveys, View, make_surveys};
