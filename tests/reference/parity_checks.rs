//! Comparison of a network with a golden that `generate.py` wrote: one piece of code for native tests and for those in
//! a browser. Included with `#[path]`; it needs `genoderm_model`, `burn`, `serde` and `serde_json` only, reads the device
//! asynchronously, and touches no file.
//!
//! Errors are relative and Euclidean, `|ours - golden| / |golden|`, over the golden's samples.

#![allow(dead_code, missing_docs)]

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use burn::tensor::{Device, Tensor, TensorData};
use genoderm_model::attribution::{IntegratedGradients, Quadrature};
use genoderm_model::efficientnet::{EfficientNet, EfficientNetConfig, parity_weights};
use genoderm_model::weights::ClassifierPolicy;
use serde::Deserialize;

/// Largest error of the logits, of a stage's features, of the input gradient and of Integrated Gradients.
pub const LOGITS: f64 = 1e-5;
pub const FEATURES: f64 = 1e-4;
pub const GRADIENT: f64 = 1e-4;
pub const INTEGRATED_GRADIENTS: f64 = 1e-4;

/// An array of which only every `stride`-th value is kept.
#[derive(Debug, Deserialize)]
pub struct Thinned {
    pub shape: Vec<usize>,
    pub mean: f64,
    pub l2: f64,
    pub stride: usize,
    pub samples: Vec<f64>,
}

#[derive(Debug, Deserialize)]
pub struct GoldenAttribution {
    #[serde(deserialize_with = "captum_rule")]
    pub method: Quadrature,
    pub steps: usize,
    pub sum: f64,
    #[serde(flatten)]
    pub values: Thinned,
}

/// The goldens name rules as captum does; only one occurs.
fn captum_rule<'de, D: serde::Deserializer<'de>>(name: D) -> Result<Quadrature, D::Error> {
    match String::deserialize(name)?.as_str() {
        "gausslegendre" => Ok(Quadrature::GaussLegendre),
        other => Err(serde::de::Error::custom(format!("unknown rule {other}"))),
    }
}

/// `goldens/<architecture>_<size>.json`
#[derive(Debug, Deserialize)]
pub struct Golden {
    pub architecture: String,
    pub size: usize,
    pub classes: usize,
    pub target: usize,
    pub bn_variance: BTreeMap<String, f64>,
    pub input: Thinned,
    pub logits: Vec<f64>,
    /// With Integrated Gradients only.
    pub baseline_logits: Option<Vec<f64>>,
    pub features: BTreeMap<String, Thinned>,
    pub gradient: Thinned,
    /// Not in every golden.
    pub integrated_gradients: Option<GoldenAttribution>,
}

/// Results: what was compared, its error and the largest error allowed.
#[derive(Debug, Default)]
pub struct Errors(pub Vec<(String, f64, f64)>);

impl Errors {
    pub fn add(&mut self, what: impl Into<String>, error: f64, limit: f64) {
        self.0.push((what.into(), error, limit));
    }

    /// All lines, and whether every error is within its limit (an error that is not a number is not).
    pub fn summary(&self) -> (String, bool) {
        let lines: Vec<String> = self
            .0
            .iter()
            .map(|(what, error, limit)| format!("{what}: {error:.2e} (limit {limit:.0e})"))
            .collect();
        let within = self.0.iter().all(|(_, error, limit)| error <= limit);
        (lines.join("\n"), within)
    }
}

pub fn golden(json: &str) -> Result<Golden, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// The golden's network with the weights of the formula, on the plain `device`.
pub fn network(golden: &Golden, device: &Device) -> Result<EfficientNet, String> {
    let architecture = golden
        .architecture
        .parse()
        .map_err(|error| format!("{error}"))?;
    let network = EfficientNetConfig::new(architecture, golden.classes).init(device);
    let dict = parity_weights::weights(&network.parameter_shapes(), &golden.bn_variance);
    let (network, _) = network
        .load(dict, ClassifierPolicy::Exact)
        .map_err(|error| error.to_string())?;
    Ok(network)
}

/// The golden's picture, `[1, 3, size, size]`.
pub fn picture(golden: &Golden, device: &Device) -> Tensor<4> {
    let values = parity_weights::input(golden.size);
    Tensor::from_data(
        TensorData::new(values, [1, 3, golden.size, golden.size]),
        device,
    )
}

