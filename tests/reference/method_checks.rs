//! Comparison of Grad-CAM, Occlusion and SmoothGrad with what captum says of the same network: one piece of code for
//! native tests and for those in a browser. Included with `#[path]` beside `parity_checks`, on the same terms.

#![allow(missing_docs)]

use burn::tensor::{Device, Tensor, TensorData};
use genoderm_model::attribution::{
    Attribution, AttributionError, Computation, GradCam, Method, NoiseTunnel, Occlusion, Quadrature,
};
use genoderm_model::efficientnet::{FoldedEfficientNet, parity_weights};
use serde::Deserialize;

use super::parity_checks::{Errors, Golden, Thinned, network, picture, relative, thinned_error};

/// Largest error of a map.
pub const MAP: f64 = 1e-4;

/// `goldens/captum_methods_<architecture>_<size>.json`
#[derive(Debug, Deserialize)]
pub struct GoldenMethods {
    #[serde(flatten)]
    pub network: GoldenNetwork,
    pub grad_cam: GoldenGradCam,
    pub occlusion: GoldenOcclusion,
    pub smooth_grad: GoldenSmoothGrad,
}

/// What the network is built from, and its answer.
#[derive(Debug, Deserialize)]
pub struct GoldenNetwork {
    pub architecture: String,
    pub size: usize,
    pub classes: usize,
    pub target: usize,
    pub bn_variance: std::collections::BTreeMap<String, f64>,
    pub logits: Vec<f64>,
}

#[derive(Debug, Deserialize)]
pub struct GoldenGradCam {
    /// The small map before `relu`.
    pub signed: Vec<f64>,
    pub map: Thinned,
}

#[derive(Debug, Deserialize)]
pub struct GoldenOcclusion {
    pub window: usize,
    pub stride: usize,
    pub map: Thinned,
}

#[derive(Debug, Deserialize)]
pub struct GoldenSmoothGrad {
    pub steps: usize,
    pub samples: usize,
    pub noise: f64,
    pub map: Thinned,
}

pub fn golden_methods(json: &str) -> Result<GoldenMethods, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// All three methods on the folded network, `chunk` pictures per batch.
pub async fn check_methods(
    golden: &GoldenMethods,
    device: &Device,
    chunk: usize,
) -> Result<Errors, String> {
    let mut errors = Errors::default();
    if !golden.grad_cam.signed.iter().any(|value| *value < 0.0) {
        return Err(
            "the golden has no evidence against the label, so `relu` is not seen to work"
                .to_owned(),
        );
    }
    let as_golden = golden.network.as_golden();
    let folded = network(&as_golden, device)?.fold_batch_norm();
    let input = picture(&as_golden, &device.clone().autodiff());
    let all = methods(golden, &folded, input, chunk).await;
    let [cam, occlusion, smooth] = all.map_err(|error| error.to_string())?;
    let logit = golden.network.logits[golden.network.target];
    for (name, found, map) in [
        ("Grad-CAM", cam, &golden.grad_cam.map),
        ("Occlusion", occlusion, &golden.occlusion.map),
        ("SmoothGrad", smooth, &golden.smooth_grad.map),
    ] {
        errors.add(name, thinned_error(&found.values, map), MAP);
        errors.add(
            format!("{name}'s logit"),
            relative(&[found.logit_input], &[logit]),
            1e-4,
        );
    }
    Ok(errors)
}

async fn methods(
    golden: &GoldenMethods,
    folded: &FoldedEfficientNet,
    input: Tensor<4>,
    chunk: usize,
) -> Result<[Attribution; 3], AttributionError> {
    let target = golden.network.target;
    let baseline = input.zeros_like();
    let forward = |images| folded.forward(images);

    let mut cam = GradCam::new(input.clone(), target)?;
    cam.advance(&|images| folded.feature_maps(images), &|maps| {
        folded.classify_maps(maps)
    })?;

    let occlusion = Method::Occlusion(Occlusion {
        window: golden.occlusion.window,
        stride: golden.occlusion.stride,
    });
    let scan = occlusion.start(input.clone(), baseline.clone(), target)?;
    let occlusion = driven(scan, folded, chunk).await?;

    let nodes = Quadrature::GaussLegendre.nodes(golden.smooth_grad.steps)?;
    let noise = noises(golden, &input);
    let mut tunnel = NoiseTunnel::with_noise(input, baseline, noise, nodes, target)?;
    while tunnel.done() < tunnel.total() {
        tunnel.advance(&forward, chunk)?;
        tunnel.synchronise().await?;
    }
    Ok([
        cam.finish().await?,
        occlusion,
        tunnel.finish(&forward).await?,
    ])
}

async fn driven(
    mut computation: Computation,
    folded: &FoldedEfficientNet,
    chunk: usize,
) -> Result<Attribution, AttributionError> {
    while computation.done() < computation.total() {
        computation.advance(folded, chunk)?;
        computation.synchronise().await?;
    }
    computation.finish(folded).await
}

/// The noise that the generator put in the place of captum's own.
fn noises(golden: &GoldenMethods, input: &Tensor<4>) -> Vec<Tensor<4>> {
    let GoldenSmoothGrad { samples, noise, .. } = golden.smooth_grad;
    let shape = input.dims();
    let tensor = |copy: usize| {
        let name = format!("smooth_grad.noise.{copy}");
        let values = parity_weights::uniform(&name, shape.iter().product());
        let values: Vec<f32> = values.map(|value| (noise * value) as f32).collect();
        Tensor::from_data(TensorData::new(values, shape), &input.device())
    };
    (0..samples).map(tensor).collect()
}

impl GoldenNetwork {
    /// As the golden of a whole network, without what is not compared here.
    fn as_golden(&self) -> Golden {
        let nothing = || Thinned {
            shape: Vec::new(),
            mean: 0.0,
            l2: 0.0,
            stride: 1,
            samples: Vec::new(),
        };
        Golden {
            architecture: self.architecture.clone(),
            size: self.size,
            classes: self.classes,
            target: self.target,
            bn_variance: self.bn_variance.clone(),
            input: nothing(),
            logits: self.logits.clone(),
            baseline_logits: None,
            features: Default::default(),
            gradient: nothing(),
            integrated_gradients: None,
        }
    }
}
