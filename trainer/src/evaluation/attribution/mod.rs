//! Whether attribution maps can be trusted, measured: do they lie on the lesion, do the pixels they
//! name change the answer, and do they depend on what the network has learnt?
//! One file a measure; `measure` runs them on pictures of every label and `report` averages.

mod lesion;
mod localisation;
mod measure;
mod perturbation;
mod report;
mod sanity;

pub use lesion::Lesion;
pub use localisation::{Localisation, localise};
pub use measure::{AttributionPlan, measure, require_masks};
pub use perturbation::{Grid, PORTIONS, area_under, blend};
pub use report::{AttributionFigures, AttributionReport, LabelAttribution, PerturbationFigures};
pub use sanity::{CASCADE, Part, SanityFigure, shuffled};
