//! Integrated Gradients of functions with known integrals, against those integrals and against captum.

#![allow(clippy::unwrap_used)]

mod grad_cam;
mod heatmap;
mod occlusion;
mod parts;
mod smooth_grad;
mod trace;

use core::ops::ControlFlow;

use burn::tensor::{Device, Tensor, TensorData};
use serde::Deserialize;

use super::{Attribution, AttributionError, IntegratedGradients, Quadrature};

const SHAPE: [usize; 4] = [1, 3, 2, 2];

#[derive(Deserialize)]
struct GoldenCase {
    method: String,
    steps: usize,
    target: usize,
    values: Vec<f32>,
    convergence_delta: f32,
}

#[derive(Deserialize)]
struct GoldenToy {
    weight: Vec<f32>,
    input: Vec<f32>,
    baseline: Vec<f32>,
    input_logits: Vec<f32>,
    baseline_logits: Vec<f32>,
    cases: Vec<GoldenCase>,
}

fn golden() -> GoldenToy {
    serde_json::from_str(include_str!(
        "../../../tests/reference/goldens/captum_toy.json"
    ))
    .unwrap()
}

fn device() -> Device {
    Device::flex().autodiff()
}

fn picture(values: &[f32]) -> Tensor<4> {
    Tensor::from_data(TensorData::new(values.to_vec(), SHAPE), &device())
}

/// The four functions of the golden: sums of w x, w x^2, w x^4 and w exp(x).
fn toy(weight: &[f32]) -> impl Fn(Tensor<4>) -> Tensor<2> {
    let weight = Tensor::<2>::from_data(TensorData::new(weight.to_vec(), [1, 12]), &device());
    move |pictures| {
        let x: Tensor<2> = pictures.flatten(1, 3);
        let square = x.clone() * x.clone();
        let fourth = square.clone() * square.clone();
        let terms = vec![x.clone(), square, fourth, x.exp()];
        Tensor::cat(
            terms
                .into_iter()
                .map(|f| (f * weight.clone()).sum_dim(1))
                .collect(),
            1,
        )
    }
}

