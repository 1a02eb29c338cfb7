//! Made-up readers: to plan a study, and to test the whole way from surveys to statistics.
//! `plan` says how good they are and how alike, `readers` draws their answers, `spread` finds the
//! correlation that gives readers a known spread.

mod plan;
mod readers;
mod spread;
#[cfg(test)]
mod tests;

pub use plan::{SimulatedGroup, Simulation, SimulationError};
pub use readers::simulate;
pub use spread::reader_correlation;
