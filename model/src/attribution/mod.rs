//! Which pixels mattered for one label's logit, by four methods, and the rendering as a heat map.
//! Every method runs in chunks, so that a page stays in control; nothing here touches files or the DOM.
//! Parity with captum (rules, all methods, display scaling) is tested against `tests/reference`.

mod baseline;
mod colour_map;
mod error;
mod grad_cam;
mod gradient;
mod heatmap;
mod integrated_gradients;
mod method;
mod noise;
mod occlusion;
mod path_integral;
mod path_trace;
mod quadrature;
mod smooth_grad;
#[cfg(test)]
mod tests;
mod values;

pub use baseline::Baseline;
pub use colour_map::{LEGEND_STEPS, legend};
pub use error::AttributionError;
pub use grad_cam::GradCam;
pub use heatmap::{DEFAULT_OUTLIER_PERCENTILE, HeatMap, Sign};
pub use integrated_gradients::IntegratedGradients;
pub use method::{Computation, Method};
pub use occlusion::{Occlusion, OcclusionScan};
pub use path_integral::PathIntegral;
pub use path_trace::{PathTrace, TracePoint};
pub use quadrature::{MAX_STEPS, Node, Quadrature};
pub use smooth_grad::{MAX_NOISE, MAX_SAMPLES, NoiseTunnel, SmoothGrad};
pub use values::{Attribution, Completeness};
