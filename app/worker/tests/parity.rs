//! Parity with timm and captum on the engine's own device, in a web worker of a real browser: the same goldens and the
//! same comparison as in `model/tests/parity.rs`.
//!
//! The CPU keeps the native limits. WebGPU is allowed a thousandth everywhere: the order of its sums differs, and
//! shader arithmetic need not round as IEEE 754 says.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::ops::ControlFlow;

use burn::tensor::Device;
use genoderm_model::attribution::{IntegratedGradients, Quadrature};
use genoderm_protocol::Backend;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

#[path = "../../../tests/reference/parity_checks.rs"]
mod parity_checks;

#[path = "../../../tests/reference/method_checks.rs"]
mod method_checks;

use parity_checks::{Errors, Golden};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const BACKEND: Backend = if cfg!(feature = "webgpu") {
    Backend::Webgpu
} else {
    Backend::Cpu
};

/// Largest relative error accepted on WebGPU.
const WEBGPU: f64 = 1e-3;

macro_rules! golden {
    ($name:literal) => {
        parity_checks::golden(include_str!(concat!(
            "../../../tests/reference/goldens/",
            $name,
            ".json"
        )))
        .expect("a readable golden")
    };
}

async fn device() -> Device {
    let opened = genoderm_engine::device::open(BACKEND).await;
    opened.expect("a device").device
}

fn assert_within(golden: &Golden, started_ms: f64, errors: Result<Errors, String>) {
    let name = format!("{} at {}", golden.architecture, golden.size);
    assert_all_within(&name, started_ms, errors);
}

fn assert_all_within(name: &str, started_ms: f64, errors: Result<Errors, String>) {
    let mut errors = errors.unwrap();
    if BACKEND == Backend::Webgpu {
        for (what, _, limit) in &mut errors.0 {
            if what != "input" {
                *limit = WEBGPU;
            }
        }
    }
    let seconds = (js_sys::Date::now() - started_ms) / 1000.0;
    let (lines, within) = errors.summary();
    let title = format!("{name} on {BACKEND:?}, {seconds:.1} s");
    console_log!("{title}:\n{lines}");
    assert!(within, "{title}:\n{lines}");
}

async fn forward(golden: &Golden) {
    let (device, start) = (device().await, js_sys::Date::now());
    assert_within(
        golden,
        start,
        parity_checks::check_forward(golden, &device).await,
    );
}

async fn gradient(golden: &Golden) {
    let (device, start) = (device().await, js_sys::Date::now());
    let errors = parity_checks::check_gradient(golden, &device, false).await;
    assert_within(golden, start, errors);
}

#[cfg(not(feature = "webgpu"))]
async fn integrated_gradients(golden: &Golden) {
    let (device, start) = (device().await, js_sys::Date::now());
    let errors = parity_checks::check_integrated_gradients(golden, &device, 1).await;
    assert_within(golden, start, errors);
}

#[wasm_bindgen_test]
async fn efficientnet_b0_forward() {
    forward(&golden!("efficientnet_b0_224")).await;
}

#[wasm_bindgen_test]
async fn tf_efficientnet_b0_forward() {
    forward(&golden!("tf_efficientnet_b0_224")).await;
}

#[wasm_bindgen_test]
async fn efficientnet_b0_gradient() {
    gradient(&golden!("efficientnet_b0_224")).await;
}

#[wasm_bindgen_test]
async fn tf_efficientnet_b0_gradient() {
    gradient(&golden!("tf_efficientnet_b0_224")).await;
}

/// Not on WebGPU: without a GPU, fifty gradients take minutes there.
#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn tf_efficientnet_b0_integrated_gradients() {
    integrated_gradients(&golden!("tf_efficientnet_b0_224")).await;
}

/// Grad-CAM, Occlusion and SmoothGrad, at 96 pixels. On WebGPU a batch shortens the 169 windows.
#[wasm_bindgen_test]
async fn methods_of_attribution_are_captums() {
    let (device, start) = (device().await, js_sys::Date::now());
    let golden = method_checks::golden_methods(include_str!(
        "../../../tests/reference/goldens/captum_methods_tf_efficientnet_b0_96.json"
    ));
    let chunk = if BACKEND == Backend::Cpu { 1 } else { 13 };
    let errors = method_checks::check_methods(&golden.unwrap(), &device, chunk).await;
    assert_all_within("methods of attribution", start, errors);
}

/// The engine takes several points of the path at once on a GPU: that must change nothing but rounding.
#[wasm_bindgen_test]
async fn a_batch_gives_the_same_attribution_as_single_pictures() {
    let (device, golden) = (device().await, golden!("tf_efficientnet_b0_224"));
    let network = parity_checks::network(&golden, &device)
        .unwrap()
        .fold_batch_norm();
    let small = Golden { size: 64, ..golden };
    let input = parity_checks::picture(&small, &device.autodiff());
    let mut attributions = Vec::new();
    for chunk in [1, 5] {
        let method = IntegratedGradients {
            steps: 5,
            quadrature: Quadrature::GaussLegendre,
            chunk,
        };
        let attribution = method
            .attribute(
                &|images| network.forward(images),
                input.clone(),
                input.zeros_like(),
                small.target,
                &mut |_, _| ControlFlow::Continue(()),
            )
            .await
            .unwrap();
        attributions.push(attribution.values);
    }
    let single: Vec<f64> = attributions[0]
        .iter()
        .map(|value| f64::from(*value))
        .collect();
    let error = parity_checks::relative(&attributions[1], &single);
    console_log!("batch of 5 against 1 on {BACKEND:?}: {error:.2e}");
    assert!(error < 1e-4, "{error}");
}

/// Of the large network only the logits: without a GPU, one forward pass takes the better part of a minute.
#[cfg(feature = "webgpu")]
#[wasm_bindgen_test]
async fn tf_efficientnet_b4_logits() {
    let (device, golden) = (device().await, golden!("tf_efficientnet_b4_448"));
    let start = js_sys::Date::now();
    let network = parity_checks::network(&golden, &device)
        .unwrap()
        .fold_batch_norm();
    let logits = network.forward(parity_checks::picture(&golden, &device));
    let logits: Vec<f32> = logits
        .into_data_async()
        .await
        .unwrap()
        .try_into_vec()
        .unwrap();
    let mut errors = Errors::default();
    errors.add(
        "folded logits",
        parity_checks::relative(&logits, &golden.logits),
        WEBGPU,
    );
    assert_within(&golden, start, Ok(errors));
}

/// The paper's own network at the size of its code.
#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn tf_efficientnet_b4_forward() {
    forward(&golden!("tf_efficientnet_b4_448")).await;
}

/// Also a test of memory: the activations of this gradient must fit into what wasm can address.
#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn tf_efficientnet_b4_gradient() {
    gradient(&golden!("tf_efficientnet_b4_448")).await;
}
