//! Parity with timm and captum: logits, features, input gradient and all methods of attribution on the CPU.
//!
//! The goldens hold float64 results of the same weights; `tests/reference/README.md` tells how they are made.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use burn::tensor::Device;

#[path = "../../tests/reference/parity_checks.rs"]
mod parity_checks;

#[path = "../../tests/reference/method_checks.rs"]
mod method_checks;

use parity_checks::{Errors, Golden};

macro_rules! golden {
    ($name:literal) => {
        parity_checks::golden(include_str!(concat!(
            "../../tests/reference/goldens/",
            $name,
            ".json"
        )))
        .expect("a readable golden")
    };
}

fn assert_within(golden: &Golden, errors: Result<Errors, String>) {
    let errors = errors.unwrap();
    let (lines, within) = errors.summary();
    println!("{} at {}:\n{lines}", golden.architecture, golden.size);
    assert!(
        within,
        "{} at {}:\n{lines}",
        golden.architecture, golden.size
    );
}

fn check(golden: &Golden) {
    let device = Device::flex();
    assert_within(
        golden,
        pollster::block_on(parity_checks::check_forward(golden, &device)),
    );
    assert_within(
        golden,
        pollster::block_on(parity_checks::check_gradient(golden, &device, true)),
    );
    if golden.integrated_gradients.is_some() {
        assert_within(
            golden,
            pollster::block_on(parity_checks::check_integrated_gradients(
                golden, &device, 2,
            )),
        );
    }
}

#[test]
fn efficientnet_b0_at_224() {
    check(&golden!("efficientnet_b0_224"));
}

#[test]
fn tf_efficientnet_b0_at_224() {
    check(&golden!("tf_efficientnet_b0_224"));
}

/// 450 pixels, the paper's: SAME padding is asymmetric in the stem only.
#[test]
fn tf_efficientnet_b0_at_450() {
    check(&golden!("tf_efficientnet_b0_450"));
}

#[test]
fn tf_efficientnet_b4_at_448() {
    check(&golden!("tf_efficientnet_b4_448"));
}

/// Grad-CAM, Occlusion with windows that the border cuts, and SmoothGrad with the same noise on both sides.
#[test]
fn methods_of_attribution_are_captums() {
    let golden = method_checks::golden_methods(include_str!(
        "../../tests/reference/goldens/captum_methods_tf_efficientnet_b0_96.json"
    ))
    .unwrap();
    for chunk in [1, 7] {
        let errors = pollster::block_on(method_checks::check_methods(
            &golden,
            &Device::flex(),
            chunk,
        ));
        let (lines, within) = errors.unwrap().summary();
        println!("{lines}");
        assert!(within, "chunk {chunk}:\n{lines}");
    }
}

/// The two B0 variants have the same names and shapes: only numbers tell them apart, and these do.
#[test]
fn the_wrong_variant_is_far_off() {
    let mut golden = golden!("tf_efficientnet_b0_224");
    golden.architecture = "efficientnet_b0".into();
    let errors =
        pollster::block_on(parity_checks::check_forward(&golden, &Device::flex())).unwrap();
    let (_, logits, _) = errors
        .0
        .iter()
        .find(|(what, _, _)| what == "logits")
        .expect("logits are compared");
    assert!(*logits > 0.01, "{logits}");
}