/// Forward passes: the picture itself, logits of the network and of its folded form, and features.
pub async fn check_forward(golden: &Golden, device: &Device) -> Result<Errors, String> {
    let mut errors = Errors::default();
    let network = network(golden, device)?.for_inference();
    let image = picture(golden, device);
    errors.add(
        "input",
        thinned_error(&read(image.clone()).await?, &golden.input),
        1e-7,
    );
    let logits = read(network.forward(image.clone())).await?;
    errors.add("logits", relative(&logits, &golden.logits), LOGITS);
    let names = (0..7).map(|stage| format!("stage{stage}"));
    let names = std::iter::once("stem".to_owned())
        .chain(names)
        .chain(std::iter::once("head".to_owned()));
    for (name, map) in names.zip(network.features(image.clone())) {
        let expected = golden
            .features
            .get(&name)
            .ok_or_else(|| format!("the golden has no features {name}"))?;
        if map.dims().as_slice() != expected.shape {
            return Err(format!(
                "{name} is {:?}, not {:?}",
                map.dims(),
                expected.shape
            ));
        }
        let values = read(map).await?;
        errors.add(
            format!("features {name}"),
            thinned_error(&values, expected),
            FEATURES,
        );
    }
    let folded = network.fold_batch_norm();
    let logits = read(folded.forward(image.clone())).await?;
    errors.add("folded logits", relative(&logits, &golden.logits), LOGITS);
    if let Some(expected) = &golden.baseline_logits {
        let logits = read(folded.forward(image.zeros_like())).await?;
        errors.add(
            "folded logits of the baseline",
            relative(&logits, expected),
            LOGITS,
        );
    }
    Ok(errors)
}

/// Gradient of the target's logit with respect to the picture, of the folded network and, where `unfolded`, of the
/// other too.
pub async fn check_gradient(
    golden: &Golden,
    device: &Device,
    unfolded: bool,
) -> Result<Errors, String> {
    let mut errors = Errors::default();
    let network = network(golden, device)?.for_inference();
    if unfolded {
        let gradient = input_gradient(|x| network.forward(x), golden, device).await?;
        errors.add(
            "gradient",
            thinned_error(&gradient, &golden.gradient),
            GRADIENT,
        );
    }
    let folded = network.fold_batch_norm();
    let gradient = input_gradient(|x| folded.forward(x), golden, device).await?;
    errors.add(
        "folded gradient",
        thinned_error(&gradient, &golden.gradient),
        GRADIENT,
    );
    Ok(errors)
}

/// Integrated Gradients of the folded network, `chunk` pictures per batch.
pub async fn check_integrated_gradients(
    golden: &Golden,
    device: &Device,
    chunk: usize,
) -> Result<Errors, String> {
    let mut errors = Errors::default();
    let Some(expected) = &golden.integrated_gradients else {
        return Err("the golden has no Integrated Gradients".to_owned());
    };
    let folded = network(golden, device)?.fold_batch_norm();
    let settings = IntegratedGradients {
        steps: expected.steps,
        quadrature: expected.method,
        chunk,
    };
    let image = picture(golden, &device.clone().autodiff());
    let baseline = image.zeros_like();
    let attribution = settings
        .attribute(
            &|x| folded.forward(x),
            image,
            baseline,
            golden.target,
            &mut |_, _| ControlFlow::Continue(()),
        )
        .await
        .map_err(|error| error.to_string())?;
    errors.add(
        "integrated gradients",
        thinned_error(&attribution.values, &expected.values),
        INTEGRATED_GRADIENTS,
    );
    Ok(errors)
}

async fn input_gradient(
    forward: impl Fn(Tensor<4>) -> Tensor<2>,
    golden: &Golden,
    device: &Device,
) -> Result<Vec<f32>, String> {
    let image = picture(golden, &device.clone().autodiff()).require_grad();
    let target = golden.target;
    let logit = forward(image.clone())
        .slice([0..1, target..target + 1])
        .sum();
    let gradients = logit.backward();
    let gradient = image
        .grad(&gradients)
        .ok_or("no gradient reached the picture")?;
    read(gradient).await
}

async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, String> {
    let data = tensor
        .into_data_async()
        .await
        .map_err(|error| error.to_string())?;
    data.try_to_vec::<f32>().map_err(|error| error.to_string())
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|value| value * value).sum::<f64>().sqrt()
}

/// `|ours - truth| / |truth|`; infinite where the lengths differ.
pub fn relative(ours: &[f32], truth: &[f64]) -> f64 {
    if ours.len() != truth.len() {
        return f64::INFINITY;
    }
    let difference = ours.iter().zip(truth).map(|(a, b)| f64::from(*a) - b);
    norm(difference) / norm(truth.iter().copied())
}

/// The largest of the errors of the samples and of the whole array's norm.
pub fn thinned_error(ours: &[f32], golden: &Thinned) -> f64 {
    if ours.len() != golden.shape.iter().product::<usize>() {
        return f64::INFINITY;
    }
    let samples: Vec<f32> = ours.iter().copied().step_by(golden.stride).collect();
    let whole = norm(ours.iter().map(|value| f64::from(*value)));
    relative(&samples, &golden.samples).max((whole / golden.l2 - 1.0).abs())
}
