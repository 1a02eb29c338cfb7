//! Procedural drawings of skin photographs: a substitute for clinical pictures that can be made anywhere, shared
//! freely, and measured exactly, because every lesion comes with its mask.
//! They show what a finding is said to look like (`docs/synth.md`); they are useless for diagnosis.

mod background;
mod blaschko;
mod body;
mod cafe_au_lait;
mod camera;
mod clothing;
mod condition;
mod contact_sheet;
mod dataset;
mod error;
mod face;
mod geometry;
mod hair;
mod hypomelanotic;
mod lentigines;
mod lesion;
mod lighting;
mod not_skin;
mod other;
mod patch;
mod photograph;
mod plan;
mod render;
mod sampling;
mod scene;
mod site;
mod skin_tone;
mod spots;
#[cfg(test)]
mod tests;
mod texture;

pub use condition::Condition;
pub use contact_sheet::{SheetContent, contact_sheet};
pub use dataset::{SynthOptions, SynthSummary, generate};
pub use error::SynthError;
pub use not_skin::{NotSkinPicture, Subject};
pub use photograph::{Photograph, Picture};
pub use plan::{FOLDS, PlannedPhoto, plan};