fn run(
    method: &IntegratedGradients,
    golden: &GoldenToy,
    target: usize,
) -> Result<Attribution, AttributionError> {
    pollster::block_on(method.attribute(
        &toy(&golden.weight),
        picture(&golden.input),
        picture(&golden.baseline),
        target,
        &mut |_, _| ControlFlow::Continue(()),
    ))
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

#[test]
fn linear_model_is_attributed_exactly_by_one_step() {
    let golden = golden();
    let method = IntegratedGradients {
        steps: 1,
        ..Default::default()
    };
    let found = run(&method, &golden, 0).unwrap();
    for i in 0..12 {
        let expected = golden.weight[i] * (golden.input[i] - golden.baseline[i]);
        assert!((found.values[i] - expected).abs() < 1e-6);
    }
    assert!(found.completeness.unwrap().gap < 1e-5);
    assert_eq!((found.channels, found.height, found.width), (3, 2, 2));
}

#[test]
fn quadratic_and_quartic_match_their_integrals() {
    // w x^k: the attribution of one input is w (x^k - b^k). Gauss-Legendre with 2 steps is exact for k <= 4.
    let golden = golden();
    let method = IntegratedGradients {
        steps: 2,
        ..Default::default()
    };
    for (target, power) in [(1, 2), (2, 4)] {
        let found = run(&method, &golden, target).unwrap();
        for i in 0..12 {
            let change = golden.input[i].powi(power) - golden.baseline[i].powi(power);
            let expected = golden.weight[i] * change;
            assert!((found.values[i] - expected).abs() < 1e-5 * (1.0 + expected.abs()));
        }
    }
}

#[test]
fn every_rule_agrees_with_captum() {
    let golden = golden();
    for case in &golden.cases {
        let quadrature = Quadrature::ALL
            .into_iter()
            .find(|rule| rule.name().replace("s-l", "sl").replace('-', "_") == case.method)
            .unwrap();
        let method = IntegratedGradients {
            steps: case.steps,
            quadrature,
            chunk: 3,
        };
        let found = run(&method, &golden, case.target).unwrap();
        let scale = case.values.iter().fold(1.0f32, |m, v| m.max(v.abs()));
        let difference = largest_difference(&found.values, &case.values);
        assert!(
            difference < 2e-6 * scale,
            "{quadrature} {} {}: {difference}",
            case.steps,
            case.target
        );
        assert!((found.logit_input - golden.input_logits[case.target]).abs() < 1e-5 * scale);
        let completeness = found.completeness.unwrap();
        let expected = golden.baseline_logits[case.target];
        assert!((completeness.logit_baseline - expected).abs() < 1e-5 * scale);
        let gap = case.convergence_delta.abs();
        assert!((completeness.gap - gap).abs() < 2e-5 * scale);
    }
}

#[test]
fn completeness_gap_shrinks_with_steps_and_shows_the_trapezoids_missing_weight() {
    let golden = golden();
    let attribute = |steps, quadrature, target| {
        let method = IntegratedGradients {
            steps,
            quadrature,
            chunk: 8,
        };
        run(&method, &golden, target).unwrap()
    };
    assert!(
        attribute(20, Quadrature::GaussLegendre, 3)
            .relative_gap()
            .unwrap()
            < 1e-5
    );
    let gap = |attribution: &Attribution| attribution.completeness.unwrap().gap;
    let (coarse, fine) = (
        gap(&attribute(4, Quadrature::RiemannLeft, 3)),
        gap(&attribute(64, Quadrature::RiemannLeft, 3)),
    );
    assert!(fine < coarse / 8.0, "{coarse} {fine}");
    // On a linear function the missing weight, 1/50, is the whole error.
    let trapezoid = attribute(50, Quadrature::RiemannTrapezoid, 0);
    assert!((trapezoid.relative_gap().unwrap() - 0.02).abs() < 1e-4);
}

#[test]
fn chunk_size_changes_nothing_but_rounding() {
    let golden = golden();
    let with_chunk = |chunk| {
        let method = IntegratedGradients {
            steps: 11,
            quadrature: Quadrature::RiemannMiddle,
            chunk,
        };
        run(&method, &golden, 3).unwrap().values
    };
    let one = with_chunk(1);
    for chunk in [0, 2, 4, 11, 1000, usize::MAX] {
        assert!(largest_difference(&one, &with_chunk(chunk)) < 1e-5);
    }
}

#[test]
fn progress_is_reported_and_break_cancels() {
    let golden = golden();
    let method = IntegratedGradients {
        steps: 10,
        quadrature: Quadrature::GaussLegendre,
        chunk: 4,
    };
    let model = toy(&golden.weight);
    let attribute = |stop_at: usize| {
        let mut seen = Vec::new();
        let result = pollster::block_on(method.attribute(
            &model,
            picture(&golden.input),
            picture(&golden.baseline),
            1,
            &mut |done, total| {
                seen.push((done, total));
                if done >= stop_at {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        ));
        (result, seen)
    };
    let (result, seen) = attribute(usize::MAX);
    assert!(result.is_ok());
    assert_eq!(seen, [(0, 10), (4, 10), (8, 10), (10, 10)]);
    let (result, seen) = attribute(8);
    assert!(matches!(result, Err(AttributionError::Cancelled)));
    assert_eq!(seen, [(0, 10), (4, 10), (8, 10)]);
    let (result, seen) = attribute(0);
    assert!(matches!(result, Err(AttributionError::Cancelled)));
    assert_eq!(seen.len(), 1);
}

#[test]
fn misuse_is_an_error_not_a_panic() {
    let golden = golden();
    let method = IntegratedGradients::default();
    assert!(matches!(
        run(&method, &golden, 4),
        Err(AttributionError::Target {
            target: 4,
            classes: 4
        })
    ));
    let no_steps = IntegratedGradients {
        steps: 0,
        ..Default::default()
    };
    assert!(matches!(
        run(&no_steps, &golden, 0),
        Err(AttributionError::Steps { .. })
    ));

    let input = picture(&golden.input);
    let two = Tensor::cat(vec![input.clone(), input.clone()], 0);
    assert!(method.start(two.clone(), two.clone(), 0).is_err());
    assert!(method.start(input.clone(), two, 0).is_err());
    assert!(matches!(
        method.start(input.clone().inner(), input.clone().inner(), 0),
        Err(AttributionError::NoGradient { .. })
    ));

    let start = || method.start(input.clone(), input.clone(), 0).unwrap();
    let constant = |x: Tensor<4>| Tensor::<2>::zeros([x.dims()[0], 3], &device());
    assert!(matches!(
        start().advance(&constant, 2),
        Err(AttributionError::NoGradient { .. })
    ));
    let pooled = |x: Tensor<4>| x.reshape([1, -1]);
    assert!(matches!(
        start().advance(&pooled, 2),
        Err(AttributionError::Output { .. })
    ));
    let model = toy(&golden.weight);
    let mut half = start();
    half.advance(&model, 2).unwrap();
    assert!(matches!(
        pollster::block_on(half.finish(&model)),
        Err(AttributionError::Unfinished { done: 2, total: 75 })
    ));
    let infinite = |x: Tensor<4>| toy(&golden.weight)(x) * f32::INFINITY;
    let result = pollster::block_on(method.attribute(
        &infinite,
        input.clone(),
        input.clone() * 0.5,
        0,
        &mut |_, _| ControlFlow::Continue(()),
    ));
    assert!(matches!(result, Err(AttributionError::NotFinite)));
}

#[test]
fn an_input_that_requires_gradients_is_accepted() {
    let golden = golden();
    let input = picture(&golden.input).require_grad();
    let model = toy(&golden.weight);
    let found = pollster::block_on(IntegratedGradients::default().attribute(
        &model,
        input.clone() * 1.0,
        picture(&golden.baseline),
        1,
        &mut |_, _| ControlFlow::Continue(()),
    ))
    .unwrap();
    let expected = run(&IntegratedGradients::default(), &golden, 1).unwrap();
    assert_eq!(found, expected);
}
