//! The path shown point by point, and its running sum.

use super::*;
use crate::attribution::{PathIntegral, PathTrace, TracePoint};

fn integral(golden: &GoldenToy, rule: Quadrature, steps: usize, target: usize) -> PathIntegral {
    let (input, baseline) = (picture(&golden.input), picture(&golden.baseline));
    PathIntegral::new(input, baseline, rule.nodes(steps).unwrap(), target).unwrap()
}

fn trace(golden: &GoldenToy, rule: Quadrature, steps: usize) -> (Vec<TracePoint>, Attribution) {
    let model = toy(&golden.weight);
    let mut trace = PathTrace::new(integral(golden, rule, steps, 2));
    let mut points = Vec::new();
    assert_eq!((trace.done(), trace.total()), (0, steps));
    while let Some(point) = pollster::block_on(trace.advance(&model)).unwrap() {
        points.push(point);
        assert_eq!(trace.done(), points.len());
    }
    (points, pollster::block_on(trace.finish(&model)).unwrap())
}

#[test]
fn points_are_what_the_function_does_along_the_path() {
    // w x^4 at b + a (x - b): its gradient times (x - b) is 4 w (b + a (x - b))^3 (x - b).
    let golden = golden();
    let (points, _) = trace(&golden, Quadrature::RiemannMiddle, 5);
    for (index, point) in points.iter().enumerate() {
        let position = (index as f32 + 0.5) / 5.0;
        assert!((point.node.position as f32 - position).abs() < 1e-6);
        let mut logit = 0.0;
        let mut gradient = [0.0; 4];
        for i in 0..12 {
            let (x, b, w) = (golden.input[i], golden.baseline[i], golden.weight[i]);
            let between = b + position * (x - b);
            assert!((point.picture[i] - between).abs() < 1e-6);
            logit += w * between.powi(4);
            gradient[i % 4] += 4.0 * w * between.powi(3) * (x - b);
        }
        assert!((point.logit - logit).abs() < 1e-5);
        assert!(largest_difference(&point.gradient, &gradient) < 1e-4);
    }
}

#[test]
fn the_last_running_sum_is_the_attribution() {
    let golden = golden();
    for (rule, steps) in [
        (Quadrature::GaussLegendre, 2),
        (Quadrature::GaussLegendre, 16),
        (Quadrature::RiemannTrapezoid, 9),
    ] {
        let (points, attribution) = trace(&golden, rule, steps);
        let method = IntegratedGradients {
            steps,
            quadrature: rule,
            chunk: 1,
        };
        assert_eq!(attribution, run(&method, &golden, 2).unwrap());
        let mut sum = [0.0_f64; 4];
        for point in &points {
            for (sum, gradient) in sum.iter_mut().zip(&point.gradient) {
                *sum += point.node.weight * f64::from(*gradient);
            }
            let sum = sum.map(|value| value as f32);
            assert!(largest_difference(&point.running_sum, &sum) < 1e-5);
        }
        let pixels: Vec<f32> = (0..4)
            .map(|i| (0..3).map(|c| attribution.values[4 * c + i]).sum())
            .collect();
        let last = &points.last().unwrap().running_sum;
        assert!(largest_difference(last, &pixels) < 1e-5);
    }
}

#[test]
fn the_integrals_own_running_sum_can_be_read_at_any_time() {
    let golden = golden();
    let model = toy(&golden.weight);
    let mut integral = integral(&golden, Quadrature::GaussLegendre, 9, 3);
    let running = |integral: &PathIntegral| pollster::block_on(integral.running_sum()).unwrap();
    assert_eq!(running(&integral), [0.0; 12]);
    integral.advance(&model, 4).unwrap();
    let half = running(&integral);
    integral.advance(&model, 5).unwrap();
    let last = running(&integral);
    assert!(largest_difference(&half, &last) > 1e-3);
    let found = pollster::block_on(integral.finish(&model)).unwrap();
    assert_eq!(last, found.values);
}

#[test]
fn values_that_are_not_finite_end_the_trace() {
    let golden = golden();
    let infinite = |x: Tensor<4>| toy(&golden.weight)(x) * f32::INFINITY;
    let mut trace = PathTrace::new(integral(&golden, Quadrature::GaussLegendre, 3, 0));
    assert!(matches!(
        pollster::block_on(trace.advance(&infinite)),
        Err(AttributionError::NotFinite)
    ));
}
