//! The report of a study as one HTML page, on the frame and plots of [`crate::html`].
//! `page` puts the sections together: `groups` (who is how good), `comparisons` (who is better), `evidence`
//! (what the main tests leave out), `labels` (confusion matrices), `agreement` (kappa, alpha, ICC), `planning`
//! (power). `box_plot` draws differences.

mod agreement;
mod box_plot;
mod comparisons;
mod evidence;
mod groups;
mod labels;
mod page;
mod parts;
mod planning;

pub use page::render;
