//! What an answer can be trusted for: prediction sets with a stated coverage, and a guard against
//! pictures that are no skin. One function, [`answer`], turns the outputs of a set's networks into the
//! answer, so that the page and the trainer give the same one.

mod answer;
mod centres;
mod conformal;
mod guard;
mod reference;
mod texture;

pub use answer::{
    Answer, AnswerError, AnswerRule, FoldOutput, GuardModel, Safeguards, Wanted, answer,
};
pub use centres::{CentreBuilder, FoldCentres};
pub use conformal::{Conformal, ConformalError, ConformalScore, PredictionSet};
pub use guard::{Guard, GuardError, GuardInput, GuardScore, GuardVerdict};
pub use reference::{FoldReference, ReferenceError};
pub(crate) use texture::map_statistics;
pub use texture::{TextureBuilder, TextureModel};
