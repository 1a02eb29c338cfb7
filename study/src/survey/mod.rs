//! Surveys: what is asked, in which order, and how surveys are made of a test set.
//! `types` holds surveys and questions, `pairing` finds the partner of each image, `make` deals them out.

mod error;
mod make;
mod pairing;
mod types;
mod view;

pub use error::SurveyError;
pub use make::{Order, SurveyPlan, make_surveys};
pub use types::{Question, Survey, Surveys};
pub use view::View;
