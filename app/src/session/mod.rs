//! What happens when something happens: the engine's life, a photograph's way through it, the camera, many
//! photographs, a region, an explanation, a path, two maps side by side, a survey, what is taken along or saved.
//! Each file adds its part to [`AppState`](crate::state::AppState); all writing to the state is here.
//! Nothing in this folder knows what the page looks like.

mod batch;
mod camera;
mod cases;
mod compare;
mod crop;
mod engine;
mod events;
mod explanation;
mod joining;
mod keep;
mod offline;
mod own_model;
mod path;
mod patience;
mod photograph;
mod sample;
mod survey;

pub use crop::{draft_words, region_words};
pub use patience::Patience;
