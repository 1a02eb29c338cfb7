//! Reader studies: people and a model answer the same surveys of photographs, and statistics compare them.
//!
//! Native and wasm, without files and without a model: the command line reads and writes files, the page
//! shows surveys, and both use this.

pub mod analysis;
mod answers;
mod counted;
mod error;
#[cfg(test)]
mod example;
#[cfg(test)]
mod golden;
mod random;
mod simulate;
pub mod statistics;
mod survey;

pub use answers::{
    Answer, AnswersError, COMPLETE_ABOVE, Group, Reader, RowError, Selection, Sheet, model_sheets,
    read_answers, read_sheets, select, write_answers,
};
pub use counted::{ImageAnswers, Part, Score, Study};
pub use error::{Error, Result};
pub use simulate::{SimulatedGroup, Simulation, SimulationError, reader_correlation, simulate};
pub use survey::{Order, Question, Survey, SurveyError, SurveyPlan, Surveys, View, make_surveys};
