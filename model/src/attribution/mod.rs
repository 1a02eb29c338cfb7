//! Which pixels mattered: Integrated Gradients of one label's logit, and its rendering as a heat map.
//! Quadrature rules and baselines are modules of their own; nothing here touches files or the DOM.
//! Parity with captum (rules, attributions, display scaling) is tested against `tests/reference`.

mod baseline;
mod colour_map;
mod error;
mod heatmap;
mod integrated_gradients;
mod path_integral;
mod quadrature;
#[cfg(test)]
mod tests;

pub use baseline::Baseline;
pub use colour_map::{LEGEND_STEPS, legend};
pub use error::AttributionError;
pub use heatmap::{DEFAULT_OUTLIER_PERCENTILE, HeatMap, Sign};
pub use integrated_gradients::{Attribution, IntegratedGradients};
pub use path_integral::PathIntegral;
pub use quadrature::{MAX_STEPS, Node, Quadrature};
